"""Diversification, on lists small enough to be followed by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rerank.mmr import FIRST_BY_SCORE, MAX_SCORE_LOSS, mmr


def chosen(scores: list[float], vectors: list[list[float]], k: int, penalty: float) -> list[int]:
    return mmr(scores, np.array(vectors, dtype=np.float32), k, penalty)


def test_without_a_penalty_the_order_is_that_of_the_scores() -> None:
    twins = [[1.0, 1.0]] * 5
    assert chosen([0.5, 0.4, 0.3, 0.2, 0.1], twins, 4, 0) == [0, 1, 2, 3]


def test_a_similar_candidate_gives_way_to_a_new_one_after_the_third_card() -> None:
    vectors = [[1.0, 0.0]] * 4 + [[0.0, 1.0]]
    scores = [0.9, 0.8, 0.7, 0.65, 0.6]
    assert chosen(scores, vectors, 3, 10.0) == [0, 1, 2]
    assert chosen(scores, vectors, 4, 10.0) == [0, 1, 2, 4]
    assert chosen(scores, vectors, 5, 10.0) == [0, 1, 2, 4, 3]


def test_the_penalty_is_the_mean_similarity_to_chosen_cards() -> None:
    vectors = np.array([[1, 0], [0, 1], [0, 1], [0.9, 0], [0, 0.8]], dtype=np.float32)
    means = (vectors @ vectors.T)[:3].mean(axis=0)
    greatest = (vectors @ vectors.T)[:3].max(axis=0)
    scores = np.array([1.0, 0.9, 0.8, 0.7, 0.65])
    assert (scores - means)[3] > (scores - means)[4]
    assert (scores - greatest)[3] < (scores - greatest)[4]
    assert chosen(scores.tolist(), vectors.tolist(), 4, 1.0) == [0, 1, 2, 3]


def test_no_card_scores_much_less_than_one_it_precedes() -> None:
    same, other = [1.0, 0.0], [0.0, 1.0]
    vectors = [same, same, same, same, other]
    within, beyond = 2.3 - MAX_SCORE_LOSS + 0.01, 2.3 - MAX_SCORE_LOSS - 0.01
    assert chosen([3.0, 2.9, 2.8, 2.3, within], vectors, 4, 10.0) == [0, 1, 2, 4]
    assert chosen([3.0, 2.9, 2.8, 2.3, beyond], vectors, 4, 10.0) == [0, 1, 2, 3]


@given(st.integers(0, 10_000), st.integers(FIRST_BY_SCORE, 40))
def test_a_shorter_list_is_the_beginning_of_a_longer_one(seed: int, count: int) -> None:
    random = np.random.default_rng(seed)
    scores = np.sort(random.normal(size=count))[::-1].copy()
    vectors = random.normal(size=(count, 4)).astype(np.float32)
    longest = mmr(scores, vectors, count, 2.0)
    assert sorted(longest) == list(range(count))
    for k in range(1, count):
        needed = int(np.sum(-scores <= MAX_SCORE_LOSS - scores[k - 1]))
        assert mmr(scores[:needed], vectors[:needed], k, 2.0) == longest[:k]
        left_out = np.setdiff1d(np.arange(count), longest[:k])
        assert scores[longest[:k]].min() >= scores[left_out].max() - MAX_SCORE_LOSS - 1e-12


@pytest.mark.parametrize("count", [1, 2, 3])
def test_few_candidates(count: int) -> None:
    scores = -np.arange(count, dtype=float)
    vectors = np.eye(3, dtype=np.float32)[:count]
    assert mmr(scores, vectors, count, 0.1) == [*range(count)]
