"""Scores later articles in both directions, on the scales of the fitted state.

A later article is the query of its own list, and a candidate of the lists of all others. As a
query it is standardized within its pool in the archive of the full run. As a candidate it is scored
on the scale that each query has from the full run. So the scores of a pair depend on the fitted
state and the pair alone: they are the same whatever else came in between, and in which order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.arrays import AnyRows, Floats, Mask, Positions, Vectors
from models.features.batch import QueryBatch, pair_features, pool_context
from models.features.candidate_pool import candidate_pools
from models.features.evidence import evidence_bound, evidence_of
from models.features.feature_names import FEATURES, contributions_by_theme
from models.features.pool_context import features_of_later, with_gate
from models.ranker.linear_ranker import scale_of
from models.rerank.candidate_pruning import dominators_in_lists
from recommender.incremental.fitted_state import FittedState
from recommender.incremental.later_articles import LaterArticle, later_block
from recommender.incremental.later_duplicates import duplicates_in_archive, hidden_originals
from recommender.incremental.superseded import Supersession
from recommender.indexing.recent import recent_rows_of
from recommender.indexing.scoring_job import (
    MAX_EXHAUSTIVE,
    PoolScales,
    TopCandidates,
)
from recommender.snapshots.parts import MAX_CANDIDATES

SUPERSEDED = FEATURES.index("superseded_by_newer")


class Additions(NamedTuple):
    """Lists of earlier articles that gain a candidate, a pairs in all.

    Attributes
    ----------
    rows : intp, shape (a,), the articles above the lists.
    contributions : float32, shape (a, t), by theme.
    evidence : float32, shape (a, e).
    supersession : what is lost where newer later articles cover the topic.
    """

    rows: AnyRows
    contributions: Vectors
    evidence: Vectors
    supersession: Supersession

    def without(self, removed: NDArray[np.int32]) -> Additions:
        """Leave out the lists of articles that are none any more; their rows are ascending."""
        kept = ~np.isin(self.rows, removed)
        return Additions(
            self.rows[kept],
            self.contributions[kept],
            self.evidence[kept],
            self.supersession.take(kept),
        )


@dataclass(frozen=True)
class LaterScores:
    """What comparing one later article with the archive of the full run gives.

    Attributes
    ----------
    top : its candidates in the archive.
    additions : the lists of the archive that it enters.
    duplicates : rows of its near-duplicates in the archive, ascending.
    originals : hidden articles of the state of which it is a copy, ascending.
    """

    top: TopCandidates
    additions: Additions
    duplicates: Positions
    originals: Positions


def score_later(
    later: LaterArticle, own_rows: Sequence[int], state: FittedState, base: BaseLists
) -> LaterScores:
    """Compare a later article with the archive of the full run.

    Parameters
    ----------
    own_rows : rows of the versions that the article had then. They are no candidates, and their
        links do not count, as in a full run. Links of other articles that changed since count as
        they were then.
    """
    block = later_block([later], state)
    known = np.ones(state.size, dtype=bool)
    known[list(own_rows)] = False
    batch = block.as_queries(state, known)
    allowed = _allowed(batch, state) & known
    in_pool = _pool(batch, allowed, state)
    rows = in_pool if state.size > MAX_EXHAUSTIVE else allowed
    found = np.flatnonzero(rows[0])
    compared = in_pool[0] | ~known
    duplicates = duplicates_in_archive(later.shingles, batch.tfidf[0], compared, state)
    lists = block.as_candidates(state.job.index, _possible_lists(batch, state))
    return LaterScores(
        top=_own_candidates(batch, found, in_pool[0, found], state),
        additions=_additions(lists, state, base),
        duplicates=duplicates,
        originals=hidden_originals(later.shingles, duplicates, state),
    )


class BaseLists(NamedTuple):
    """The lists of the base snapshot.

    Attributes
    ----------
    candidates : int32, shape (n, k), rows; -1 pads.
    relevance : float32, shape (n, k); -inf pads.
    """

    candidates: NDArray[np.int32]
    relevance: Vectors


def _codes(batch: QueryBatch, state: FittedState) -> tuple[int, int]:
    """Return the codes of the later article in ``groups`` and ``preferred`` of the job."""
    language, rule = int(batch.queries.view.corpus.language[0]), state.ranking.language
    return language if rule == "same" else 0, language if rule == "prefer" else 0


def _allowed(batch: QueryBatch, state: FittedState) -> Mask:
    """Return which articles of the archive may be listed under the later one: shape (1, n)."""
    group, _ = _codes(batch, state)
    return np.asarray((state.job.groups == group) & state.job.listed)[None]


def _pool(batch: QueryBatch, allowed: Mask, state: FittedState) -> Mask:
    """Return the pool of a later article in the archive of the full run: shape (1, n)."""
    job, published = state.job, state.view.corpus.published
    recent = recent_rows_of(published, job.groups, job.preferred, job.now, *_codes(batch, state))
    return candidate_pools(batch, allowed, recent[None].astype(np.int32))


def _own_candidates(
    batch: QueryBatch, rows: Positions, in_pool: Mask, state: FittedState
) -> TopCandidates:
    """Score the candidates of a later article in the archive of the full run."""
    job, query = state.job, np.zeros(len(rows), dtype=np.intp)
    pairs = pair_features(batch, query, rows)
    context = pool_context(batch, 0, rows, in_pool)
    features, gate = with_gate(pairs, context, job.model.first_pass)
    scale = scale_of(features[in_pool], job.model.min_scale)
    evidence = evidence_of(batch, query, rows, features)
    related = job.on_topic(evidence)
    contributions = job.model.contributions_on(scale, features[related])
    return TopCandidates(
        rows[related].astype(np.int32),
        contributions_by_theme(contributions, job.model.features).astype(np.float32),
        evidence[related].astype(np.float32),
        scale,
        gate,
    )


def _possible_lists(batch: QueryBatch, state: FittedState) -> Positions:
    """Return the articles of the archive with which a later one may have a common topic."""
    job = state.job
    bound = evidence_bound(batch, _title_bound(batch, state))[0] + job.prior
    same_group = job.groups == _codes(batch, state)[0]
    return np.flatnonzero(same_group & (bound >= job.min_evidence))


def _title_bound(batch: QueryBatch, state: FittedState) -> Floats:
    """Return how far the whole text of each article covers the title of the later one: (n,)."""
    passages = batch.queries.view.passages
    covered = state.bodies_by_stem[passages.titles.indices].T @ passages.titles.data
    return np.asarray(covered / passages.title_weight[0], dtype=np.float64)


def _additions(batch: QueryBatch, state: FittedState, base: BaseLists) -> Additions:
    """Find the lists that a later article enters.

    Parameters
    ----------
    batch : articles of the archive as queries, the later one as the only candidate.
    """
    query, candidates = np.arange(len(batch.rows)), np.zeros(len(batch.rows), dtype=np.intp)
    found = score_pairs(batch, query, candidates, state.scales.take(batch.rows), state)
    entered = found.on_topic & ~_dominated(batch, found.relevance, state, base)
    return Additions(
        batch.rows[entered],
        found.contributions[entered].astype(np.float32),
        found.evidence[entered].astype(np.float32),
        found.supersession.take(entered),
    )


def _dominated(batch: QueryBatch, relevance: Floats, state: FittedState, base: BaseLists) -> Mask:
    """Return in which lists so many candidates dominate a later article that it is not kept."""
    job, candidates = state.job, base.candidates[batch.rows]
    dominators = dominators_in_lists(
        relevance,
        int(batch.index.view.corpus.published[0]),
        base.relevance[batch.rows].astype(np.float64),
        job.recency_from[candidates],
        [job.recency[row] for row in batch.rows.tolist()],
        state.fitted_at,
    )
    return np.asarray(dominators >= MAX_CANDIDATES)


class ScoredPairs(NamedTuple):
    """m pairs of a query and a later article.

    Attributes
    ----------
    contributions : float64, shape (m, t), by theme.
    evidence : float64, shape (m, e).
    on_topic : bool, shape (m,).
    supersession : what is lost where newer later articles cover the topic.
    """

    contributions: Floats
    evidence: Floats
    on_topic: Mask
    supersession: Supersession

    @property
    def relevance(self) -> Floats:
        """Relevance scores, shape (m,)."""
        return np.asarray(self.contributions.sum(axis=1))


def score_pairs(
    batch: QueryBatch,
    query: Positions,
    candidates: Positions,
    scales: PoolScales,
    state: FittedState,
) -> ScoredPairs:
    """Score later articles as candidates.

    Parameters
    ----------
    batch : the queries, compared with later articles.
    query, candidates : shape (m,), positions of the queries and rows of the later articles.
    scales : of the query of each pair.
    """
    model, scale = state.job.model, scales.features
    pairs = pair_features(batch, query, candidates)
    relevance = scales.gate.relevance(model.first_pass_scores_on(scale, pairs))
    is_newest = batch.index.view.corpus.published[candidates] > state.newest
    features = features_of_later(pairs, relevance, scales.gate, is_newest)
    slope = relevance * is_newest * model.weights[SUPERSEDED] / scale.std[:, SUPERSEDED]
    evidence = evidence_of(batch, query, candidates, features)
    return ScoredPairs(
        contributions_by_theme(model.contributions_on(scale, features), model.features),
        evidence,
        state.job.on_topic(evidence),
        Supersession(relevance, slope),
    )
