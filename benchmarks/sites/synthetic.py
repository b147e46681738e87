"""Publishes generated sites of any size, with a fixed seed and without embedding.

Articles form topics of 200. Candidates, scores, vectors and cards have the shapes and sizes of a
real newsroom's: a card has about 650 bytes, a response of six about 4 KB. So a request costs what
it costs there.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from models.features.evidence_weights import EVIDENCE
from recommender.articles.article import Article
from recommender.home import DataDir
from recommender.indexing.article_arrays import encoded_keywords
from recommender.indexing.build_snapshot import build_snapshot
from recommender.indexing.candidates import ScoredCandidates
from recommender.indexing.versions import Versions
from recommender.settings import Settings
from recommender.snapshots.store import publish

NOW = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(days=1)
"""Time of indexing: a day before the requests."""

SECTIONS = ("politics", "economy", "culture", "science", "world", "sport")
FEATURES = ("text", "semantic")
TOPIC = 200
CANDIDATES = 128
DIMENSIONS = 384

TEXT = """minister vote talks border grain energy court budget strike railway coast reactor
museum festival parliament coalition treaty inflation harvest river bridge school hospital union"""
WORDS = TEXT.split()


def identifier(number: int) -> str:
    """Id of an article, with slashes as real ones have."""
    return f"2026/{number % 12 + 1:02d}/{WORDS[number % 24]}-{WORDS[number // 24 % 24]}-{number}"


def publish_site(home: Path, size: int, seed: int = 1) -> str:
    """Publish a site of ``size`` articles; returns the snapshot's id."""
    articles = synthetic_articles(size, seed)
    random, keywords = np.random.default_rng(seed), encoded_keywords(articles, [[]] * size)
    contents = build_snapshot(
        articles, _scored(size, random), keywords, Versions.none(size), Settings(),
        now=NOW, encoder="synthetic", figures={},
    )  # fmt: skip
    return publish(DataDir(home), contents, NOW).id


def synthetic_articles(size: int, seed: int = 1) -> list[Article]:
    """Generate articles: topics of words, one every 20 minutes."""
    random = np.random.default_rng(seed)
    return [_article(number, random) for number in range(size)]


def _article(number: int, random: np.random.Generator) -> Article:
    words = random.choice(WORDS, 60)
    return Article(
        id=identifier(number),
        title=" ".join(words[:9]).capitalize(),
        teaser=" ".join(words[9:]).capitalize() + ".",
        url=f"https://site.example/{identifier(number)}",
        image=f"https://site.example/images/{number}.jpg",
        image_alt=" ".join(words[:6]),
        section=SECTIONS[number % len(SECTIONS)],
        authors=("A. Writer",),
        language="en",
        published=NOW - timedelta(minutes=20 * number + 1),
    )


def _vectors(size: int, random: np.random.Generator) -> np.ndarray:
    topics = random.standard_normal((size // TOPIC + 1, DIMENSIONS), dtype=np.float32)
    vectors = topics[np.arange(size) // TOPIC]
    vectors = vectors + random.standard_normal((size, DIMENSIONS), dtype=np.float32)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


def _scored(size: int, random: np.random.Generator) -> ScoredCandidates:
    """Candidates of the same topic in random order, with falling scores."""
    width = min(CANDIDATES, max(size - 1, 1))
    first = np.arange(size) // TOPIC * TOPIC
    span = np.minimum(first + TOPIC, size) - first
    steps = np.argsort(random.random((size, min(TOPIC, size)), dtype=np.float32), axis=1)
    candidates = (first[:, None] + steps[:, :width] % span[:, None]).astype(np.int32)
    candidates[candidates == np.arange(size)[:, None]] = -1
    # Log-odds with the gaps of real newsrooms: the sixth is 1 to 2 below the first.
    relevance = -np.sort(-random.standard_exponential((size, width), dtype=np.float32), axis=1)
    relevance[candidates < 0] = -np.inf
    return ScoredCandidates(
        candidates,
        relevance,
        contributions=np.repeat(relevance[:, :, None] / 2, len(FEATURES), axis=2).astype("f2"),
        evidence=np.ones((*relevance.shape, len(EVIDENCE)), dtype=np.float16),
        diversity_vectors=_vectors(size, random),
        cluster_id=np.arange(size, dtype=np.int32),
        features=FEATURES,
    )
