"""A site made up at random whose order changes as time passes, and editors who decide at random."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from recommender.article import Article
from recommender.home import Home
from recommender.overrides.decision import Kind
from recommender.overrides.force import NOTHING, InForce, Rule
from recommender.packing import pack
from recommender.publishing import publish
from recommender.relating import Related
from recommender.settings import Freshness, Ranking
from recommender.snapshot import NEVER, Snapshot

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
SIZE, CANDIDATES, DIMENSIONS = 160, 60, 16
HOURS = (0, 0.5, 3, 11, 24, 50, 100, 200, 500, 1_500, 10_000)

RANKINGS = [
    Ranking(),
    # So much diversity that whoever comes into the shortlist may well be chosen.
    Ranking(language_rule="any", diversity=9, freshness=Freshness(gain=2.0, half_life=5.0)),
    Ranking(language_rule="prefer", freshness=Freshness(gain=3.0, half_life=2.0)),
    Ranking(
        language_rule="any", diversity=0, sections={"guides": Freshness(gain=0.0, half_life=1.0)}
    ),
]


def site(
    folder: Path, seed: int, ranking: Ranking, force: InForce = NOTHING, short: int = 0
) -> Snapshot:
    """A site whose order changes as time passes: dates, stories and vectors at random.

    ``short``: how many of the newest articles have too few candidates for a block.
    """
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
    candidates[:short, 3:] = -1
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
