"""From articles and their embeddings to candidates: who may stand under whom, and how well."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

from models.features.batch import (
    BatchIndex,
    batch_index,
    pair_features,
    pool_context,
    query_batch,
)
from models.features.candidate_pool import candidate_pools
from models.features.corpus import Corpus, corpus_as_of
from models.features.feature_names import THEMES, contributions_by_theme
from models.features.link_graph import LinkIndex, link_index
from models.features.pool_context import with_pool_features
from models.lexical.near_duplicates import cluster_ids
from models.ranker.linear_ranker import LinearRanker
from models.rerank.candidate_pruning import undominated
from models.rerank.recency import RecencyDecay
from recommender.articles.article import Article, primary_language
from recommender.indexing.build_corpus import expiry_times
from recommender.indexing.recent import recent_rows
from recommender.serving.scoring import OTHER_LANGUAGE
from recommender.settings import Ranking

KEPT = 128
"""Candidates kept of each article: twenty times what a block shows."""

CHUNK = 500
"""Articles a parallel task: seconds of work, so that starting a process pays."""

AT_ONCE = 200
"""Articles compared with all at once, at most."""

PRODUCTS = 6_000_000
"""Products of such a block, at most: 24 MB. An array of more than 32 MB is fetched from the system
anew each time (malloc's greatest threshold), which costs more than larger blocks save."""

LARGE = 2_500
"""Articles from which only the members of a pool are scored: all pairs would take minutes."""


@dataclass(frozen=True)
class ScoredCandidates:
    """Candidates of every article; for the arrays see :mod:`recommender.snapshots.snapshot`."""

    candidates: NDArray[np.int32]
    relevance: NDArray[np.float32]
    contributions: NDArray[np.float16]
    vectors: NDArray[np.float32]
    cluster_id: NDArray[np.int32]
    features: tuple[str, ...]


@dataclass(frozen=True)
class TopCandidates:
    """Candidates kept of one article, best affinity first: rows (c,) and shares (c, w)."""

    rows: NDArray[np.int32]
    contributions: NDArray[np.float32]


def score_candidates(
    articles: Sequence[Article],
    site: Corpus,
    ranking: Ranking,
    now: datetime,
    model: LinearRanker,
) -> ScoredCandidates:
    """Choose and score the candidates of every article.

    ``articles`` are sorted from the newest; ``site`` is what they are in numbers.
    """
    seen = corpus_as_of(site, np.ones(len(articles), dtype=bool))
    settings = [ranking.recency_of(article.section) for article in articles]
    fading = [RecencyDecay(setting.boost, setting.half_life_days) for setting in settings]
    spoken_in = _languages(articles)
    everybody, expires = np.zeros_like(spoken_in), expiry_times(articles)
    _ = seen.unit_diversity_vectors  # taken once, and not by every process
    task = ScoringJob(
        index=batch_index(seen),
        links=link_index(site.graph, site.published),
        groups=spoken_in if ranking.language == "same" else everybody,
        preferred=spoken_in if ranking.language == "prefer" else everybody,
        fading=fading,
        expires=expires,
        out=(site.published <= now.timestamp()) & (now.timestamp() < expires),
        now=now.timestamp(),
        model=model,
    )
    candidates, shares = _padded(_in_parallel(task), len(THEMES))
    return ScoredCandidates(
        candidates=candidates,
        relevance=np.where(candidates >= 0, shares.sum(axis=-1), -np.inf).astype(np.float32),
        contributions=shares.astype(np.float16),
        vectors=seen.diversity_vectors,
        cluster_id=cluster_ids(site.shingles, candidates),
        features=tuple(THEMES),
    )


@dataclass(frozen=True)
class ScoringJob:
    """What scoring any article of the site takes."""

    index: BatchIndex
    links: LinkIndex
    groups: NDArray[np.int32]
    """Whoever may stand under whom is in one group, (n,)."""
    preferred: NDArray[np.int32]
    """Whoever is put before all others under whom is in one group, (n,)."""
    fading: Sequence[RecencyDecay]
    expires: NDArray[np.int64]
    out: NDArray[np.bool_]
    """Who can be read now, (n,)."""
    now: float
    model: LinearRanker

    def kept(self, first: int, last: int) -> Iterator[TopCandidates]:
        """Score who may stand under each of some articles, and keep the best, now or later."""
        queries = np.arange(first, last)
        view = self.index.view
        many = query_batch(self.index, queries, self.links, view.known, self.out)
        allowed = self.groups[first:last, None] == self.groups
        allowed[np.arange(last - first), many.rows] = False
        published = view.corpus.published
        fresh = recent_rows(published, self.groups, self.preferred, self.now, range(first, last))
        members = candidate_pools(many, allowed, fresh)
        scored = members if len(self.groups) > LARGE else allowed
        which, rows = np.divmod(np.flatnonzero(scored), len(self.groups))
        pairs, pooled = pair_features(many, which, rows), members[which, rows]
        starts = np.searchsorted(which, np.arange(last - first + 1))
        for place, (start, end) in enumerate(pairwise(starts.tolist())):
            part = slice(start, end)
            context = pool_context(many, place, rows[part], pooled[part])
            raw = with_pool_features(pairs[part], context, self.model.first_pass)
            pool = raw if pooled[part].all() else raw[pooled[part]]
            yield self._best(int(many.rows[place]), rows[part], raw, pool)

    def _best(
        self, row: int, rows: NDArray[np.intp], raw: NDArray[Any], pool: NDArray[Any]
    ) -> TopCandidates:
        shares = contributions_by_theme(self.model.contributions(raw, pool), self.model.features)
        published = self.index.view.corpus.published[rows]
        behind = OTHER_LANGUAGE * (self.preferred[rows] != self.preferred[row])
        keys = shares.sum(axis=1) - behind  # what a request orders by
        columns = undominated(keys, published, self.expires[rows], self.fading[row], self.now, KEPT)
        return TopCandidates(rows[columns].astype(np.int32), shares[columns].astype(np.float32))


def _languages(articles: Sequence[Article]) -> NDArray[np.int32]:
    """Give each language a number, and each article that of its own: (n,)."""
    languages = np.array([primary_language(article.language) for article in articles])
    return np.unique(languages, return_inverse=True)[1].astype(np.int32)


def _in_parallel(task: ScoringJob) -> list[TopCandidates]:
    """Score every article, in several processes where there are many."""
    size = len(task.groups)
    chunks = [range(start, min(start + CHUNK, size)) for start in range(0, size, CHUNK)]
    jobs = min(len(chunks), os.cpu_count() or 1)
    parts = Parallel(n_jobs=jobs)(delayed(_chunk)(task, rows) for rows in chunks)
    return [kept for part in parts for kept in part]


def _chunk(task: ScoringJob, rows: range) -> list[TopCandidates]:
    step = max(min(AT_ONCE, PRODUCTS // len(task.groups)), 1)
    starts = range(rows.start, rows.stop, step)
    return [one for start in starts for one in task.kept(start, min(start + step, rows.stop))]


def _padded(
    all_kept: Sequence[TopCandidates], width: int
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Put lists of several lengths into arrays: rows (n, k), -1 behind; shares (n, k, w)."""
    longest = max(1, *(len(kept.rows) for kept in all_kept))
    rows = np.full((len(all_kept), longest), -1, dtype=np.int32)
    shares = np.zeros((len(all_kept), longest, width), dtype=np.float32)
    for number, kept in enumerate(all_kept):
        rows[number, : len(kept.rows)] = kept.rows
        shares[number, : len(kept.rows)] = kept.contributions
    return rows, shares
