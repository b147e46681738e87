"""Pools: the best of two orders are kept."""

import numpy as np

from models.pools import best_of_both


def test_the_best_of_both_orders_are_kept_best_affinity_first() -> None:
    affinity = np.array([[5, 4, 3, 2, 1, 0]], dtype=np.float32)
    score = np.array([[5, 0, 0, 0, 9, 8]], dtype=np.float32)
    assert best_of_both(affinity, score, 2).tolist() == [[0, 1, 4, 5]]
    # Where the two lists share a member, the next best by affinity takes the place.
    assert best_of_both(affinity, affinity, 2).tolist() == [[0, 1, 2, 3]]
