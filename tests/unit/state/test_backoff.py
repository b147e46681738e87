"""Growing pauses between attempts."""

from service.state.backoff import FIRST, LONGEST, URGENT, Backoff


def test_pauses_grow_to_a_limit_and_begin_anew() -> None:
    pauses, now, waited = Backoff(), 0.0, []
    assert pauses.over(now)
    for _ in range(12):
        pauses.failed(now)
        begun = now
        while not pauses.over(now):
            now += 0.5
        waited.append(now - begun)
    assert waited[:3] == [FIRST, 2 * FIRST, 4 * FIRST]
    assert waited[-1] == LONGEST
    pauses.failed(now, urgent=True)
    assert pauses.over(now + URGENT)
    pauses.reset()
    assert pauses.over(0.0)
