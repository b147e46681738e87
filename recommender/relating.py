"""From articles and their embeddings to candidates: who may stand under whom, and how well."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

from models.affinity import LinearAffinity
from models.features import (
    BY_MEANING,
    BY_WORDS,
    THEMES,
    Asking,
    asking,
    asking_among,
    by_theme,
    newest_of,
    pair_features,
    pool,
)
from models.neighbours import nearest
from models.pools import Fading, least_beaten
from models.site import Site, SiteView, view
from models.stories import shingles, story_labels
from models.words import reduced
from recommender.article import Article, spoken
from recommender.numbers import expiries
from recommender.settings import Ranking
from recommender.texts import for_words

KEPT = 128
"""Candidates kept of each article: twenty times what a block shows."""

CHUNK = 500
"""Articles a parallel task: seconds of work, so that starting a process pays."""

LARGE = 5_000
"""Articles from which an article is compared with its nearest alone and not with all."""

AFTER_EVERYTHING = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Related:
    """Candidates of every article; for the arrays see :mod:`recommender.snapshot`."""

    candidates: NDArray[np.int32]
    affinity: NDArray[np.float32]
    shares: NDArray[np.float16]
    vectors: NDArray[np.float32]
    story: NDArray[np.int32]
    features: tuple[str, ...]


@dataclass(frozen=True)
class Kept:
    """Candidates kept of one article, best affinity first: rows (c,) and shares (c, w)."""

    rows: NDArray[np.int32]
    shares: NDArray[np.float32]


def relate(
    articles: Sequence[Article],
    site: Site,
    ranking: Ranking,
    now: datetime,
    model: LinearAffinity,
) -> Related:
    """Choose and score the candidates of every article.

    ``articles`` are sorted from the newest; ``site`` is what they are in numbers.
    """
    seen = view(site, np.ones(len(articles), dtype=bool))
    settings = [ranking.freshness_of(article.section) for article in articles]
    fading = [Fading(setting.gain, setting.half_life) for setting in settings]
    groups = _groups(articles, ranking)
    near = _near(seen, groups) if len(articles) > LARGE else None
    task = Task(seen, groups, near, fading, expiries(articles), now.timestamp(), model)
    candidates, shares = _padded(_in_parallel(task), len(THEMES))
    texts = [for_words(article) for article in articles]
    return Related(
        candidates=candidates,
        affinity=np.where(candidates >= 0, shares.sum(axis=-1), -np.inf).astype(np.float32),
        shares=shares.astype(np.float16),
        vectors=seen.meaning,
        story=story_labels(shingles(texts), candidates),
        features=tuple(THEMES),
    )


@dataclass(frozen=True)
class Task:
    """What scoring any article of the site takes."""

    seen: SiteView
    groups: NDArray[np.int32]
    near: NDArray[np.int32] | None
    """Nearest of each article by words or meaning, (n, k), -1 behind; None: compare with all."""
    fading: Sequence[Fading]
    expires: NDArray[np.int64]
    now: float
    model: LinearAffinity

    def kept(self, row: int) -> Kept:
        """Score the pool of an article and keep whoever can be among the best, now or later."""
        published = self.seen.site.published
        ask, allowed = self._asking(row)
        allowed = allowed[self.groups[allowed] == self.groups[row]]
        rows = pool(ask, allowed[allowed != row], int((published[allowed] > self.now).sum()))
        shares = self.model.shares(pair_features(self.seen, ask, rows))
        shares = by_theme(shares, self.model.names)
        affinity = shares.sum(axis=1)
        columns = least_beaten(
            affinity, published[rows], self.expires[rows], self.fading[row], self.now, KEPT
        )
        return Kept(rows[columns], shares[columns].astype(np.float32))

    def _asking(self, row: int) -> tuple[Asking, NDArray[np.int32]]:
        size = len(self.groups)
        graph = self.seen.site.graph.as_of(AFTER_EVERYTHING, without=row)
        if self.near is None:
            everybody = np.ones(size, dtype=bool)
            return asking(self.seen, row, graph, everybody), np.arange(size, dtype=np.int32)
        near = self.near[row]
        group = np.flatnonzero(self.groups == self.groups[row])
        upcoming = int((self.seen.site.published[group] > self.now).sum())
        newest = group[newest_of(upcoming)]
        return asking_among(self.seen, row, graph, np.union1d(near[near >= 0], newest))


def _groups(articles: Sequence[Article], ranking: Ranking) -> NDArray[np.int32]:
    """Give each article the number of its group: whoever may stand under whom is in one."""
    if ranking.language_rule != "same":
        return np.zeros(len(articles), dtype=np.int32)
    languages = np.array([spoken(article.language) for article in articles])
    return np.unique(languages, return_inverse=True)[1].astype(np.int32)


def _near(seen: SiteView, groups: NDArray[np.int32]) -> NDArray[np.int32]:
    """Find the nearest by words, in their main directions, and by meaning, within the groups."""
    near = np.full((len(groups), BY_WORDS + BY_MEANING), -1, dtype=np.int32)
    for vectors, start, count in (
        (reduced(seen.words), 0, BY_WORDS),
        (seen.meaning, BY_WORDS, BY_MEANING),
    ):
        for group in np.unique(groups):
            rows = np.flatnonzero(groups == group).astype(np.int32)
            own = np.arange(len(rows), dtype=np.int32)
            found, _ = nearest(vectors[rows], vectors[rows], count, own=own)
            there = np.where(found >= 0, rows[found], -1)
            near[rows[:, None], start + np.arange(there.shape[1])] = there
    return near


def _in_parallel(task: Task) -> list[Kept]:
    """Score every article, in several processes where there are many."""
    size = len(task.groups)
    chunks = [range(start, min(start + CHUNK, size)) for start in range(0, size, CHUNK)]
    jobs = min(len(chunks), os.cpu_count() or 1)
    parts = Parallel(n_jobs=jobs)(delayed(_chunk)(task, rows) for rows in chunks)
    return [kept for part in parts for kept in part]


def _chunk(task: Task, rows: range) -> list[Kept]:
    return [task.kept(row) for row in rows]


def _padded(all_kept: Sequence[Kept], width: int) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Put lists of several lengths into arrays: rows (n, k), -1 behind; shares (n, k, w)."""
    longest = max(1, *(len(kept.rows) for kept in all_kept))
    rows = np.full((len(all_kept), longest), -1, dtype=np.int32)
    shares = np.zeros((len(all_kept), longest, width), dtype=np.float32)
    for number, kept in enumerate(all_kept):
        rows[number, : len(kept.rows)] = kept.rows
        shares[number, : len(kept.rows)] = kept.shares
    return rows, shares
