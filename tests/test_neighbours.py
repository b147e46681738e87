"""The fast path against a plain product."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.neighbours import nearest, top


@pytest.mark.parametrize("block", [1, 7, 512])
@pytest.mark.parametrize("k", [1, 5, 60])
def test_the_same_as_sorting_everything(block: int, k: int) -> None:
    vectors = np.random.default_rng(1).normal(size=(60, 8)).astype(np.float32)
    own = np.arange(60, dtype=np.int32)
    rows, scores = nearest(vectors, vectors, k, own=own, block=block)
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
    rows, _ = nearest(vectors, vectors, 5, own=np.array([0, 1], dtype=np.int32))
    assert rows.tolist() == [[1, -1], [0, -1]]
    rows, scores = nearest(vectors[:1], vectors[:1], 5, own=np.array([0], dtype=np.int32))
    assert rows.tolist() == [[-1]]
    assert scores.tolist() == [[-np.inf]]


def test_a_query_that_is_no_row_keeps_all() -> None:
    vectors = np.eye(3, dtype=np.float32)
    rows, _ = nearest(vectors[:1], vectors, 3, own=np.array([-1], dtype=np.int32))
    assert rows[0, 0] == 0


@given(st.integers(1, 12), st.integers(1, 12), st.integers(0, 100))
@settings(max_examples=50, deadline=None)
def test_ties_go_to_the_lower_column(rows: int, k: int, seed: int) -> None:
    width = max(k, 3)
    products = np.random.default_rng(seed).integers(0, 3, (rows, width)).astype(np.float32)
    _, scores = top(products, k)
    np.testing.assert_array_equal(scores, -np.sort(-products, axis=1)[:, :k])
