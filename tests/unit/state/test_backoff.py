"""Growing pauses between attempts."""

from service.state.backoff import FIRST_SECONDS, MAX_SECONDS, MAX_URGENT_SECONDS, Backoff


def test_delays_grow_to_a_limit_and_reset() -> None:
    pauses, now, waited = Backoff(), 0.0, []
    assert pauses.is_over(now)
    for _ in range(12):
        pauses.record_failure(now)
        begun = now
        while not pauses.is_over(now):
            now += 0.5
        waited.append(now - begun)
    assert waited[:3] == [FIRST_SECONDS, 2 * FIRST_SECONDS, 4 * FIRST_SECONDS]
    assert waited[-1] == MAX_SECONDS
    pauses.record_failure(now, urgent=True)
    assert pauses.is_over(now + MAX_URGENT_SECONDS)
    pauses.reset()
    assert pauses.is_over(0.0)
