"""The recency boost: new articles score higher, and the boost halves with every half-life.

Only numpy, because this runs inside a request.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.arrays import Floats, Timestamps
from models.time_units import SECONDS_PER_DAY


@dataclass(frozen=True)
class RecencyDecay:
    """Parameters of the exponential decay of the recency boost.

    Attributes
    ----------
    boost : log-odds that an article gets at age 0; 0 switches recency off.
    half_life_days : days after which half of the boost is left.
    """

    boost: float
    half_life_days: float


def recency_boost(
    published: Timestamps, now: float, boost: float | Floats, half_life_days: float | Floats
) -> Floats:
    """Return the boost of each candidate at its age: ``boost * 2 ** (-age / half_life)``.

    The boosts of two published articles shrink by the same factor. So the score at a later time
    lies between the score at publication and the score without any boost. A candidate that is
    outscored in both is outscored at all times in between, see
    :func:`models.rerank.candidate_pruning.undominated`.

    Parameters
    ----------
    published : int64, shape (k,) or another one, seconds since 1970 UTC.
    now : seconds since 1970 UTC. An embargoed article counts as just published.
    boost : log-odds at age 0; 0 switches recency off. Arrays are broadcast.
    half_life_days : days after which half of the boost is left.

    Returns
    -------
    float64, the shape of ``published``, log-odds.
    """
    boosts: Floats = np.subtract(published, now, dtype=np.float64)
    boosts /= SECONDS_PER_DAY * half_life_days
    np.minimum(boosts, 0.0, out=boosts)
    np.exp2(boosts, out=boosts)
    boosts *= boost
    return boosts
