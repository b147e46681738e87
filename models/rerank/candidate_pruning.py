"""Candidate pruning: keep the candidates that can be among the best now or later.

Candidates are compared by relevance and by publication, as in a skyline query (Borzsony, Kossmann
& Stocker 2001). A candidate that few others dominate is kept.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from models.arrays import Floats, Mask, Positions, Rows, Timestamps
from models.rerank.recency import RecencyDecay, recency_boost

PREFILTER_FACTOR = 4
"""If there are more candidates than this multiple of the limit, the worst are removed first.
Counting dominance compares all pairs of candidates."""


def undominated(
    relevance: Floats,
    published: Timestamps,
    expires: Timestamps,
    decay: RecencyDecay,
    now: float,
    limit: int,
) -> Positions:
    """Return the candidates that the fewest others dominate.

    The boosts of two published articles shrink by the same factor. So one candidate dominates
    another if it has the greater relevance, the greater score at the other's publication (or
    now), and is visible as long: published no later and expired no sooner. A candidate with m
    dominators is never among the best m. Each of its dominators has fewer than m itself. So the
    candidates kept are the best at all times, down to the rank that equals the least number of
    dominators of a candidate left out.

    Parameters
    ----------
    relevance : shape (p,), relevance scores in log-odds.
    published, expires : int64, shape (p,), seconds since 1970 UTC. A published article may have a
        later date up to ``now`` from which its boost decays, such as its last update.
    decay : the recency boost of the article under which the candidates are shown.
    now : seconds since 1970 UTC; from then on candidates published earlier are visible.
    limit : number of candidates to keep.

    Returns
    -------
    intp, shape (min(limit, p),), positions with the greatest relevance first.
    """
    order = np.argsort(-relevance, kind="stable")
    if len(order) <= limit:
        return order
    if len(order) > PREFILTER_FACTOR * limit:
        order = order[_prefilter(relevance[order], published[order], decay, now, 2 * limit)]
    dominators = dominated_by(relevance[order], published[order], expires[order], decay, now)
    kept = np.sort(np.argsort(dominators, kind="stable")[:limit])
    return order[kept]


def _prefilter(
    relevance: Floats, published: Timestamps, decay: RecencyDecay, now: float, limit: int
) -> Mask:
    """Select the best by relevance, the best by score now, and all that are under embargo."""
    scores = relevance + recency_boost(published, now, decay.boost, decay.half_life_days)
    selected = (np.arange(len(scores)) < limit) | (published > now)
    selected[np.argsort(-scores, kind="stable")[:limit]] = True
    return selected


def dominated_by(
    relevance: Floats,
    published: Timestamps,
    expires: Timestamps,
    decay: RecencyDecay,
    now: float,
) -> Rows:
    """Count the candidates that dominate each one; see :func:`undominated`.

    Parameters
    ----------
    relevance : shape (p,), descending; of two equal values the earlier dominates the later.
    published, expires, decay, now :
        As in :func:`undominated`.

    Returns
    -------
    int32, shape (p,).
    """

    def scores_at(time: float) -> Floats:
        return relevance + recency_boost(published, time, decay.boost, decay.half_life_days)

    dominates = _pairwise_at_least(scores_at(now))
    embargoed = np.flatnonzero(published > now)
    for column in embargoed:
        scores = scores_at(float(published[column]))
        dominates[:, column] = scores >= scores[column]
    if len(embargoed):
        visible_from = np.maximum(published, now)
        dominates &= visible_from[:, None] <= visible_from
    if (expires != expires[0]).any():
        dominates &= expires[:, None] >= expires
    dominates &= np.tri(len(dominates), k=-1, dtype=bool).T
    return np.asarray(dominates.sum(axis=0, dtype=np.int32))


def dominators_in_lists(
    relevance: Floats,
    published: int,
    listed_relevance: Floats,
    listed_published: Timestamps,
    decays: Sequence[RecencyDecay],
    now: float,
) -> Positions:
    """Count the candidates of q lists that dominate one more article; see :func:`undominated`.

    They have the greater relevance, and the greater score at its publication or now. Embargoes and
    expiries are not compared.

    Parameters
    ----------
    relevance : shape (q,), of the article in each list.
    published : of the article.
    listed_relevance, listed_published : shape (q, k), of the candidates; -inf pads the relevance.
    decays : the q recency boosts of the articles above the lists.
    now : seconds since 1970 UTC.

    Returns
    -------
    intp, shape (q,).
    """
    now = max(now, float(published))
    boost = np.array([decay.boost for decay in decays])
    days = np.array([decay.half_life_days for decay in decays])
    boosts = recency_boost(listed_published, now, boost[:, None], days[:, None])
    scores = relevance + recency_boost(np.full(len(relevance), published), now, boost, days)
    dominates = listed_relevance >= relevance[:, None]
    dominates &= listed_relevance + boosts >= scores[:, None]
    return np.asarray(dominates.sum(axis=1))


def _pairwise_at_least(scores: Floats) -> Mask:
    """Compare all pairs: whether the first score is at least the second, shape (p, p)."""
    rank = np.empty(len(scores), dtype=np.int32)
    rank[np.argsort(-scores, kind="stable")] = np.arange(len(scores), dtype=np.int32)
    return np.asarray(rank[:, None] <= rank)  # int32 compares in half the time of float64
