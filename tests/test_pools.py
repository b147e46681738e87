"""Pools: views merged, and the best of two orders kept."""

import numpy as np

from models.pools import best_of_both, merged


def test_each_member_stands_once() -> None:
    one = np.array([[3, 1, -1], [2, -1, -1]], dtype=np.int32)
    two = np.array([[1, 0], [-1, -1]], dtype=np.int32)
    assert merged([one, two]).tolist() == [[0, 1, 3], [2, -1, -1]]


def test_nobody_at_all() -> None:
    assert merged([np.full((2, 3), -1, dtype=np.int32)]).tolist() == [[-1], [-1]]


def test_the_best_of_both_orders_are_kept_best_affinity_first() -> None:
    affinity = np.array([[5, 4, 3, 2, 1, 0]], dtype=np.float32)
    score = np.array([[5, 0, 0, 0, 9, 8]], dtype=np.float32)
    assert best_of_both(affinity, score, 2).tolist() == [[0, 1, 4, 5]]
    # Where the two lists share a member, the next best by affinity takes the place.
    assert best_of_both(affinity, affinity, 2).tolist() == [[0, 1, 2, 3]]
