"""Cards chosen ahead are, for as long as they are said to hold, those that a request chooses."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from random_site import HOURS, NOW, RANKINGS, SIZE, decided, site

from recommender.overrides.decision import Kind
from recommender.overrides.force import NOTHING, InForce, Rule
from recommender.picks import related
from recommender.prepared import PLAIN, ready
from recommender.rules import Query
from recommender.serving import row_answer
from recommender.settings import Ranking
from recommender.snapshot import NEVER

FAR = 1e11
"""A moment (seconds since 1970) after which nothing changes."""


@pytest.mark.parametrize("ranking", RANKINGS)
@pytest.mark.parametrize("seed", range(4))
def test_what_is_ready_is_what_would_be_chosen(tmp_path: Path, ranking: Ranking, seed: int) -> None:
    snapshot = site(tmp_path, seed, ranking)
    found, changed = 0, 0
    for row in range(SIZE):
        first = snapshot.prepared[row].tolist()
        for hours in HOURS:
            now = NOW.timestamp() + hours * 3600 + 0.25
            wanted = [pick.row for pick in related(snapshot, row, PLAIN, now)]
            got = ready(snapshot, row, now)
            if got is not None:
                assert [pick.row for pick in got] == wanted
                found += 1
            changed += wanted != first
    assert found > 0.15 * SIZE * len(HOURS), "nearly nothing was chosen ahead"
    assert changed > 0.05 * SIZE * len(HOURS), "nothing ever changes: this tests nothing"


@pytest.mark.parametrize("ranking", RANKINGS)
def test_it_holds_to_the_last_second(tmp_path: Path, ranking: Ranking) -> None:
    snapshot = site(tmp_path, 9, ranking)
    turned = 0
    for row in np.flatnonzero(snapshot.prepared_until).tolist():
        until = snapshot.prepared_until.item(row)
        first = snapshot.prepared[row].tolist()
        moments = (min(until, FAR) - 0.01, min(until, FAR) + 3)
        before, after = ([p.row for p in related(snapshot, row, PLAIN, at)] for at in moments)
        assert before == first
        turned += after != first
        assert ready(snapshot, row, until) is None
    assert turned > 5, "it could hold longer"


def test_whoever_asks_for_something_special_gets_a_choice_of_their_own(tmp_path: Path) -> None:
    snapshot = site(tmp_path, 1, Ranking())
    now = NOW.timestamp() + 1
    row = int(np.flatnonzero(snapshot.prepared_until > now)[0])
    assert ready(snapshot, row, now)
    assert ready(snapshot, row, NOW.timestamp() - 1) is None
    shown = str(snapshot.prepared.item(row, 0))
    for query in (Query(limit=5), Query(section="news"), Query(exclude=frozenset({shown}))):
        wanted = [pick.row for pick in related(snapshot, row, query, now)]
        assert list(row_answer(snapshot, row, query, now).rows) == wanted
        assert wanted != snapshot.prepared[row].tolist()


@pytest.mark.parametrize("ranking", RANKINGS)
@pytest.mark.parametrize("seed", range(3))
def test_what_editors_had_decided_is_in_what_is_ready(
    tmp_path: Path, ranking: Ranking, seed: int
) -> None:
    force = decided(seed)
    snapshot = site(tmp_path, seed, ranking, force)
    found = Counter[str]()
    for row in range(SIZE):
        for hours in HOURS:
            now = NOW.timestamp() + hours * 3600 + 0.25
            wanted = related(snapshot, row, PLAIN, now, force)
            got = ready(snapshot, row, now, force)
            if got is not None:
                assert [(p.row, p.origin) for p in got] == [(p.row, p.origin) for p in wanted]
                found.update(p.origin for p in got)
                found["lists"] += 1
                found["held"] += not got
    assert found["lists"] > 0.15 * SIZE * len(HOURS), "nearly nothing was chosen ahead"
    assert found["editor"] > 100
    assert found["held"] > 0


@pytest.mark.parametrize("seed", range(3))
def test_what_editors_decide_later_is_respected(tmp_path: Path, seed: int) -> None:
    before, after = decided(seed), decided(seed + 50)
    snapshot = site(tmp_path, seed, Ranking(), before)
    now = NOW.timestamp() + 1
    for force in (after, NOTHING, replace(before, articles=after.articles)):
        ahead = 0
        for row in range(SIZE):
            got = ready(snapshot, row, now, force)
            if got is not None:
                wanted = related(snapshot, row, PLAIN, now, force)
                assert [pick.row for pick in got] == [pick.row for pick in wanted]
                ahead += 1
    assert ahead > SIZE / 5, "articles about which nothing was decided go on"


def test_a_version_that_was_shut_comes_back(tmp_path: Path) -> None:
    snapshot = site(tmp_path / "open", 1, Ranking(language_rule="any"))
    now = NOW.timestamp() + 1
    for row in np.flatnonzero(snapshot.prepared_until > now).tolist():
        shown = snapshot.prepared[row].tolist()
        told = [one for one in shown if one not in snapshot.candidates[row]]
        if told:  # the newest version of a story, shown for a candidate that is an older one
            shut = InForce(shut=np.arange(SIZE) == told[0])
            shutting = site(tmp_path / "shut", 1, Ranking(language_rule="any"), shut)
            assert told[0] not in [p.row for p in ready(shutting, row, now, shut) or ()]
            assert ready(shutting, row, now, NOTHING) is None
            return
    pytest.fail("no such story on this site")


def test_a_pin_that_was_skipped_comes_back_with_its_article(tmp_path: Path) -> None:
    row, pick = 3, 90
    pinned = {row: (Rule(Kind.PIN, pick, 1, 1, 0, NEVER),)}
    shut = InForce(shut=np.arange(SIZE) == pick, articles=pinned)
    snapshot = site(tmp_path, 1, Ranking(language_rule="any"), shut)
    now = NOW.timestamp() + 1
    assert (got := ready(snapshot, row, now, shut))
    assert pick not in [one.row for one in got]
    assert ready(snapshot, row, now, InForce(articles=pinned)) is None


def test_what_editors_decided_about_any_candidate_is_respected(tmp_path: Path) -> None:
    snapshot = site(tmp_path, 1, Ranking())
    now = NOW.timestamp() + 1
    row = int(np.flatnonzero(snapshot.prepared_until > now)[0])
    candidates = set(snapshot.candidates[row].tolist())
    stranger = min(set(range(SIZE)) - candidates - {row})
    hold = Rule(Kind.HOLD, -1, 0, 1, 0, NEVER)
    # Of a story the newest version is shown, a candidate or not.
    stories = snapshot.story[[one for one in candidates if one >= 0]]
    for moved in range(SIZE):
        shut = np.arange(SIZE) == moved
        lift = shut.astype(np.float32)
        for force in (InForce(shut=shut), InForce(lift=lift)):
            chosen_anew = ready(snapshot, row, now, force) is None
            assert chosen_anew == (snapshot.story[moved] in stories), moved
    assert ready(snapshot, row, now, InForce(articles={row: (hold,)})) is None
    assert ready(snapshot, row, now, InForce(articles={stranger: (hold,)}))
