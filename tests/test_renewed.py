"""Cards chosen ahead again are those that a request chooses, for as long as they hold."""

import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from random_site import HOURS, NOW, RANKINGS, SIZE, decided, site
from real_server import PATIENCE_SECONDS, eventually

from recommender.database import open_database
from recommender.overrides.decision import Kind
from recommender.overrides.force import NOTHING, InForce, Rule
from recommender.picks import related
from recommender.prepared import PLAIN, ready
from recommender.renewed import AGAIN, Renewed
from recommender.schema import decisions
from recommender.settings import Freshness, Ranking
from recommender.snapshot import NEVER, Snapshot
from service.live import Live
from service.renewing import Renewing

DAY = 86_400.0
SHORT = 20
"""Pages that are filled up."""
LONG_FRESH = Ranking(language_rule="any", freshness=Freshness(gain=3.0, half_life=40.0))


def renewed(
    snapshot: Snapshot, force: InForce, now: float, before: Renewed | None = None
) -> Renewed:
    made = Renewed(snapshot, force, before)
    for _ in made.renew(lambda: now):
        pass
    return made


def checked(snapshot: Snapshot, force: InForce, made: Renewed, now: float) -> int:
    """Count the pages that have cards; all are those that a request chooses."""
    found = 0
    for row in range(SIZE):
        got = made.ready(row, now)
        if got is not None:
            wanted = related(snapshot, row, PLAIN, now, force)
            assert [(p.row, p.origin) for p in got] == [(p.row, p.origin) for p in wanted]
            found += 1
    return found


@pytest.mark.parametrize("ranking", RANKINGS)
@pytest.mark.parametrize("seed", range(3))
def test_it_is_what_would_be_chosen(tmp_path: Path, ranking: Ranking, seed: int) -> None:
    before, force = decided(seed), decided(seed + 50)
    snapshot = site(tmp_path, seed, ranking, before)
    made_at = NOW.timestamp() + DAY
    made = renewed(snapshot, force, made_at)
    found = [checked(snapshot, force, made, made_at + hours * 3600 + 0.25) for hours in HOURS]
    assert found[0] > SIZE / 2
    assert sum(found[1:5]) > SIZE / 20, "some hold for a while"


def test_only_pages_without_cards_that_hold_are_chosen_for(tmp_path: Path) -> None:
    snapshot = site(tmp_path, 1, Ranking(), decided(1))
    soon = NOW.timestamp() + 1
    for force, now in ((decided(1), soon), (decided(1), soon + DAY), (decided(7), soon + DAY)):
        pages = sum(ready(snapshot, row, now, force) is None for row in range(SIZE))
        steps = sum(1 for _ in Renewed(snapshot, force).renew(lambda now=now: now))
        assert steps == pages + 1
        made = renewed(snapshot, force, now)
        for row in range(SIZE):
            if (theirs := ready(snapshot, row, now, force)) is not None:
                assert made.ready(row, now) == theirs


def test_after_it_only_pages_that_are_filled_up_have_none(tmp_path: Path) -> None:
    snapshot, force = site(tmp_path, 1, Ranking(), short=SHORT), decided(1)
    now = NOW.timestamp() + DAY
    assert sum(ready(snapshot, row, now, force) is None for row in range(SIZE)) > SIZE / 2
    made = renewed(snapshot, force, now)
    without = [row for row in range(SIZE) if made.ready(row, now) is None]
    for row in without:
        picks = related(snapshot, row, PLAIN, now, force)
        assert "latest" in {pick.origin for pick in picks}
    assert 0 < len(without) <= SHORT


@pytest.mark.parametrize("seed", range(3))
def test_what_editors_decide_next_is_respected(tmp_path: Path, seed: int) -> None:
    snapshot, first = site(tmp_path, seed, Ranking()), decided(seed)
    now = NOW.timestamp() + DAY
    made = renewed(snapshot, first, now)
    alike = replace(first, articles=dict(first.articles))
    assert checked(snapshot, alike, Renewed(snapshot, alike, made), now) == checked(
        snapshot, first, made, now
    )
    one = replace(first, lift=first.lift + (np.arange(SIZE) == 5))
    pin = {**first.articles, 3: (Rule(Kind.PIN, 90, 1, 1, 0, NEVER),)}
    for force in (decided(seed + 50), NOTHING, one, replace(first, articles=pin)):
        kept = Renewed(snapshot, force, made)
        checked(snapshot, force, kept, now)
        checked(snapshot, force, renewed(snapshot, force, now, made), now)
    assert checked(snapshot, one, Renewed(snapshot, one, made), now) > 0, "the others go on"


def test_another_snapshot_begins_with_nothing(tmp_path: Path) -> None:
    force, now = decided(1), NOW.timestamp() + DAY
    made = renewed(site(tmp_path / "one", 1, Ranking()), force, now)
    other = site(tmp_path / "other", 2, Ranking())
    assert checked(other, force, Renewed(other, force, made), now) == 0


def test_a_page_without_lasting_cards_is_not_tried_at_every_look(tmp_path: Path) -> None:
    snapshot = site(tmp_path, 1, LONG_FRESH, short=SHORT)
    made, now = Renewed(snapshot, NOTHING), NOW.timestamp() + DAY

    def tried(at: float) -> int:
        return sum(1 for _ in made.renew(lambda: at)) - 1

    assert tried(now) > SHORT
    assert tried(now + 1) == 0
    assert SHORT / 2 < tried(now + AGAIN + 1) < SIZE / 2


