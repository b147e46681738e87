"""Diversification: maximal marginal relevance among candidates of nearly the same score.

Only numpy, because this runs inside a request.
"""

from __future__ import annotations

import numpy as np

from models.arrays import Floats, Positions, Vectors

FIRST_BY_SCORE = 3
"""Cards at the top of a list that are chosen by score alone: half of the default list."""

MAX_SCORE_LOSS = 0.5
"""Greatest score, in log-odds, that a card may lack to the best candidate that it precedes. The
odds of a common link are then lower by a factor of 1.6 at most. An off-topic card is worse than a
redundant one."""


def within_reach(scores: Floats) -> Positions:
    """Count, for each candidate, those that may take its place for the sake of variety.

    Parameters
    ----------
    scores : shape (n,), descending, in log-odds.

    Returns
    -------
    intp, shape (n,). Candidate i may be preceded by any of the first ``result[i]``, whose scores
    are at most :data:`MAX_SCORE_LOSS` lower.
    """
    return np.searchsorted(-scores, MAX_SCORE_LOSS - scores, side="right")


def mmr(scores: Floats, reach: Positions, vectors: Vectors, k: int, penalty: float) -> list[int]:
    """Choose ``k`` candidates one by one, each penalised for its similarity to those chosen.

    The first :data:`FIRST_BY_SCORE` are chosen by score alone. Each further step takes the greatest
    ``score - penalty * s`` within reach of the best candidate left. ``s`` is the mean product with
    the vectors chosen so far. This is maximal marginal relevance (Carbonell & Goldstein 1998) with
    the mean in place of the maximum, as in greedy max-sum diversification (Borodin, Lee & Ye
    2012). A step does not depend on ``k``: a shorter list is the beginning of a longer one.

    Parameters
    ----------
    scores : shape (n,), descending, in log-odds.
    reach : shape (n,), see :func:`within_reach`.
    vectors : float32, shape (m, d), of the first m candidates, at least ``reach[k - 1]`` of them;
        see :mod:`models.dense.diversity_vectors`.
    k : length of the list, at most n.
    penalty : cost of a mean product of 1, in log-odds; 0 keeps the order of the scores.

    Returns
    -------
    Positions in ``scores`` in the order chosen, k of them.
    """
    if penalty == 0 or k <= FIRST_BY_SCORE:
        return list(range(k))
    chosen = list(range(FIRST_BY_SCORE))
    left, best_left = scores[: len(vectors)] / penalty, FIRST_BY_SCORE
    left[:FIRST_BY_SCORE] = -np.inf
    similarity = vectors @ vectors[:FIRST_BY_SCORE].sum(axis=0)  # sums over those chosen, (m,)
    while len(chosen) < k:
        window = slice(best_left, reach.item(best_left))
        # Both terms are multiplied by the number chosen, which saves dividing the similarities.
        best = best_left + int((len(chosen) * left[window] - similarity[window]).argmax())
        chosen.append(best)
        left[best] = -np.inf
        similarity += vectors @ vectors[best]
        while best_left < len(left) and left.item(best_left) == -np.inf:
            best_left += 1
    return chosen
