"""Features that depend on the other candidates of a query.

A first pass scores the pool by the features of pairs alone. Two features are computed from these
scores. ``superseded_by_newer``: editors link the latest article on a topic. ``linked_to_top``:
articles linked to the top candidates are linked more often themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_matrix

from models.arrays import AnyRows, Floats, Mask, Timestamps, Vectors
from models.ranker.linear_ranker import LinearRanker

FULLY_RELEVANT = 0.5
"""Fraction of the way from the mean first-pass score of the pool to its maximum at which relevance
is 1. Below the mean it is 0: without this gate, new articles on any other topic would gain from
being the newest."""

EPSILON = 1e-9


@dataclass(frozen=True)
class PoolContext:
    """c candidates in relation to the p of them that are in the pool of a query.

    Attributes
    ----------
    rows : shape (c,), ascending rows of the candidates.
    in_pool : bool, shape (c,).
    links : sparse, shape (c, p), see :meth:`models.features.link_graph.LinkBatch.between`.
    vectors : float32, shape (n, d), diversity vectors of all articles as unit rows.
    published : int64, shape (n,), seconds since 1970 UTC.
    visible : bool, shape (n,). An article that readers cannot see supersedes no other.
    """

    rows: AnyRows
    in_pool: Mask
    links: csr_matrix
    vectors: Vectors
    published: Timestamps
    visible: Mask

    def superseded_by_newer(self, relevance: Floats) -> Floats:
        """Return how far newer relevant candidates cover the topic of each relevant candidate.

        The value is the cube root of the sum of cubed cosines with newer candidates of the pool,
        each times its relevance. So two articles of half the similarity count an eighth each.

        Parameters
        ----------
        relevance : shape (c,), from 0 to 1, see :class:`PoolGate`.

        Returns
        -------
        float64, shape (c,); 0 for candidates that are not relevant.
        """
        relevant = np.flatnonzero(relevance > 0)
        covers = (self.in_pool & self.visible[self.rows])[relevant]
        vectors = self.vectors[self.rows[relevant]]
        published = self.published[self.rows[relevant]]
        # A matrix times its own transpose costs half of a general product.
        others = vectors if covers.all() else vectors[covers]
        similarity = np.maximum(vectors @ others.T, 0)
        similarity *= similarity * similarity  # np.power takes fifteen times as long
        similarity *= published[covers] > published[:, None]
        superseded = np.zeros(len(relevance))
        superseded[relevant] = np.cbrt(similarity @ relevance[relevant[covers]])
        return superseded


class PoolGate(NamedTuple):
    """What turns first-pass scores into relevance; floats of one query, or shape (q,) each.

    Attributes
    ----------
    mean : mean first-pass score of the pool.
    span : how far above the mean the relevance is 1, see :data:`FULLY_RELEVANT`.
    superseded : mean of :meth:`PoolContext.superseded_by_newer` over the pool, by relevance.
    """

    mean: float | Floats
    span: float | Floats
    superseded: float | Floats = 0.0

    def relevance(self, scores: Floats) -> Floats:
        """Scale first-pass scores to relevance from 0 to 1: the shape of ``scores``."""
        return np.asarray(np.clip((scores - self.mean) / self.span, 0, 1))


def gate_of(pool_scores: Floats) -> PoolGate:
    """Return the gate of a pool with these first-pass scores, shape (p,)."""
    mean = pool_scores.mean()
    return PoolGate(mean, FULLY_RELEVANT * (pool_scores.max() - mean) + EPSILON)


def features_of_later(pairs: Floats, relevance: Floats, gate: PoolGate, is_newest: Mask) -> Floats:
    """Append the two features of the pool for articles that the pool does not have.

    The first one is how far newer articles cover the topic, less the average of the pool. No
    article is newer than the newest one. For any other later article it is not known, and counts
    as the average, which is 0. Links of later articles are not known either: the second one is 0.

    Parameters
    ----------
    pairs : shape (m, f), features of pairs of a query and a later article.
    relevance : shape (m,), see :meth:`PoolGate.relevance`.
    gate : of the query of each pair, arrays of shape (m,).
    is_newest : shape (m,), whether an article is newer than all of the pool.

    Returns
    -------
    float64, shape (m, f + 2).
    """
    superseded = relevance * -gate.superseded * is_newest
    return np.column_stack([pairs, superseded, np.zeros(len(pairs))])


def with_pool_features(
    pairs: Floats, context: PoolContext, first_pass: LinearRanker | None
) -> Floats:
    """Append the two features of the pool to the features of pairs: (c, f) to (c, f + 2)."""
    return with_gate(pairs, context, first_pass)[0]


def with_gate(
    pairs: Floats, context: PoolContext, first_pass: LinearRanker | None
) -> tuple[Floats, PoolGate]:
    """Append the two features of the pool, and return the gate, too."""
    features = np.column_stack([pairs, np.zeros((len(pairs), 2))])
    return _pool_features(features, context, first_pass)


def pool_features(
    features: Floats, context: PoolContext, first_pass: LinearRanker | None
) -> Floats:
    """Compute the last two features with a given first-pass ranker.

    ``superseded_by_newer``: :meth:`PoolContext.superseded_by_newer` less its mean over the pool,
    weighted by relevance, times the relevance of the candidate. ``linked_to_top``: root of the
    links with the pool, each member weighted by a softmax of its first-pass score.

    Parameters
    ----------
    features : shape (c, f + 2); the last two columns are replaced.
    first_pass : ranker whose weights of the last two features are 0; without it both are 0.

    Returns
    -------
    float64, shape (c, f + 2).
    """
    return _pool_features(features, context, first_pass)[0]


def _pool_features(
    features: Floats, context: PoolContext, first_pass: LinearRanker | None
) -> tuple[Floats, PoolGate]:
    result = features.copy()
    result[:, -2:] = 0
    in_pool = context.in_pool
    if first_pass is None or not in_pool.any():
        return result, PoolGate(0.0, 1.0)
    pool = result if in_pool.all() else result[in_pool]
    scores = first_pass.contributions(result, pool).sum(axis=1)
    gate = gate_of(scores[in_pool])
    relevance = gate.relevance(scores)
    superseded, weights = context.superseded_by_newer(relevance), relevance * in_pool
    mean = weights @ superseded / (weights.sum() + EPSILON)
    result[:, -2] = relevance * (superseded - mean)
    if context.links.nnz:
        odds = np.exp(scores[in_pool] - scores[in_pool].max())
        result[:, -1] = np.sqrt(context.links @ (odds / odds.sum()))
    return result, gate._replace(superseded=mean)
