"""Lists and clusters of all later articles together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from models.arrays import Floats, Positions
from models.features.batch import QueryBatch, query_batch
from models.features.evidence import evidence_bound
from models.features.evidence_weights import prior_log_odds
from models.lexical.copies import is_copy_of
from models.lexical.near_duplicates import is_near_duplicate
from models.rerank.candidate_pruning import undominated
from recommender.incremental.fitted_state import FittedState
from recommender.incremental.later_articles import LaterArticle, LaterBlock
from recommender.incremental.later_scores import (
    LaterScores,
    scales_of_rows,
    score_pairs,
)
from recommender.incremental.superseded import NEWEST_THEME
from recommender.indexing.build_corpus import expiry_times
from recommender.indexing.scoring_job import MAX_CANDIDATES, PoolScales, TopCandidates
from recommender.serving.scoring import OTHER_LANGUAGE
from recommender.snapshots.snapshot import Snapshot

MIN_DUPLICATE_COSINE = 0.2
"""TF-IDF cosine below which two later articles are not compared word by word."""


def compared(block: LaterBlock) -> QueryBatch:
    """Compare m later articles with one another: a batch of m queries."""
    size = len(block.index.view.known)
    everything = np.ones(size, dtype=bool)
    return query_batch(
        block.index, np.arange(size), block.links, everything, everything, block.index
    )


def later_lists(
    articles: Sequence[LaterArticle],
    scores: Sequence[LaterScores],
    batch: QueryBatch,
    cubes: Floats,
    recency_from: NDArray[np.int64],
    removed: NDArray[np.int32],
    state: FittedState,
    base: Snapshot,
) -> list[TopCandidates]:
    """Join the candidates of each later article in the archive and among the later ones.

    Later article i is row n + i.

    Parameters
    ----------
    articles, scores : m later articles, and how they compare with the archive.
    batch : see :func:`compared`.
    cubes : see :func:`recommender.incremental.superseded.cubed_cosines`.
    recency_from : int64, shape (m,), when the recency boost of each begins to decay.
    removed : int32, rows of the base that are no articles any more.
    base : the base snapshot.
    """
    query, columns = _possible_pairs(batch, state)
    scales = scales_of_rows(PoolScales.of([one.top for one in scores]), query)
    pairs = score_pairs(batch, query, columns, scales, state)
    joined = _joined_rows(articles, recency_from, batch, state, base)
    found = []
    for position, (article, own) in enumerate(zip(articles, scores, strict=True)):
        left = ~np.isin(own.top.rows, removed)
        mine = np.flatnonzero((query == position) & pairs.on_topic)
        added = pairs.contributions[mine].copy()
        added[:, NEWEST_THEME] += pairs.supersession.take(mine).losses(columns[mine], cubes)
        rows = np.append(own.top.rows[left], state.size + columns[mine]).astype(np.int32)
        contributions = np.vstack([own.top.contributions[left], added])
        evidence = np.vstack([own.top.evidence[left], pairs.evidence[mine]])
        language = joined.language[state.size + position]
        kept = _kept(rows, contributions, joined, language, article.article.section, state)
        found.append(
            replace(
                own.top,
                rows=rows[kept],
                contributions=contributions[kept].astype(np.float32),
                evidence=evidence[kept].astype(np.float32),
            )
        )
    return found


class _JoinedRows(NamedTuple):
    """Rows of the base, followed by the later articles: shape (n + m,) each."""

    recency_from: NDArray[np.int64]
    expires: NDArray[np.int64]
    language: NDArray[np.int32]


def _joined_rows(
    articles: Sequence[LaterArticle],
    recency_from: NDArray[np.int64],
    batch: QueryBatch,
    state: FittedState,
    base: Snapshot,
) -> _JoinedRows:
    languages = state.job.index.view.corpus.language, batch.index.view.corpus.language
    return _JoinedRows(
        np.append(base.recency_from, recency_from),
        np.append(base.expires, expiry_times([one.article for one in articles])),
        np.concatenate(languages),
    )


def _kept(
    rows: NDArray[np.int32],
    contributions: Floats,
    joined: _JoinedRows,
    language: int,
    section: str,
    state: FittedState,
) -> Positions:
    """Prune the candidates of one list, of an article in this language and section."""
    is_other = joined.language[rows] != language
    penalty = OTHER_LANGUAGE * (is_other & (state.ranking.language == "prefer"))
    return undominated(
        contributions.sum(axis=1) - penalty,
        joined.recency_from[rows],
        joined.expires[rows],
        state.decay_of(section),
        state.fitted_at,
        MAX_CANDIDATES,
    )


def _possible_pairs(batch: QueryBatch, state: FittedState) -> tuple[Positions, Positions]:
    """Return the pairs of later articles that may have a common topic."""
    corpus = batch.index.view.corpus
    bound = evidence_bound(batch) + prior_log_odds(corpus.random_similarity)
    possible = bound >= state.job.min_evidence
    if state.ranking.language == "same":
        possible &= corpus.language[:, None] == corpus.language
    np.fill_diagonal(possible, val=False)
    query, columns = np.nonzero(possible)
    return query, columns


class LaterClusters(NamedTuple):
    """Near-duplicates of later articles.

    Attributes
    ----------
    cluster_id : int32, shape (m,): a cluster of the base, or a new one.
    no_copies : pairs of rows in one cluster of which the second is no copy of the first.
    """

    cluster_id: NDArray[np.int32]
    no_copies: list[tuple[int, int]]


def later_clusters(
    articles: Sequence[LaterArticle],
    scores: Sequence[LaterScores],
    batch: QueryBatch,
    state: FittedState,
    base: Snapshot,
) -> LaterClusters:
    """Assign later articles to clusters. Those of a chain of near-duplicates are in one.

    A chain that reaches several clusters of the base joins that of most near-duplicates.
    """
    size = len(articles)
    similar = np.triu(batch.tfidf >= MIN_DUPLICATE_COSINE, 1)
    edges = [
        (one, other)
        for one, other in np.argwhere(similar).tolist()
        if is_near_duplicate(
            articles[one].shingles, articles[other].shingles, state.common_shingles
        )
    ]
    ones, others = np.array(edges, dtype=np.intp).reshape(-1, 2).T
    matrix = coo_matrix((np.ones(len(ones), dtype=bool), (ones, others)), shape=(size, size))
    labels = connected_components(matrix, directed=False)[1]
    new = int(base.cluster_id.max(initial=-1)) + 1
    cluster_id = np.empty(size, dtype=np.int32)
    for label in np.unique(labels).tolist():
        members = np.flatnonzero(labels == label)
        rows = np.concatenate([scores[member].duplicates for member in members.tolist()])
        clusters = base.cluster_id[rows]
        cluster_id[members] = np.bincount(clusters).argmax() if len(clusters) else new + label
    return LaterClusters(cluster_id, _no_copies(articles, cluster_id, state, base))


def _no_copies(
    articles: Sequence[LaterArticle],
    cluster_id: NDArray[np.int32],
    state: FittedState,
    base: Snapshot,
) -> list[tuple[int, int]]:
    """List the pairs with a later article in one cluster of which the second is no copy."""
    size, found = state.size, []
    for position, article in enumerate(articles):
        own, cluster = size + position, cluster_id[position]
        rows = np.flatnonzero(base.cluster_id == cluster).tolist()
        members = [(row, state.shingles[row]) for row in rows]
        same = np.flatnonzero(cluster_id[:position] == cluster)
        members += [(size + other, articles[other].shingles) for other in same.tolist()]
        for member, shingles in members:
            if not is_copy_of(shingles, article.shingles):
                found.append((own, member))
            if not is_copy_of(article.shingles, shingles):
                found.append((member, own))
    return sorted(found)
