"""Operations on sparse matrices that scipy offers only with more memory or time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from models.arrays import AnyRows, Floats, Mask, Positions, Vectors, starts_of_kept

ELEMENTS_AT_ONCE = 1_000_000
"""Elements whose columns are counted together."""


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


def column_sizes(matrix: csr_matrix) -> NDArray[np.int64]:
    """Count the elements of each column: shape (n,).

    ``np.bincount`` would first copy the positions of all elements as integers of 8 bytes.
    """
    sizes = np.zeros(matrix.shape[1], dtype=np.int64)
    for first in range(0, matrix.nnz, ELEMENTS_AT_ONCE):
        np.add.at(sizes, matrix.indices[first : first + ELEMENTS_AT_ONCE], 1)
    return sizes


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
    starts = starts_of_kept(matrix.indptr, kept)
    return csr_matrix((matrix.data[kept], matrix.indices[kept], starts), shape=matrix.shape)


def columns_of(matrix: csr_matrix, columns: AnyRows) -> csr_matrix:
    """Return some columns of a sparse matrix of few elements: sparse, shape (m, k).

    ``matrix[:, columns]`` would take time for each of the n columns.

    Parameters
    ----------
    matrix : shape (m, n).
    columns : shape (k,), ascending.
    """
    places = np.searchsorted(columns, matrix.indices).astype(np.int32)
    kept = np.append(columns, -1)[places] == matrix.indices
    starts = starts_of_kept(matrix.indptr, kept)
    return csr_matrix(
        (matrix.data[kept], places[kept], starts), shape=(matrix.shape[0], len(columns))
    )


def renumbered(matrix: csr_matrix, kept: Positions, columns: AnyRows, width: int) -> csr_matrix:
    """Move some columns to other places, and remove all others.

    Parameters
    ----------
    kept, columns : shape (k,), present and new positions of the columns.
    width : new number of columns.
    """
    places = np.full(matrix.shape[1], -1, dtype=matrix.indices.dtype)
    places[kept] = columns
    few = with_columns(matrix, places >= 0)
    moved = csr_matrix((few.data, places[few.indices], few.indptr), (matrix.shape[0], width))
    moved.sort_indices()
    return moved
