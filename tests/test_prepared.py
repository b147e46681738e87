"""Cards chosen ahead are, for as long as they are said to hold, those that a request chooses."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from recommender.article import Article
from recommender.home import Home
from recommender.overrides.decision import Kind
from recommender.overrides.force import NOTHING, InForce, Rule
from recommender.packing import pack
from recommender.picks import related
from recommender.prepared import PLAIN, ready
from recommender.publishing import publish
from recommender.relating import Related
from recommender.rules import Query
from recommender.settings import Freshness, Ranking
from recommender.snapshot import NEVER, Snapshot

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
SIZE, CANDIDATES, DIMENSIONS = 160, 60, 16
FAR = 1e11
"""A moment (seconds since 1970) after which nothing changes."""
HOURS = (0, 0.5, 3, 11, 24, 50, 100, 200, 500, 1_500, 10_000)


def site(folder: Path, seed: int, ranking: Ranking, force: InForce = NOTHING) -> Snapshot:
    """A site whose order changes as time passes: dates, stories and vectors at random."""
    random = np.random.default_rng(seed)
    ages = np.sort(random.exponential(20 * 24, SIZE) - 3)
    articles = [article(number, ages[number], random) for number in range(SIZE)]
    candidates = np.array(
        [
            random.permutation(np.delete(np.arange(SIZE, dtype=np.int32), row))[:CANDIDATES]
            for row in range(SIZE)
        ]
    )
    candidates[random.random(SIZE) < 0.2, CANDIDATES // 2 :] = -1
    affinity = -np.sort(-random.normal(0, 1, (SIZE, CANDIDATES)).astype(np.float32), axis=1)
    affinity[candidates < 0] = -np.inf
    vectors = random.normal(0.3, 1, (SIZE, DIMENSIONS)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    story = np.unique(random.integers(0, 2 * SIZE, SIZE), return_inverse=True)[1].astype(np.int32)
    shares = affinity[:, :, None].astype(np.float16)
    made = Related(candidates, affinity, shares, vectors, story, ("words",))
    contents = pack(articles, made, [[]] * SIZE, ranking, "made up", {})
    manifest = publish(Home(folder), contents, NOW, decided=lambda _: force)
    return Snapshot(folder / "snapshots" / manifest.id)


def article(number: int, age: float, random: np.random.Generator) -> Article:
    return Article(
        id=str(number),
        title=f"Article {number}",
        section="news" if random.random() < 0.5 else "guides",
        language="en" if random.random() < 0.7 else "pl",
        published=NOW - timedelta(hours=age),
        expires=NOW + timedelta(hours=random.exponential(300)) if random.random() < 0.005 else None,
    )


RANKINGS = [
    Ranking(),
    # So much diversity that whoever comes into the shortlist may well be chosen.
    Ranking(language_rule="any", diversity=9, freshness=Freshness(gain=2.0, half_life=5.0)),
    Ranking(language_rule="prefer", freshness=Freshness(gain=3.0, half_life=2.0)),
    Ranking(
        language_rule="any", diversity=0, sections={"guides": Freshness(gain=0.0, half_life=1.0)}
    ),
]


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
            got = ready(snapshot, row, PLAIN, now)
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
        assert ready(snapshot, row, PLAIN, until) is None
    assert turned > 5, "it could hold longer"


def test_whoever_asks_for_something_special_gets_a_choice_of_their_own(tmp_path: Path) -> None:
    snapshot = site(tmp_path, 1, Ranking())
    now = NOW.timestamp() + 1
    row = int(np.flatnonzero(snapshot.prepared_until > now)[0])
    assert ready(snapshot, row, PLAIN, now)
    assert ready(snapshot, row, PLAIN, NOW.timestamp() - 1) is None
    for query in (Query(limit=5), Query(section="news"), Query(exclude=frozenset({"1"}))):
        assert ready(snapshot, row, query, now) is None


def decided(seed: int) -> InForce:
    """Decisions of all kinds, some with dates, about a good part of the site."""
    random = np.random.default_rng(seed)
    start = int(NOW.timestamp())
    articles: dict[int, tuple[Rule, ...]] = {}
    for row in random.permutation(SIZE)[: SIZE // 2].tolist():
        others = random.permutation(SIZE)[:4].tolist()
        kinds = random.choice([Kind.PIN, Kind.BLOCK, Kind.HOLD], 4, p=[0.6, 0.35, 0.05])
        places = random.permutation(8)[:4] + 1
        dates = [dated(random, start) for _ in others]
        made = zip(kinds, others, places.tolist(), dates, strict=True)
        articles[row] = tuple(
            Rule(Kind(kind), -1 if kind is Kind.HOLD else other, place, 1, *dates)
            for kind, other, place, dates in made
        )[: int(random.integers(1, 5))]
    lift = np.where(random.random(SIZE) < 0.1, 1.5, 0).astype(np.float32)
    return InForce(shut=random.random(SIZE) < 0.05, lift=lift, articles=articles)


def dated(random: np.random.Generator, start: int) -> tuple[int, int]:
    """Mostly for ever; else a start or an end, before or after the moment of the snapshot."""
    moment = start + int(random.integers(-200, 400)) * 3600
    return [(0, NEVER), (0, NEVER), (moment, NEVER), (0, moment)][random.integers(4)]


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
            got = ready(snapshot, row, PLAIN, now, force)
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
            got = ready(snapshot, row, PLAIN, now, force)
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
            assert told[0] not in [p.row for p in ready(shutting, row, PLAIN, now, shut) or ()]
            assert ready(shutting, row, PLAIN, now, NOTHING) is None
            return
    pytest.fail("no such story on this site")


def test_a_pin_that_was_skipped_comes_back_with_its_article(tmp_path: Path) -> None:
    row, pick = 3, 90
    pinned = {row: (Rule(Kind.PIN, pick, 1, 1, 0, NEVER),)}
    shut = InForce(shut=np.arange(SIZE) == pick, articles=pinned)
    snapshot = site(tmp_path, 1, Ranking(language_rule="any"), shut)
    now = NOW.timestamp() + 1
    assert (got := ready(snapshot, row, PLAIN, now, shut))
    assert pick not in [one.row for one in got]
    assert ready(snapshot, row, PLAIN, now, InForce(articles=pinned)) is None


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
            chosen_anew = ready(snapshot, row, PLAIN, now, force) is None
            assert chosen_anew == (snapshot.story[moved] in stories), moved
    assert ready(snapshot, row, PLAIN, now, InForce(articles={row: (hold,)})) is None
    assert ready(snapshot, row, PLAIN, now, InForce(articles={stranger: (hold,)}))
