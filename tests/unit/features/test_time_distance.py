"""Date distances, against their definition."""

import numpy as np

from models.features.time_distance import time_features
from models.time_units import SECONDS_PER_DAY

PUBLISHED = (np.array([60, 50, 40, 30, 20, 10]) * SECONDS_PER_DAY).astype(np.int64)


def test_date_and_rank_distance_ignore_direction() -> None:
    rows = np.array([1, 3, 5], dtype=np.int32)
    features = time_features(rows - 2, PUBLISHED[rows] - PUBLISHED[2])
    assert features["rank_distance_log"].tolist() == [np.log(2), np.log(2), np.log(4)]
    np.testing.assert_allclose(features["within_60_days"], 0.5 ** (np.array([10, 10, 30]) / 60))
