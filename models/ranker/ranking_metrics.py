"""How well a ranking finds what editors linked: recall, nDCG, reciprocal rank, and their doubt."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

CUT = 6
"""Places that count: what a block shows."""


def recall(picks: Sequence[int], truth: Collection[int], cut: int = CUT) -> float:
    """Share of the truth among the first ``cut`` picks, of what could stand there."""
    return sum(pick in truth for pick in picks[:cut]) / min(cut, len(truth))


def ndcg(picks: Sequence[int], truth: Collection[int], cut: int = CUT) -> float:
    """Discounted cumulative gain over that of the best order (Jarvelin, Kekalainen 2002)."""
    worth = discounts(cut)
    gain = sum(worth[place] for place, pick in enumerate(picks[:cut]) if pick in truth)
    return float(gain / worth[: min(cut, len(truth))].sum())


def discounts(places: int) -> NDArray[np.float64]:
    """Tell what a true pick gains at each of the first places: shape (places,)."""
    return np.asarray(1 / np.log2(np.arange(2, places + 2)))


def reciprocal_rank(picks: Sequence[int], truth: Collection[int]) -> float:
    """One over the place of the first true pick; 0 where none is."""
    return next((1 / place for place, pick in enumerate(picks, start=1) if pick in truth), 0.0)


def bootstrap_interval(
    values: NDArray[np.float64], samples: int = 2_000, confidence: float = 0.95
) -> tuple[float, float]:
    """Interval of the mean by resampling the queries (Efron 1979), with a fixed seed.

    Parameters
    ----------
    values : float64, shape (q,): one figure a query.
    """
    if len(values) == 0:
        return 0.0, 0.0
    random = np.random.default_rng(0)
    means = values[random.integers(0, len(values), (samples, len(values)))].mean(axis=1)
    tail = (1 - confidence) / 2
    low, high = np.quantile(means, [tail, 1 - tail])
    return float(low), float(high)