def test_a_clock_that_goes_back_shows_nobody_too_early(tmp_path: Path) -> None:
    snapshot, soon = site(tmp_path, 1, LONG_FRESH), NOW.timestamp() + 60
    made = renewed(snapshot, NOTHING, soon + 30 * DAY)
    assert checked(snapshot, NOTHING, made, soon + 30 * DAY) > SIZE / 2
    checked(snapshot, NOTHING, made, soon)
    assert all(made.ready(row, soon) is None for row in range(SIZE) if late(snapshot, row, soon))
    for _ in made.renew(lambda: soon):
        pass
    assert checked(snapshot, NOTHING, made, soon) > SIZE / 2
    back = iter([soon, soon])
    stopped = Renewed(snapshot, decided(1))
    for _ in stopped.renew(lambda: next(back, soon - 2 * DAY)):
        pass
    assert all(stopped.ready(row, soon) is None for row in range(SIZE))


def late(snapshot: Snapshot, row: int, now: float) -> bool:
    """Tell whether what was chosen at index time holds no longer."""
    return ready(snapshot, row, now) is None


def test_a_pin_that_comes_back_is_noticed(tmp_path: Path) -> None:
    snapshot, now = site(tmp_path, 1, Ranking(language_rule="any")), NOW.timestamp() + DAY
    page = 3
    versions = set(snapshot.story[snapshot.candidates[page]].tolist()) | {snapshot.story[page]}
    pick = next(row for row in range(9, SIZE) if snapshot.story[row] not in versions)
    pinned = InForce(articles={page: (Rule(Kind.PIN, pick, 1, 1, 0, NEVER),)})
    shut = replace(pinned, shut=np.arange(SIZE) == pick)
    without = renewed(snapshot, shut, now)
    assert pick not in [one.row for one in without.ready(page, now) or ()]
    back = Renewed(snapshot, pinned, without)
    assert back.ready(page, now) is None
    assert pick in [
        one.row for one in renewed(snapshot, pinned, now, without).ready(page, now) or ()
    ]
    indexed = site(tmp_path / "indexed", 1, Ranking(language_rule="any"), shut)
    assert renewed(indexed, pinned, NOW.timestamp() + 1).ready(page, NOW.timestamp() + 1)
    soon = NOW.timestamp() + 1
    shown = renewed(indexed, pinned, soon).ready(page, soon)
    assert shown is not None
    assert pick in [one.row for one in shown]


def test_before_the_snapshot_was_made_there_is_nothing(tmp_path: Path) -> None:
    snapshot, force = site(tmp_path, 1, Ranking()), decided(1)
    made = renewed(snapshot, force, NOW.timestamp() + DAY)
    assert all(made.ready(row, NOW.timestamp() - 1) is None for row in range(SIZE))
    early = renewed(snapshot, force, NOW.timestamp() - 1)
    assert all(early.ready(row, NOW.timestamp() + 1) is None for row in range(SIZE))


def test_it_takes_a_part_of_a_processor_and_gives_way(tmp_path: Path) -> None:
    snapshot = site(tmp_path, 1, LONG_FRESH)
    made, other = Renewed(snapshot, NOTHING), Renewed(snapshot, NOTHING)
    started, renewing, took, used = time.monotonic(), Renewing(), 0.0, 0.0
    while checked(snapshot, NOTHING, made, time.time()) < SIZE / 4:
        began, before = time.monotonic(), time.thread_time()
        renewing.look(lambda: made)
        took, used = took + time.monotonic() - began, used + time.thread_time() - before
        assert began - started < PATIENCE_SECONDS, "it never gets there"
    # All looks together, for one that finds nothing to do does not wait. A machine with other work
    # to do can only make them slower.
    assert took > 3 * used
    steps = 20
    now = iter([other] * steps)
    Renewing().look(lambda: next(now, made))
    soon = time.time() + 1  # what was chosen holds from the next full second on
    assert 0 < sum(other.ready(row, soon) is not None for row in range(SIZE)) < steps


def test_a_worker_renews_beside_its_requests(tmp_path: Path) -> None:
    # Made weeks before the clock of whoever runs this: of what was chosen then little holds.
    snapshot = site(tmp_path, 1, LONG_FRESH)
    live = Live(tmp_path, f"sqlite:///{tmp_path}/catalogue.db")
    live.refresh_decisions()
    live.refresh()
    live.follow()

    def chosen() -> int:
        assert live.state is not None
        assert live.state.renewed is not None
        return checked(snapshot, NOTHING, live.state.renewed, time.time())

    eventually(lambda: chosen() > SIZE / 4)
    before = chosen()
    decide(f"sqlite:///{tmp_path}/catalogue.db", kind="hold", article="7")
    live.refresh_decisions()
    live.refresh()
    assert live.state is not None
    assert live.state.force.articles
    assert chosen() > before / 2, "what was chosen is taken over"
    live.following.close()


def decide(url: str, **given: str) -> None:
    """Write into the log of a catalogue that knows no articles."""
    empty = dict.fromkeys(("place", "factor", "starts", "ends", "undoes"))
    shared = {"scope": "article", "pick": "", "reason": "", "author": "ann", "created": 1}
    engine = open_database(url)
    with engine.begin() as connection:
        connection.execute(decisions.insert(), [empty | shared | given])
    engine.dispose()
