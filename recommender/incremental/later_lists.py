"""Lists and clusters of all later articles together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from models.arrays import Floats, Mask, Positions
from models.features.batch import QueryBatch
from models.features.evidence import evidence_bound
from models.lexical.copies import Pairs, is_copy_of
from models.lexical.near_duplicates import is_near_duplicate
from models.rerank.candidate_pruning import undominated
from recommender.incremental.fitted_state import FittedState
from recommender.incremental.later_articles import LaterArticle, later_block
from recommender.incremental.later_duplicates import MIN_DUPLICATE_COSINE, duplicates_of_text
from recommender.incremental.later_scores import LaterScores, score_pairs
from recommender.incremental.plan import IncrementalPlan
from recommender.incremental.superseded import NEWEST_THEME, cubed_cosines
from recommender.indexing.build_corpus import expiry_times
from recommender.indexing.scoring_job import PoolScales, TopCandidates
from recommender.indexing.versions import page_keys, same_pages, without_same_pages
from recommender.serving.scoring import OTHER_LANGUAGE
from recommender.snapshots.parts import MAX_CANDIDATES


class Later(NamedTuple):
    """A later article, and how it compares with the archive of the full run."""

    article: LaterArticle
    scores: LaterScores


@dataclass(frozen=True)
class LaterBatch:
    """The m later articles of a run, compared with one another. Article i is row n + i.

    Attributes
    ----------
    batch : m queries, with the same m articles as candidates.
    cubes : see :func:`recommender.incremental.superseded.cubed_cosines`.
    recency_from : int64, shape (m,), when the recency boost of each begins to decay.
    """

    later: Sequence[Later]
    batch: QueryBatch
    cubes: Floats
    recency_from: NDArray[np.int64]

    @classmethod
    def of(
        cls, later: Sequence[Later], recency_from: NDArray[np.int64], state: FittedState, now: float
    ) -> LaterBatch:
        """Compare later articles at a time, in seconds since 1970 UTC."""
        block = later_block([one.article for one in later], state)
        batch = block.as_candidates(block.index, np.arange(len(later)))
        return cls(later, batch, cubed_cosines(block.index, now), recency_from)


def later_lists(
    block: LaterBatch, removed: NDArray[np.int32], plan: IncrementalPlan
) -> list[TopCandidates]:
    """Join the candidates of each later article in the archive and among the later ones.

    Parameters
    ----------
    removed : int32, rows of the base that are no articles any more.
    """
    state = plan.state
    query, columns = _possible_pairs(block.batch, state)
    scales = PoolScales.of([one.scores.top for one in block.later]).take(query)
    pairs = score_pairs(block.batch, query, columns, scales, state)
    joined = _joined_rows(block, plan)
    found = []
    for position, (article, own) in enumerate(block.later):
        left = ~np.isin(own.top.rows, removed)
        mine = np.flatnonzero((query == position) & pairs.on_topic)
        added = pairs.contributions[mine].copy()
        added[:, NEWEST_THEME] += pairs.supersession.take(mine).losses(columns[mine], block.cubes)
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


def _joined_rows(block: LaterBatch, plan: IncrementalPlan) -> _JoinedRows:
    languages = [one.corpus.language for one in (plan.state.view, block.batch.index.view)]
    return _JoinedRows(
        np.append(plan.base.recency_from, block.recency_from),
        np.append(plan.base.expires, expiry_times([one.article.article for one in block.later])),
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
    possible = evidence_bound(batch) + state.job.prior >= state.job.min_evidence
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
    non_copies : pairs of rows in one cluster of which the second is no copy of the first.
    """

    cluster_id: NDArray[np.int32]
    non_copies: Pairs


def later_clusters(block: LaterBatch, plan: IncrementalPlan) -> LaterClusters:
    """Assign later articles to clusters. Those of a chain of near-duplicates are in one.

    A chain that reaches several clusters of the base joins that of most near-duplicates, or without
    any that of a record of the same page.
    """
    base, size = plan.base, len(block.later)
    matrix, versions = _versions(block, plan.state)
    pages = page_keys(one.article.article for one in block.later)
    matrix[same_pages(pages, pages)] = True
    position, archived = same_pages(pages, plan.state.pages)
    labels = connected_components(csr_matrix(matrix), directed=False)[1]
    new = int(base.cluster_id.max(initial=-1)) + 1
    cluster_id = np.empty(size, dtype=np.int32)
    for label in np.unique(labels).tolist():
        members = np.flatnonzero(labels == label)
        rows = np.concatenate([versions[member] for member in members.tolist()])
        on_pages = archived[np.isin(position, members)]
        clusters = base.cluster_id[rows if len(rows) else on_pages]
        cluster_id[members] = np.bincount(clusters).argmax() if len(clusters) else new + label
    shingles = [one.article.shingles for one in block.later]
    found = np.array(_non_copies(shingles, cluster_id, plan), dtype=np.int32).reshape(-1, 2)
    all_pages = np.append(plan.state.pages, pages)
    return LaterClusters(cluster_id, without_same_pages((found[:, 0], found[:, 1]), all_pages))


def _versions(block: LaterBatch, state: FittedState) -> tuple[Mask, list[Positions]]:
    """Find the versions of m later articles: among them, shape (m, m), and rows in the archive."""
    texts = [one.article.shingles for one in block.later]
    same, is_digest = np.zeros((len(texts), len(texts)), dtype=bool), np.zeros(len(texts), bool)
    versions, done = [one.scores.duplicates for one in block.later], list[int]()
    for one in sorted(range(len(texts)), key=lambda one: len(texts[one])):
        smaller = [
            other
            for other in done
            if block.batch.tfidf[one, other] >= MIN_DUPLICATE_COSINE
            and is_near_duplicate(texts[one], texts[other], state.common_shingles)
        ]
        rows = versions[one]
        others = [*(texts[other] for other in smaller), *(state.shingles[row] for row in rows)]
        digests = np.append(is_digest[smaller], state.is_digest[rows])
        found, is_digest[one] = duplicates_of_text(texts[one], others, digests)
        same[one, smaller], versions[one] = found[: len(smaller)], rows[found[len(smaller) :]]
        done.append(one)
    return same, versions


def _non_copies(
    shingles: Sequence[NDArray[np.uint32]], cluster_id: NDArray[np.int32], plan: IncrementalPlan
) -> list[tuple[int, int]]:
    """List the pairs with a later article in one cluster of which the second is no copy."""
    state, found = plan.state, []
    for position, own_shingles in enumerate(shingles):
        own, cluster = state.size + position, cluster_id[position]
        rows = np.flatnonzero(plan.base.cluster_id == cluster).tolist()
        members = [(row, state.shingles[row]) for row in rows]
        same = np.flatnonzero(cluster_id[:position] == cluster)
        members += [(state.size + other, shingles[other]) for other in same.tolist()]
        for member, others in members:
            if not is_copy_of(others, own_shingles):
                found.append((own, member))
            if not is_copy_of(own_shingles, others):
                found.append((member, own))
    return sorted(found)
