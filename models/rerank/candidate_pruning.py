"""Which candidates of a pool are kept: those that may ever be among the best."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.rerank.recency_mmr import recency_boost

WORTH = 4
"""Times as many members as are kept before the worst are left out without being counted: counting
compares all with all."""

Floats = NDArray[np.float64]
Moments = NDArray[np.int64]


@dataclass(frozen=True)
class RecencyDecay:
    """How bonuses for freshness fade: ``gain`` in log-odds, ``half_life`` in days."""

    gain: float
    half_life: float


def undominated(
    affinity: Floats, comes: Moments, leaves: Moments, fading: RecencyDecay, now: float, most: int
) -> NDArray[np.intp]:
    """Keep the members that the fewest others beat at every moment at which they can be shown.

    Once two articles are out, both bonuses shrink by the same factor. So whoever is beaten by
    affinity alone, and by affinity and bonus at the first moment at which it can be shown, is
    beaten at every later one, by all that are there as long: by those that came no later and
    leave no sooner. A member beaten so by k others is never among the best k, and whoever beats it
    is beaten by fewer: those kept are the best of every moment, down to the number of times that
    the least beaten of those left out is.

    Parameters
    ----------
    affinity : shape (p,), in log-odds.
    comes, leaves : int64, shape (p,), seconds: when each is published, and when it expires.
    now : seconds; whoever comes earlier can be shown from now on.

    Returns
    -------
    Columns, shape (min(most, p),), best affinity first.
    """
    order = np.argsort(-affinity, kind="stable")
    if len(order) <= most:
        return order
    if len(order) > WORTH * most:
        order = order[_worth_counting(affinity[order], comes[order], fading, now, 2 * most)]
    beaten = dominated_by(affinity[order], comes[order], leaves[order], fading, now)
    kept = np.sort(np.argsort(beaten, kind="stable")[:most])
    return order[kept]


def _worth_counting(
    affinity: Floats, comes: Moments, fading: RecencyDecay, now: float, most: int
) -> NDArray[np.bool_]:
    """Leave out who is beaten by all that are in both lists: best by affinity and by score now."""
    score = affinity + recency_boost(comes, now, fading.gain, fading.half_life)
    worth = (np.arange(len(score)) < most) | (comes > now)
    worth[np.argsort(-score, kind="stable")[:most]] = True
    return worth


def dominated_by(
    affinity: Floats, comes: Moments, leaves: Moments, fading: RecencyDecay, now: float
) -> NDArray[np.int32]:
    """Count who beats each member at every moment at which it can be shown: shape (p,).

    ``affinity`` is descending; of two that are alike the first is the better. The others are as
    in :func:`undominated`.
    """
    fades = (fading.gain, fading.half_life)
    beats = _as_good(affinity + recency_boost(comes, now, *fades))
    later = np.flatnonzero(comes > now)
    for column in later:
        at_first = affinity + recency_boost(comes, float(comes[column]), *fades)
        beats[:, column] = at_first >= at_first[column]
    if len(later):
        start = np.maximum(comes, now)
        beats &= start[:, None] <= start
    if (leaves != leaves[0]).any():
        beats &= leaves[:, None] >= leaves
    beats &= np.tri(len(beats), k=-1, dtype=bool).T
    return np.asarray(beats.sum(axis=0, dtype=np.int32))


def _as_good(score: Floats) -> NDArray[np.bool_]:
    """Tell of each pair whether the first has at least the other's score: shape (p, p)."""
    place = np.empty(len(score), dtype=np.int32)
    place[np.argsort(-score, kind="stable")] = np.arange(len(score), dtype=np.int32)
    return np.asarray(place[:, None] <= place)  # numbers of 4 bytes compare in half the time
