"""From articles and their embeddings to candidates: who may stand under whom, and how well."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from models import lexical, neighbours
from models.affinity import DEFAULT, LinearAffinity
from models.pools import best_of_both, merged
from models.ranking import freshness
from models.stories import containment, shingles, story_labels
from recommender.article import Article
from recommender.settings import Ranking
from recommender.texts import for_words

Vectors = NDArray[np.float32]

NEAREST = 100
"""Members that each view brings into a pool."""

EACH = 64
"""Candidates kept by affinity, and as many by score now: ten times what a block shows."""

RECENT = 200
"""Newest articles among which the nearest are candidates as well: freshness may lift them."""


@dataclass(frozen=True)
class Related:
    """Candidates of every article; for the arrays see :mod:`recommender.snapshot`."""

    candidates: NDArray[np.int32]
    affinity: NDArray[np.float32]
    shares: NDArray[np.float16]
    story: NDArray[np.int32]
    features: tuple[str, ...]


def relate(
    articles: Sequence[Article],
    embeddings: Vectors,
    ranking: Ranking,
    now: datetime,
    model: LinearAffinity = DEFAULT,
) -> Related:
    """Choose and score the candidates of every article.

    ``articles`` are sorted from the newest; ``embeddings`` are their unit vectors, (n, d).
    """
    texts = [for_words(article) for article in articles]
    words = lexical.word_vectors(texts)
    pool = _pool(_groups(articles, ranking), [embeddings, lexical.reduced(words)])
    cosines = [lexical.pair_products(words, pool), neighbours.pair_products(embeddings, pool)]
    shares = model.shares(np.stack(cosines, axis=-1))
    affinity = np.where(pool >= 0, shares.sum(axis=-1), -np.inf).astype(np.float32)
    columns = best_of_both(affinity, affinity + _freshness(articles, pool, ranking, now), EACH)
    return Related(
        candidates=np.take_along_axis(pool, columns, axis=1),
        affinity=np.take_along_axis(affinity, columns, axis=1),
        shares=np.take_along_axis(shares, columns[:, :, None], axis=1).astype(np.float16),
        story=story_labels(pool, containment(shingles(texts), pool)),
        features=model.features,
    )


def _groups(articles: Sequence[Article], ranking: Ranking) -> list[NDArray[np.int32]]:
    """Rows that may stand under each other: by language, where cards must be in the same."""
    if ranking.language_rule != "same":
        return [np.arange(len(articles), dtype=np.int32)]
    languages = np.array([article.language for article in articles])
    return [np.flatnonzero(languages == one).astype(np.int32) for one in np.unique(languages)]


def _pool(groups: Sequence[NDArray[np.int32]], views: Sequence[Vectors]) -> NDArray[np.int32]:
    """Gather each article's nearest of its group in every view, among all and among the newest."""
    size = sum(len(rows) for rows in groups)
    gathered = []
    for vectors in views:
        for newest in (size, RECENT):
            view = np.full((size, min(NEAREST, newest, size)), -1, dtype=np.int32)
            for rows in groups:
                found = _nearest_of(vectors[rows], newest)
                view[rows, : found.shape[1]] = np.where(found >= 0, rows[found], -1)
            gathered.append(view)
    return merged(gathered)


def _nearest_of(vectors: Vectors, newest: int) -> NDArray[np.int32]:
    among = vectors[:newest]
    own = np.arange(len(vectors), dtype=np.int32)
    own[len(among) :] = -1
    rows, _ = neighbours.nearest(vectors, among, NEAREST, own=own)
    return rows


def _freshness(
    articles: Sequence[Article], pool: NDArray[np.int32], ranking: Ranking, now: datetime
) -> NDArray[np.float32]:
    """Bonus at ``now`` of each member of each pool, by the section of the article it is for."""
    published = np.array([int(a.published.timestamp()) for a in articles], dtype=np.int64)
    bonus = np.zeros(pool.shape, dtype=np.float32)
    sections = np.array([article.section for article in articles])
    for section in np.unique(sections):
        rows = np.flatnonzero(sections == section)
        setting = ranking.freshness_of(str(section))
        bonus[rows] = freshness(
            published[pool[rows]], now.timestamp(), setting.gain, setting.half_life
        )
    return bonus
