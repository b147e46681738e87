"""The fast path against a plain product."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.dense.nearest_neighbors import nearest_neighbors
from models.dense.top_k import top_k


@pytest.mark.parametrize("block", [1, 7, 512])
@pytest.mark.parametrize("k", [1, 5, 60])
def test_the_same_as_sorting_everything(block: int, k: int) -> None:
    vectors = np.random.default_rng(1).normal(size=(60, 8)).astype(np.float32)
    own = np.arange(60, dtype=np.int32)
    rows, scores = nearest_neighbors(vectors, vectors, k, own=own, block=block)
    products = vectors @ vectors.T
    np.fill_diagonal(products, -np.inf)
    wanted = np.argsort(-products, axis=1, kind="stable")[:, :k]
    np.testing.assert_allclose(
        scores, np.take_along_axis(products, wanted, axis=1), rtol=1e-5, atol=1e-5
    )
    known = rows >= 0
    np.testing.assert_array_equal(rows[known], wanted[known])
    assert (rows[:, -1] == -1).all() == (k == 60)


def test_two_articles_and_one() -> None:
    vectors = np.eye(2, dtype=np.float32)
    rows, _ = nearest_neighbors(vectors, vectors, 5, own=np.array([0, 1], dtype=np.int32))
    assert rows.tolist() == [[1, -1], [0, -1]]
    rows, scores = nearest_neighbors(vectors[:1], vectors[:1], 5, own=np.array([0], dtype=np.int32))
    assert rows.tolist() == [[-1]]
    assert scores.tolist() == [[-np.inf]]


def test_nobody_has_no_neighbours() -> None:
    rows, scores = nearest_neighbors(np.ones((2, 3), np.float32), np.zeros((0, 3), np.float32), 5)
    assert rows.shape == scores.shape == (2, 0)


def test_a_query_that_is_no_row_keeps_all() -> None:
    vectors = np.eye(3, dtype=np.float32)
    rows, _ = nearest_neighbors(vectors[:1], vectors, 3, own=np.array([-1], dtype=np.int32))
    assert rows[0, 0] == 0


def test_of_equal_products_the_lower_row_comes_first() -> None:
    vectors = np.ones((500, 4), dtype=np.float32) / 2
    rows, _ = nearest_neighbors(vectors, vectors, 20, own=np.arange(500, dtype=np.int32), block=64)
    assert rows[0].tolist() == list(range(1, 21))
    assert rows[499].tolist() == list(range(20))


@given(st.integers(1, 6), st.integers(1, 200), st.integers(0, 10_000), st.integers(1, 400))
@settings(max_examples=200, deadline=None)
def test_the_largest_are_those_of_a_stable_sort(
    count: int, width: int, seed: int, levels: int
) -> None:
    random = np.random.default_rng(seed)
    values = random.integers(0, levels, (count, width)).astype(np.float32) / levels - 0.5
    values[random.random(values.shape) < random.choice([0, 0.05, 0.9])] = -np.inf
    for k in {1, width // 20 + 1, width // 3 + 1, width}:
        wanted = np.argsort(-values, axis=1, kind="stable")[:, :k]
        columns, found = top_k(values, k)
        np.testing.assert_array_equal(columns, wanted)
        np.testing.assert_array_equal(found, np.take_along_axis(values, wanted, axis=1))
