"""From candidates to the order shown: freshness and diversity.

Only numpy, because this runs inside a request.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SECONDS_A_DAY = 86_400.0


def recency_boost(
    published: NDArray[np.int64], now: float, gain: float, half_life: float
) -> NDArray[np.float64]:
    """Bonus of each candidate for its age: ``gain * 2 ** (-age / half_life)``.

    Parameters
    ----------
    published : int64, shape (k,), seconds since 1970 UTC.
    now : seconds since 1970 UTC. An article from the future counts as brand new.
    gain : bonus at age 0, in log-odds; 0 switches freshness off.
    half_life : days after which the bonus is half.

    Once two articles are out, both bonuses shrink by the same factor as time passes. So the score
    at any later moment is a mean of the score when both were first out and the bare affinity,
    weighted alike for both: whoever is beaten in both is beaten at every moment in between. See
    :func:`models.rerank.candidate_pruning.undominated`.
    """
    bonus = np.asarray((published - now) / (SECONDS_A_DAY * half_life), dtype=np.float64)
    np.minimum(bonus, 0.0, out=bonus)
    np.exp2(bonus, out=bonus)
    bonus *= gain
    return bonus


SCORE_WINDOW = 0.7
"""How far below the last of the best diversity may look, as a share of the distance from the first
to the last of them: a card about something else is worse than one that tells again what another
one told. Where a topic has as many articles as there are cards, they are the cards."""


def score_window(scores: NDArray[np.float64], k: int) -> int:
    """Count among how many of the best diversity may choose ``k``.

    ``scores`` have the shape (n,) and come best first.
    """
    if len(scores) <= k:
        return len(scores)
    first, bar = scores.item(0), scores.item(k - 1)
    return int(np.count_nonzero(scores >= bar - SCORE_WINDOW * (first - bar)))


def mmr(
    scores: NDArray[np.float64], vectors: NDArray[np.float32], k: int, weight: float
) -> NDArray[np.intp]:
    """Choose ``k`` of the candidates one by one, each less what it has in common with the chosen.

    The best half of ``k``, and at least one, are kept by score alone. Each step then takes the
    candidate with the greatest ``score - weight * m``, where ``m`` is the mean of its products with
    those already chosen: marginal relevance (Carbonell, Goldstein 1998) with the mean in place of
    the greatest, as the greedy way to a set of the greatest sum of distances (Borodin, Lee, Ye
    2012) has it. The caller leaves out those that are not :func:`score_window`.

    Parameters
    ----------
    scores : shape (n,), in log-odds.
    vectors : float32, shape (n, d).
    weight : what a product of 1 costs, in log-odds; 0 keeps the order of the scores.

    Returns
    -------
    positions into ``scores``, in the order chosen, at most ``min(k, n)`` of them.
    """
    count = min(k, len(scores))
    order = (-scores).argsort(kind="stable")
    if weight == 0 or count < 2:
        return order[:count]
    kept = order[: max(k // 2, 1)]
    chosen: list[int] = kept.tolist()
    together = vectors.take(kept, axis=0).sum(axis=0)
    # Everything is measured in costs and times the number of the chosen, so that a step is one
    # product. The method `dot` takes a third of the time of `@` for vectors as small as these.
    scaled = scores / weight
    scaled[kept] = -np.inf
    while len(chosen) < count:
        best = int((len(chosen) * scaled - vectors.dot(together)).argmax())
        scaled[best] = -np.inf
        chosen.append(best)
        together += vectors[best]
    return np.array(chosen, dtype=np.intp)
