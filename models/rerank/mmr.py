"""Diversification: maximal marginal relevance among candidates of nearly the same score.

Only numpy, because this runs inside a request.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from models.arrays import Vectors

FIRST_BY_SCORE = 3
"""Cards at the top of a list that are chosen by score alone: half of the default list."""

MAX_SCORE_LOSS = 0.5
"""Greatest score, in log-odds, that a card may lack to the best candidate that it precedes. The
odds of a common link are then lower by a factor of 1.6 at most. An off-topic card is worse than a
redundant one."""


def mmr(scores: Sequence[float], vectors: Vectors, k: int, penalty: float) -> list[int]:
    """Choose ``k`` candidates one by one, each penalised for its similarity to those chosen.

    The first :data:`FIRST_BY_SCORE` are chosen by score alone. Each further step takes the greatest
    ``score - penalty * s`` of those that score at most :data:`MAX_SCORE_LOSS` less than the best
    one left. ``s`` is the mean product with the vectors chosen so far. This is maximal marginal
    relevance (Carbonell & Goldstein 1998) with the mean in place of the maximum, as in greedy
    max-sum diversification (Borodin, Lee & Ye 2012). A step does not depend on ``k``: a shorter
    list is the beginning of a longer one.

    Parameters
    ----------
    scores : n scores, descending, in log-odds. The caller may leave out those that are lower than
        the k-th by more than :data:`MAX_SCORE_LOSS`: they are never chosen.
    vectors : float32, shape (n, d), see :mod:`models.dense.diversity_vectors`.
    k : length of the list, at most n.
    penalty : cost of a mean product of 1, in log-odds; 0 keeps the order of the scores.

    Returns
    -------
    Positions in ``scores`` in the order chosen, k of them.
    """
    if penalty == 0 or k <= FIRST_BY_SCORE:
        return list(range(k))
    chosen, left = list(range(FIRST_BY_SCORE)), list(range(FIRST_BY_SCORE, len(scores)))
    # All products at once: each call costs more than they do. Unlike dot, @ keeps the
    # GIL, up to 500 products: 22 candidates.
    products = vectors @ vectors.T
    similarity = sum(products[1:FIRST_BY_SCORE], start=products[0])  # to those chosen
    while True:
        best = _best(scores, similarity.tolist(), left, penalty / len(chosen))
        left.remove(best)
        chosen.append(best)
        if len(chosen) == k:
            return chosen
        similarity += products[best]


def _best(
    scores: Sequence[float], similarity: Sequence[float], left: Sequence[int], weight: float
) -> int:
    """Return the one of the positions ``left`` with the greatest score after the penalty."""
    lowest = scores[left[0]] - MAX_SCORE_LOSS
    best, greatest = left[0], -math.inf
    for position in left:
        if scores[position] < lowest:
            break
        value = scores[position] - weight * similarity[position]
        if value > greatest:
            best, greatest = position, value
    return best
