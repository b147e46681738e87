"""Which candidates of a pool are kept."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def best_of_both(
    affinity: NDArray[np.float32], score: NDArray[np.float32], each: int
) -> NDArray[np.intp]:
    """Choose the members that are among the best ``each`` by affinity or by score.

    Whoever is in neither list is beaten, now and later, by all that are in both: see
    :func:`models.ranking.freshness`.

    Parameters
    ----------
    affinity, score : float32, shape (n, p); ``-inf`` where a pool is shorter.

    Returns
    -------
    Columns, shape (n, min(2 * each, p)), best affinity first; where the lists share members
    the rest are the next best by affinity.
    """
    by_affinity = np.argsort(-affinity, axis=1, kind="stable")
    by_score = np.argsort(-score, axis=1, kind="stable")
    chosen = np.zeros(affinity.shape, dtype=bool)
    np.put_along_axis(chosen, by_affinity[:, :each], values=True, axis=1)
    np.put_along_axis(chosen, by_score[:, :each], values=True, axis=1)
    chosen_first = np.argsort(
        ~np.take_along_axis(chosen, by_affinity, axis=1), axis=1, kind="stable"
    )
    kept = np.take_along_axis(by_affinity, chosen_first[:, : 2 * each], axis=1)
    order = np.argsort(-np.take_along_axis(affinity, kept, axis=1), axis=1, kind="stable")
    return np.take_along_axis(kept, order, axis=1)
