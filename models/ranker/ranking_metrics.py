"""Ranking metrics on editorial links: recall, nDCG, reciprocal rank, and confidence intervals."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from models.arrays import Floats

CUT = 6
"""Default cut-off: the default length of a list."""

RESAMPLES = 2_000
"""Resamples of the bootstrap."""


def recall(ranked: Sequence[int], relevant: Collection[int]) -> float:
    """Return the share of the relevant items in the first :data:`CUT` places.

    The denominator is at most that, so that a full list of relevant items scores 1.
    """
    return sum(item in relevant for item in ranked[:CUT]) / min(CUT, len(relevant))


def ndcg(ranked: Sequence[int], relevant: Collection[int], cut: int = CUT) -> float:
    """Return the normalised discounted cumulative gain (Jarvelin & Kekalainen 2002)."""
    weights = discounts(cut)
    gain = sum(weights[place] for place, item in enumerate(ranked[:cut]) if item in relevant)
    return float(gain / weights[: min(cut, len(relevant))].sum())


def discounts(places: int) -> Floats:
    """Return the gain of each place, ``1 / log2(place + 1)`` from place 1: shape (places,)."""
    return np.asarray(1 / np.log2(np.arange(2, places + 2)))


def reciprocal_rank(ranked: Sequence[int], relevant: Collection[int]) -> float:
    """Return one over the place of the first relevant item; 0 without one."""
    places = enumerate(ranked, start=1)
    return next((1 / place for place, item in places if item in relevant), 0.0)


def bootstrap_interval(values: Floats) -> tuple[float, float]:
    """Return the 95 % interval of the mean by the percentile bootstrap (Efron 1979).

    The seed is fixed, so equal values give equal intervals.

    Parameters
    ----------
    values : shape (q,), the metric of each query.

    Returns
    -------
    The lower and the upper bound; (0, 0) without values.
    """
    if len(values) == 0:
        return 0.0, 0.0
    random = np.random.default_rng(0)
    means = values[random.integers(0, len(values), (RESAMPLES, len(values)))].mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return float(low), float(high)
