"""Generates a newsroom of any size with the statistics of a real one, and embeds it for nothing.

Words follow Zipf's law. Two in five words of an article belong to its topic. Few articles link, so
that a full run trains no weights. Vectors are random projections of hashed words. So an archive of
100,000 articles costs about as much to index as a real one, and nothing depends on a model.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import product

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import HashingVectorizer

from models.dense.encoders import unit_rows
from recommender.articles.article import Article

SYLLABLES = "ba ce di fo gu ha je ki lo mu na pe ri so tu va we xi yo zu".split()  # noqa: SIM905
VOCABULARY = 60_000
TOPIC_WORDS = 80
ARTICLES_PER_TOPIC = 50
WORDS = 300
TOPIC_SHARE = 0.4
PARAGRAPH = 50
SECTIONS = ("politics", "economy", "culture", "science", "world", "sport")
START = datetime(2020, 1, 1, tzinfo=UTC)
EVERY = timedelta(minutes=20)
BLOCK = 1_000
LINKING = 90
"""First articles, of which those after the first fifty link to another."""


class HashingEncoder:
    """Random projections of hashed words: texts that share words get near vectors."""

    name = "hashed-words"
    dimensions = 384

    def __init__(self) -> None:
        random = np.random.default_rng(0)
        self._words = HashingVectorizer(n_features=2**14, alternate_sign=False)
        self._projection = random.standard_normal((2**14, self.dimensions)).astype(np.float32)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed texts: float32, (len(texts), dimensions), rows of length 1."""
        words = self._words.transform(texts).astype(np.float32)
        return unit_rows(np.asarray(words @ self._projection, dtype=np.float32))


def newsroom(count: int, seed: int = 1) -> Iterator[Article]:
    """Generate articles, oldest first."""
    random = np.random.default_rng(seed)
    words = _vocabulary()
    topics = random.integers(300, VOCABULARY, (max(count // ARTICLES_PER_TOPIC, 1), TOPIC_WORDS))
    for start in range(0, count, BLOCK):
        size = min(BLOCK, count - start)
        topic = random.integers(len(topics), size=size)
        ids = _zipf(random, (size, WORDS), VOCABULARY)
        own = topics[topic[:, None], _zipf(random, (size, WORDS), TOPIC_WORDS)]
        ids = np.where(random.random(ids.shape) < TOPIC_SHARE, own, ids)
        titles = topics[topic[:, None], _zipf(random, (size, 6), TOPIC_WORDS)]
        for row in range(size):
            text, title = words[ids[row]].tolist(), words[titles[row]].tolist()
            yield _article(start + row, int(topic[row]), title, text)


def _article(number: int, topic: int, title: list[str], words: list[str]) -> Article:
    lines = (" ".join(words[i : i + PARAGRAPH]) + "." for i in range(0, len(words), PARAGRAPH))
    earlier = number - ARTICLES_PER_TOPIC
    return Article(
        id=f"story-{number}",
        title=" ".join(title).capitalize(),
        published=START + number * EVERY,
        teaser=" ".join(words[:20]).capitalize() + ".",
        body="\n".join(lines),
        url=f"https://site.example/story-{number}",
        section=SECTIONS[topic % len(SECTIONS)],
        tags=(f"topic {topic}",),
        language="en",
        links=(f"story-{earlier}",) if number < LINKING and earlier >= 0 else (),
    )


def _vocabulary() -> NDArray[np.str_]:
    found = ("".join(parts) for parts in product(SYLLABLES, repeat=4))
    return np.array([word for _, word in zip(range(VOCABULARY), found, strict=False)])


def _zipf(random: np.random.Generator, shape: tuple[int, int], size: int) -> NDArray[np.int64]:
    """Draw ranks below ``size`` of which the r-th is about 1 / r as frequent as the first."""
    return np.asarray((size ** random.random(shape)).astype(np.int64) - 1)
