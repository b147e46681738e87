"""Operations on sparse matrices that scipy offers only with more memory or time."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from models.arrays import AnyRows, Floats, Mask, Positions, Vectors


def elements(matrix: csr_matrix, rows: AnyRows, columns: AnyRows) -> Floats:
    """Return m elements of a sparse matrix of few rows, without making it dense.

    Parameters
    ----------
    matrix : in canonical format, or it is copied.
    rows, columns : shape (m,).

    Returns
    -------
    float64, shape (m,).
    """
    if matrix.nnz == 0 or not len(rows):
        return np.zeros(len(rows))
    if not matrix.has_canonical_format:  # a search needs sorted columns
        matrix = matrix.copy()
        matrix.sum_duplicates()
    return np.asarray(matrix[rows, columns], dtype=np.float64).ravel()


def with_scaled_columns(matrix: csr_matrix, factors: Floats | Vectors) -> csr_matrix:
    """Multiply each column with a factor, shape (n,).

    A product with a diagonal matrix is the same. But here both matrices share the positions of
    their elements, which are half of the memory. So neither may be sorted or pruned in place.
    """
    scaled = matrix.data * factors[matrix.indices]
    return csr_matrix((scaled, matrix.indices, matrix.indptr), shape=matrix.shape)


def with_columns(matrix: csr_matrix, selected: Mask) -> csr_matrix:
    """Remove the elements of all columns that are not selected; the shape stays.

    Parameters
    ----------
    selected : bool, shape (n,), of the columns.
    """
    kept = selected[matrix.indices]
    starts = _starts_of(matrix, kept)
    return csr_matrix((matrix.data[kept], matrix.indices[kept], starts), shape=matrix.shape)


def count_columns(matrix: csr_matrix, selected: Mask) -> Positions:
    """Count the elements of each row that are in selected columns: shape (m,)."""
    return np.diff(_starts_of(matrix, selected[matrix.indices])).astype(np.intp)


def _starts_of(matrix: csr_matrix, kept: Mask) -> NDArray[Any]:
    """Return where each row begins once only some elements are kept: shape (m + 1,).

    The sum is as long as the matrix has elements, so it has integers of 4 bytes where they do.
    """
    so_far = np.cumsum(kept, dtype=matrix.indptr.dtype)
    starts: NDArray[Any] = np.zeros_like(matrix.indptr)
    filled = matrix.indptr > 0
    starts[filled] = so_far[matrix.indptr[filled] - 1]
    return starts
