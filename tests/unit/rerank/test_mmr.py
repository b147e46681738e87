"""Diversification, on lists small enough to be followed by hand."""

import numpy as np
import pytest

from models.rerank.mmr import mmr, score_window


def test_without_a_penalty_the_order_is_that_of_the_scores() -> None:
    scores = np.array([0.5, 0.3, 0.1])
    duplicates = np.ones((3, 2), dtype=np.float32)
    assert mmr(scores, duplicates, 2, 0) == [0, 1]
    assert mmr(scores, duplicates, 3, 0) == [0, 1, 2]


def test_a_similar_candidate_gives_way_to_a_new_one() -> None:
    vectors = np.array([[1, 0], [1, 0], [0, 1]], dtype=np.float32)
    scores = np.array([0.9, 0.8, 0.75])
    assert mmr(scores, vectors, 2, 0.2) == [0, 2]
    assert mmr(scores, vectors, 3, 0.2) == [0, 2, 1]


def test_the_penalty_is_the_mean_similarity_to_chosen_cards() -> None:
    vectors = np.array([[1, 0], [0.9, 0], [0.5, 0.9], [0, 0.5]], dtype=np.float32)
    scores = np.array([1.0, 0.9, 0.8, 0.5])
    products = vectors @ vectors.T
    second = int((scores - products[0])[1:].argmax()) + 1
    assert second == 3
    means, greatest = products[[0, 3]].mean(axis=0), products[[0, 3]].max(axis=0)
    assert (scores - means)[1] > (scores - means)[2]
    assert (scores - greatest)[1] < (scores - greatest)[2]
    assert mmr(scores, vectors, 3, 1.0) == [0, 3, 1]


def test_the_best_half_keeps_its_order() -> None:
    vectors = np.array([[1, 0]] * 4 + [[0, 1]] * 2, dtype=np.float32)
    scores = np.array([0.9, 0.8, 0.75, 0.7, 0.6, 0.3])
    assert mmr(scores, vectors, 2, 10.0) == [0, 4]
    assert mmr(scores, vectors, 4, 10.0) == [0, 1, 4, 5]


def test_low_scores_stay_outside_the_score_window() -> None:
    assert score_window(np.array([0.9, 0.8, 0.74]), 2) == 3
    assert score_window(np.array([0.9, 0.8, 0.72]), 2) == 2
    assert score_window(np.array([0.9, 0.9, 0.9, 0.9]), 2) == 4
    assert score_window(np.array([0.9, 0.1]), 2) == 2
    assert score_window(np.zeros(0), 2) == 0


@pytest.mark.parametrize("count", [0, 1, 2])
def test_few_candidates(count: int) -> None:
    scores = -np.arange(count, dtype=float)
    assert mmr(scores, np.eye(max(count, 1), dtype=np.float32)[:count], 6, 0.1) == [*range(count)]
