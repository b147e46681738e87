"""Date distance of two articles, in days and in articles, since sites differ in pace."""

from __future__ import annotations

import numpy as np

from models.arrays import AnyRows, Floats, Timestamps
from models.time_units import SECONDS_PER_DAY

ARTICLES = (10.0, 50.0, 250.0)
"""Half-lives of decays in the number of articles published in between."""

DAYS = (60.0, 365.0)
"""Half-lives of decays in days."""


def time_features(ranks: AnyRows | Floats, seconds: Timestamps | Floats) -> dict[str, Floats]:
    """Compute the date distances of pairs, each feature of shape (m,).

    ``rank_distance_log``: log of one plus the number of articles in between. ``within_N_articles``
    and ``within_N_days``: ``2 ** (-distance / N)``.

    Parameters
    ----------
    ranks : shape (m,), difference of the numbers of newer articles.
    seconds : shape (m,), difference of the publication times.
    """
    between = np.abs(ranks.astype(np.float64))
    days = np.abs(seconds) / SECONDS_PER_DAY
    features = {"rank_distance_log": np.log1p(between)}
    features |= {f"within_{int(half)}_articles": np.exp2(-between / half) for half in ARTICLES}
    features |= {f"within_{int(half)}_days": np.exp2(-days / half) for half in DAYS}
    return features
