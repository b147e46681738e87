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

from models.arrays import Floats, Mask, Positions, Vectors
from models.features.batch import QueryBatch, pair_features, pool_context, query_batch
from models.features.candidate_pool import candidate_pools
from models.features.evidence import evidence_bound, evidence_of, has_common_topic
from models.features.evidence_weights import prior_log_odds
from models.features.feature_names import contributions_by_theme
from models.features.pool_context import PoolGate, features_of_later, with_gate
from models.lexical.near_duplicates import is_near_duplicate
from models.ranker.linear_ranker import Scale, scale_of
from models.rerank.recency import recency_boost
from recommender.incremental.fitted_state import FittedState
from recommender.incremental.later_articles import LaterArticle, LaterBlock, later_block
from recommender.incremental.superseded import Supersession
from recommender.indexing.recent import recent_rows_of
from recommender.indexing.scoring_job import (
    MAX_CANDIDATES,
    MAX_EXHAUSTIVE,
    PoolScales,
    TopCandidates,
)


class Additions(NamedTuple):
    """Lists of earlier articles that gain a candidate, a pairs in all.

    Attributes
    ----------
    rows : intp, shape (a,), the articles above the lists.
    contributions : float32, shape (a, t), by theme.
    evidence : float32, shape (a, e).
    supersession : what is lost where newer later articles cover the topic.
    """

    rows: Positions
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
    """

    top: TopCandidates
    additions: Additions
    duplicates: Positions


def score_later(
    later: LaterArticle, own_rows: Sequence[int], state: FittedState, base: BaseLists
) -> LaterScores:
    """Compare a later article with the archive of the full run.

    Parameters
    ----------
    own_rows : rows of the versions that the article had then. They are no candidates, and their
        links count as little as the article's own.
    """
    job, block = state.job, later_block([later], state)
    known = np.ones(len(job.groups), dtype=bool)
    known[list(own_rows)] = False
    batch = query_batch(job.index, np.array([0]), job.links, known, job.visible, block.index)
    allowed = _allowed(batch, state) & known
    in_pool = _pool(batch, allowed, state)
    rows = in_pool if len(job.groups) > MAX_EXHAUSTIVE else allowed
    found = np.flatnonzero(rows[0])
    return LaterScores(
        top=_own_candidates(batch, found, in_pool[0, found], state),
        additions=_additions(later, block, batch, state, base),
        duplicates=_duplicates(later, np.flatnonzero(in_pool[0] | ~known), state),
    )


class BaseLists(NamedTuple):
    """The lists of the base snapshot.

    Attributes
    ----------
    candidates : int32, shape (n, k), rows; -1 pads.
    relevance : float32, shape (n, k).
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
    job = state.job
    published = job.index.view.corpus.published
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
    related = _on_topic(evidence, state)
    contributions = job.model.contributions_on(scale, features[related])
    return TopCandidates(
        rows[related].astype(np.int32),
        contributions_by_theme(contributions, job.model.features).astype(np.float32),
        evidence[related].astype(np.float32),
        scale,
        gate,
    )


def _on_topic(evidence: Floats, state: FittedState) -> Mask:
    prior = prior_log_odds(state.job.index.view.corpus.random_similarity)
    return has_common_topic(evidence, prior, state.job.min_evidence)


def _additions(
    later: LaterArticle,
    block: LaterBlock,
    batch: QueryBatch,
    state: FittedState,
    base: BaseLists,
) -> Additions:
    """Find the lists of the archive that a later article enters."""
    job = state.job
    prior = prior_log_odds(job.index.view.corpus.random_similarity)
    bound = evidence_bound(batch, _title_bound(block, state))[0] + prior
    same_group = job.groups == _codes(batch, state)[0]
    queries = np.flatnonzero(same_group & (bound >= job.min_evidence))
    lists = query_batch(
        block.index, queries, block.links, np.ones(1, dtype=bool), np.ones(1, dtype=bool), job.index
    )
    query, columns = np.arange(len(queries)), np.zeros(len(queries), dtype=np.intp)
    scales = scales_of_rows(state.scales, queries)
    found = score_pairs(lists, query, columns, scales, state)
    entered = found.on_topic & ~_dominated(queries, found.relevance, later, state, base)
    return Additions(
        queries[entered],
        found.contributions[entered].astype(np.float32),
        found.evidence[entered].astype(np.float32),
        found.supersession.take(entered),
    )


def _title_bound(block: LaterBlock, state: FittedState) -> Floats:
    """Return how far the whole text of each article covers the title of the later one: (n,)."""
    passages = block.index.view.passages
    stems = passages.titles.indices
    known = stems < state.bodies_by_stem.shape[0]
    covered = state.bodies_by_stem[stems[known]].T @ passages.titles.data[known]
    return np.asarray(covered / passages.title_weight[0], dtype=np.float64)


def scales_of_rows(scales: PoolScales, rows: Positions) -> PoolScales:
    """Take the scales of some queries, for pairs."""
    return PoolScales(
        Scale(*(part[rows] for part in scales.features)),
        PoolGate(*(np.asarray(part)[rows] for part in scales.gate)),
    )


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
    model = state.job.model
    pairs = pair_features(batch, query, candidates)
    size = pairs.shape[1]
    first = (pairs - scales.features.mean[:, :size]) / scales.features.std[:, :size]
    scores = first @ np.asarray(model.first_pass_weights)[:size]
    newest = state.job.index.view.corpus.published[state.job.visible].max(initial=0)
    is_newest = batch.index.view.corpus.published[candidates] > newest
    features = features_of_later(pairs, scores, scales.gate, is_newest)
    relevance = scales.gate.relevance(scores)
    slope = relevance * is_newest * model.weights[size] / scales.features.std[:, size]
    contributions = model.contributions_on(scales.features, features)
    evidence = evidence_of(batch, query, candidates, features)
    return ScoredPairs(
        contributions_by_theme(contributions, model.features),
        evidence,
        _on_topic(evidence, state),
        Supersession(relevance, slope),
    )


def _dominated(
    queries: Positions,
    relevance: Floats,
    later: LaterArticle,
    state: FittedState,
    base: BaseLists,
) -> Mask:
    """Return in which lists so many candidates outscore a later article that it is not kept.

    As in :func:`models.rerank.candidate_pruning.undominated`, they have the greater relevance and
    the greater score when it is published.
    """
    job = state.job
    published = int(later.article.published.timestamp())
    now = max(state.fitted_at, float(published))
    rows, others = base.candidates[queries], base.relevance[queries].astype(np.float64)
    boost = np.array([job.recency[query].boost for query in queries.tolist()])
    days = np.array([job.recency[query].half_life_days for query in queries.tolist()])
    boosts = recency_boost(job.recency_from[rows], now, boost[:, None], days[:, None])
    own = relevance + recency_boost(np.full(len(queries), published), now, boost, days)
    outscored = (others >= relevance[:, None]) & (others + boosts >= own[:, None]) & (rows >= 0)
    return np.asarray(outscored.sum(axis=1) >= MAX_CANDIDATES)


def _duplicates(later: LaterArticle, pool: Positions, state: FittedState) -> Positions:
    """Return the near-duplicates of a later article in its pool."""
    same = [
        is_near_duplicate(later.shingles, state.shingles[row], state.common_shingles)
        for row in pool.tolist()
    ]
    return np.asarray(pool[np.array(same, dtype=bool)])
