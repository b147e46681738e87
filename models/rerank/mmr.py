"""Diversification: maximal marginal relevance within a window of good scores.

Only numpy, because this runs inside a request.
"""

from __future__ import annotations

import numpy as np

from models.arrays import Floats, Vectors

SCORE_WINDOW = 0.7
"""Depth of the score window, as a share of the score range of the first k candidates. A window
keeps off-topic candidates out: an off-topic card is worse than a redundant one."""

MAX_SCORE_LOSS = 0.5
"""Greatest depth of the score window, in log-odds: odds lower by a factor of 1.6. It bounds what a
card may lose in relevance for the sake of variety, however far ahead the first card is."""


def score_window(scores: Floats, k: int) -> int:
    """Count the candidates from which diversification may choose ``k``.

    The window ends below the k-th score, by :data:`SCORE_WINDOW` times the difference between the
    first and the k-th score, but by :data:`MAX_SCORE_LOSS` at most.

    Parameters
    ----------
    scores : shape (n,), descending, in log-odds.
    k : length of the list.

    Returns
    -------
    int, from ``min(k, n)`` to ``n``.
    """
    if len(scores) <= k:
        return len(scores)
    first, kth = scores.item(0), scores.item(k - 1)
    depth = min(SCORE_WINDOW * (first - kth), MAX_SCORE_LOSS)
    return int(np.count_nonzero(scores >= kth - depth))


def mmr(scores: Floats, vectors: Vectors, k: int, penalty: float) -> list[int]:
    """Choose ``k`` candidates one by one, each penalised for its similarity to those chosen.

    The first ``k // 2``, and at least one, are chosen by score alone. Each further step takes the
    greatest ``score - penalty * s``. ``s`` is the mean product with the vectors chosen so far.
    This is maximal marginal relevance (Carbonell & Goldstein 1998) with the mean in place of the
    maximum, as in greedy max-sum diversification (Borodin, Lee & Ye 2012). The caller limits the
    candidates to :func:`score_window`.

    Parameters
    ----------
    scores : shape (n,), descending, in log-odds.
    vectors : float32, shape (n, d), see :mod:`models.dense.diversity_vectors`.
    k : length of the list.
    penalty : cost of a mean product of 1, in log-odds; 0 keeps the order of the scores.

    Returns
    -------
    Positions in ``scores`` in the order chosen, min(k, n) of them.
    """
    count, first = min(k, len(scores)), max(k // 2, 1)
    if penalty == 0 or count <= first:
        return list(range(count))
    chosen = list(range(first))
    # Dividing by the penalty and multiplying by the number chosen needs only one product per step.
    # `dot` takes a third of the time of `@` for vectors as small as these.
    scaled, others = scores[first:] / penalty, vectors[first:]
    similarity = others.dot(np.add.reduce(vectors[:first]))  # sums over those chosen, (n - first,)
    while True:
        best = int((len(chosen) * scaled - similarity).argmax())
        chosen.append(first + best)
        if len(chosen) == count:
            return chosen
        scaled[best] = -np.inf
        similarity += others.dot(others[best])
