"""Operations on sparse matrices, against those of scipy and scikit-learn."""

from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_matrix, random_array, vstack
from sklearn.preprocessing import normalize

from models.sparse import (
    ROWS_AT_ONCE,
    TRANSPOSED_AT_ONCE,
    columns_of,
    row_blocks,
    scaled_unit_rows,
    stacked,
    taken_rows,
    transposed,
    with_columns,
)
from models.storage import IN_MEMORY, Storage
from recommender.indexing.mapped import MappedStorage

WIDTH = 30


def sparse(rows: int) -> csr_matrix:
    """A matrix with empty rows and columns."""
    random = np.random.default_rng(rows)
    return csr_matrix(
        random_array((rows, WIDTH), density=0.05, format="csr", rng=random, dtype=np.float32)
    )


@pytest.fixture(params=["memory", "files"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    return IN_MEMORY if request.param == "memory" else MappedStorage(tmp_path)


@pytest.fixture(params=[0, 7, ROWS_AT_ONCE, 2 * TRANSPOSED_AT_ONCE + 1])
def matrix(request: pytest.FixtureRequest) -> csr_matrix:
    return sparse(request.param)


def test_columns_are_those_of_scipy() -> None:
    matrix = sparse(20)
    for columns in ([], [0, 29], [3, 4, 17], range(WIDTH)):
        chosen = np.array(columns, dtype=np.intp)
        np.testing.assert_array_equal(
            columns_of(matrix, chosen).toarray(), matrix.toarray()[:, chosen]
        )


def test_blocks_are_stacked_again(matrix: csr_matrix, storage: Storage) -> None:
    assert_equal(stacked(row_blocks(matrix), WIDTH, storage), matrix)


def test_transposed_twice_it_is_the_same(matrix: csr_matrix, storage: Storage) -> None:
    once = transposed(matrix, storage)
    assert_equal(once, matrix.T.tocsr())
    assert_equal(transposed(once, storage), matrix)


def test_some_columns_remain(matrix: csr_matrix, storage: Storage) -> None:
    selected = np.arange(WIDTH) % 3 == 0
    expected = csr_matrix(matrix.toarray() * selected)
    assert_equal(with_columns(matrix, selected, storage), expected)


def test_rows_are_scaled_to_length_1(matrix: csr_matrix, storage: Storage) -> None:
    factors = np.linspace(0.5, 2, WIDTH, dtype=np.float32)
    scaled = scaled_unit_rows(matrix, factors, storage)
    if matrix.shape[0]:
        np.testing.assert_allclose(
            scaled.toarray(), normalize(matrix.toarray() * factors), rtol=1e-5
        )
    assert scaled.shape == matrix.shape


def test_some_rows_are_taken(storage: Storage) -> None:
    matrix = sparse(3 * ROWS_AT_ONCE)
    rows = np.arange(1, matrix.shape[0], 2)
    assert_equal(taken_rows(matrix, rows, storage), matrix[rows])
    everything = np.arange(matrix.shape[0])
    assert taken_rows(matrix, everything, storage) is matrix


def test_rows_of_another_width_are_refused(storage: Storage) -> None:
    with pytest.raises(ValueError, match="width 40, got 30"):
        stacked([sparse(2)], 40, storage)


def test_blocks_of_other_sizes_are_stacked(storage: Storage) -> None:
    parts = [sparse(1), sparse(0), sparse(5)]
    assert_equal(stacked(parts, WIDTH, storage), vstack(parts, format="csr"))


def assert_equal(found: csr_matrix, expected: csr_matrix) -> None:
    assert found.shape == expected.shape
    for name in ("indptr", "indices", "data"):
        np.testing.assert_array_equal(getattr(found, name), getattr(expected, name))
