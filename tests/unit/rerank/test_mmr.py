"""Freshness and diversity, against their definitions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rerank.mmr import mmr, score_window
from models.rerank.recency import SECONDS_A_DAY, recency_boost


def test_the_bonus_is_half_after_a_half_life() -> None:
    now = 1_000 * SECONDS_A_DAY
    published = np.array([now, now - 7 * SECONDS_A_DAY, now + 5], dtype=np.int64)
    np.testing.assert_allclose(recency_boost(published, now, 0.4, 7), [0.4, 0.2, 0.4])


@given(st.integers(0, 1_000), st.floats(0, 400))
def test_who_is_beaten_now_and_without_freshness_is_beaten_at_every_later_moment(
    seed: int, days: float
) -> None:
    random = np.random.default_rng(seed)
    published = np.sort(random.integers(0, 1_000 * int(SECONDS_A_DAY), 40))
    affinity = random.normal(size=40)
    now = 1_000 * SECONDS_A_DAY
    at_once = affinity + recency_boost(published, now, 1, 30)
    later = affinity + recency_boost(published, now + days * SECONDS_A_DAY, 1, 30)
    beats = (at_once[:, None] > at_once) & (affinity[:, None] > affinity)
    assert ((later[:, None] - later)[beats] > -1e-9).all()


def test_without_weight_the_order_is_that_of_the_scores() -> None:
    scores = np.array([0.1, 0.5, 0.3])
    assert mmr(scores, np.eye(3, dtype=np.float32), 2, 0).tolist() == [1, 2]


def test_a_twin_gives_way_to_something_new() -> None:
    vectors = np.array([[1, 0], [1, 0], [0, 1]], dtype=np.float32)
    scores = np.array([0.9, 0.8, 0.75])
    assert mmr(scores, vectors, 2, 0.2).tolist() == [0, 2]
    assert mmr(scores, vectors, 3, 0.2).tolist() == [0, 2, 1]


def test_each_step_takes_off_the_mean_of_what_is_in_common() -> None:
    vectors = np.array([[1, 0], [0.9, 0], [0, 0.5], [0.5, 0.9]], dtype=np.float32)
    scores = np.array([1.0, 0.9, 0.5, 0.8])
    products = vectors @ vectors.T
    second = int((scores - products[0])[1:].argmax()) + 1
    assert second == 2
    means, greatest = products[[0, 2]].mean(axis=0), products[[0, 2]].max(axis=0)
    assert (scores - means)[1] > (scores - means)[3]
    assert (scores - greatest)[1] < (scores - greatest)[3]
    assert mmr(scores, vectors, 3, 1.0).tolist() == [0, 2, 1]


def test_the_best_half_is_never_given_up() -> None:
    vectors = np.array([[1, 0]] * 4 + [[0, 1]] * 2, dtype=np.float32)
    scores = np.array([0.9, 0.8, 0.75, 0.7, 0.6, 0.3])
    assert mmr(scores, vectors, 2, 10.0).tolist() == [0, 4]
    assert mmr(scores, vectors, 4, 10.0).tolist() == [0, 1, 4, 5]


def test_what_is_far_below_is_no_way_to_be_diverse() -> None:
    assert score_window(np.array([0.9, 0.8, 0.74]), 2) == 3
    assert score_window(np.array([0.9, 0.8, 0.72]), 2) == 2
    assert score_window(np.array([0.9, 0.9, 0.9, 0.9]), 2) == 4
    assert score_window(np.array([0.9, 0.1]), 2) == 2
    assert score_window(np.zeros(0), 2) == 0


@pytest.mark.parametrize("count", [0, 1, 2])
def test_few_candidates(count: int) -> None:
    chosen = mmr(np.arange(count, dtype=float), np.eye(max(count, 1))[:count], 6, 0.1)
    assert sorted(chosen.tolist()) == list(range(count))
