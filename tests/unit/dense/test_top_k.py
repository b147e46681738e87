"""The k largest values of each row, against a stable sort."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from models.dense.top_k import LOWEST, at_least_kth, top_k


@given(st.integers(1, 6), st.integers(1, 200), st.integers(0, 10_000), st.integers(1, 400))
@settings(max_examples=200)
def test_top_k_equals_a_stable_sort(count: int, width: int, seed: int, levels: int) -> None:
    random = np.random.default_rng(seed)
    values = random.integers(0, levels, (count, width)).astype(np.float32) / levels - 0.5
    values[random.random(values.shape) < random.choice([0, 0.05, 0.9])] = -np.inf
    for k in {1, width // 20 + 1, width // 3 + 1, width}:
        expected = np.argsort(-values, axis=1, kind="stable")[:, :k]
        columns, found = top_k(values, k)
        best = np.take_along_axis(values, expected, axis=1)
        np.testing.assert_array_equal(columns, np.where(np.isfinite(best), expected, -1))
        np.testing.assert_array_equal(found, best)
        least = np.maximum(best[:, -1:], np.finfo(np.float32).min)
        found_at = at_least_kth(values, k, LOWEST)
        np.testing.assert_array_equal(found_at, np.nonzero(values >= least))


def test_only_allowed_values_are_chosen() -> None:
    values = np.array([[3, 1, 2, 5], [4, 4, 4, 4]], dtype=np.float32)
    allowed = np.array([[True, True, False, False], [False, True, True, True]])
    columns, found = top_k(values, 3, allowed)
    assert columns.tolist() == [[0, 1, -1], [1, 2, 3]]
    assert found.tolist() == [[3, 1, -np.inf], [4, 4, 4]]
    assert values[0].tolist() == [3, 1, 2, 5]


def test_values_below_the_floor_are_left_out() -> None:
    values = np.array([[0, 0, 0.5, 0, 0.25], [0.5, 0.5, 0.5, 0, 0]], dtype=np.float32)
    rows, columns = at_least_kth(values, 2, np.float32(1e-9))
    assert list(zip(rows.tolist(), columns.tolist(), strict=True)) == [
        (0, 2), (0, 4), (1, 0), (1, 1), (1, 2),
    ]  # fmt: skip


def test_no_rows_no_columns_and_k_of_zero() -> None:
    for shape, k in (((0, 3), 2), ((2, 0), 0), ((2, 3), 0)):
        columns, found = top_k(np.ones(shape, dtype=np.float32), k)
        assert columns.shape == found.shape == (shape[0], k)
        assert at_least_kth(np.ones(shape, dtype=np.float32), k, LOWEST)[0].size == 0


def test_equal_values_come_in_the_order_of_columns() -> None:
    columns, _ = top_k(np.full((2, 500), 0.5, dtype=np.float32), 20)
    assert columns.tolist() == [list(range(20))] * 2
