"""Ranking metrics against values computed by hand, and bootstrap intervals."""

import numpy as np
import pytest

from models.ranker.ranking_metrics import bootstrap_interval, ndcg, recall, reciprocal_rank


def test_metrics_by_hand() -> None:
    assert recall([1, 2, 3], {2, 9}) == 0.5
    assert reciprocal_rank([1, 2, 3], {2, 9}) == 0.5
    assert reciprocal_rank([1], {2}) == 0
    assert ndcg([1, 2], {1, 2}) == 1
    assert ndcg([9, 1], {1}) == pytest.approx(1 / np.log2(3))
    assert ndcg(list(range(10)), set(range(8))) == 1


def test_the_bootstrap_interval_contains_the_mean_and_narrows() -> None:
    values = np.random.default_rng(1).random(400)
    low, high = bootstrap_interval(values)
    assert low < values.mean() < high
    fewer = bootstrap_interval(values[:40])
    assert high - low < fewer[1] - fewer[0]
