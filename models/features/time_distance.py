"""Distance in time, in days and in articles: sites differ in pace, so both are told."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

ARTICLES = (10.0, 50.0, 250.0)
DAYS = (60.0, 365.0)
"""Half-lives of the decays below, in articles published in between and in days."""

SECONDS_A_DAY = 86_400.0


def time_features(
    published: NDArray[np.int64], row: int | NDArray[np.intp], candidates: NDArray[Any]
) -> dict[str, Floats]:
    """Features of candidates under an article, or of as many articles, each of shape (c,).

    ``published``: int64, shape (n,), seconds, descending: rows are sorted from the newest, so that
    the difference of two rows is the number of articles published in between.
    """
    between = np.abs(candidates.astype(np.float64) - row)
    days = np.abs(published[candidates] - published[row]) / SECONDS_A_DAY
    features = {"rank_distance_log": np.log1p(between)}
    features |= {f"within_{int(half)}_articles": np.exp2(-between / half) for half in ARTICLES}
    features |= {f"within_{int(half)}_days": np.exp2(-days / half) for half in DAYS}
    return features
