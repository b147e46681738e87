"""Operations on sparse matrices that scipy offers only with more memory or time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import DTypeLike, NDArray
from scipy.sparse import csr_matrix
from sklearn.preprocessing import normalize

from models.arrays import AnyRows, Floats, Mask, Rows, Vectors, occurrences, starts_of_kept
from models.storage import IN_MEMORY, Storage

ROWS_AT_ONCE = 2_000
"""Rows of a large matrix that are processed together."""

TRANSPOSED_AT_ONCE = 10_000
"""Rows of a matrix that are transposed together. Each block also takes memory for every column, so
it is larger."""


class SparseWriter:
    """A sparse matrix that grows at its end."""

    def __init__(self, storage: Storage, width: int, dtype: DTypeLike = np.float32) -> None:
        """Begin a matrix of no rows and ``width`` columns."""
        self._data, self._indices = storage.writer(dtype), storage.writer(np.int32)
        self._sizes = [np.zeros(1, dtype=np.int64)]
        self._width = width

    def append(self, rows: csr_matrix) -> None:
        """Add rows; raises ValueError if they have another width."""
        if rows.shape[1] != self._width:
            raise ValueError(f"expected rows of width {self._width}, got {rows.shape[1]}")
        self._data.append(rows.data)
        self._indices.append(rows.indices)
        self._sizes.append(np.diff(rows.indptr))

    def matrix(self) -> csr_matrix:
        """Return all rows. None can be appended afterwards."""
        starts = np.cumsum(np.concatenate(self._sizes), dtype=np.int64)
        parts = self._data.array(), self._indices.array(), starts
        return csr_matrix(parts, shape=(len(starts) - 1, self._width))


def stacked(
    blocks: Iterable[csr_matrix], width: int, storage: Storage, dtype: DTypeLike = np.float32
) -> csr_matrix:
    """Concatenate the rows of sparse matrices of the same width; ``storage`` keeps the result."""
    writer = SparseWriter(storage, width, dtype)
    for block in blocks:
        writer.append(block)
    return writer.matrix()


def row_blocks(matrix: csr_matrix, size: int = ROWS_AT_ONCE) -> Iterator[csr_matrix]:
    """Divide a matrix into blocks of ``size`` rows; a single block is the matrix itself."""
    if matrix.shape[0] <= size:
        yield matrix
        return
    for first in range(0, matrix.shape[0], size):
        yield matrix[first : first + size]


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
    """Count the elements of each column: shape (n,)."""
    return occurrences(matrix.indices, matrix.shape[1])


def with_scaled_columns(matrix: csr_matrix, factors: Floats | Vectors) -> csr_matrix:
    """Multiply each column with a factor, shape (n,).

    A product with a diagonal matrix is the same. But here both matrices share the positions of
    their elements, which are half of the memory. So neither may be sorted or pruned in place.
    """
    scaled = matrix.data * factors[matrix.indices]
    return csr_matrix((scaled, matrix.indices, matrix.indptr), shape=matrix.shape)


def taken_rows(matrix: csr_matrix, rows: AnyRows, storage: Storage) -> csr_matrix:
    """Return some rows; the matrix itself for all of them.

    Parameters
    ----------
    rows : distinct and ascending.
    storage : where the result is kept.
    """
    if len(rows) == matrix.shape[0]:
        return matrix
    firsts = range(0, len(rows), ROWS_AT_ONCE)
    blocks = (matrix[rows[first : first + ROWS_AT_ONCE]] for first in firsts)
    return stacked(blocks, matrix.shape[1], storage, matrix.dtype)


def scaled_unit_rows(
    matrix: csr_matrix, factors: Floats | Vectors, storage: Storage = IN_MEMORY
) -> csr_matrix:
    """Multiply each column with a factor, shape (n,), and scale each row to length 1.

    An empty row stays empty. The result shares the positions of its elements with ``matrix``, see
    :func:`with_scaled_columns`; its values are kept in ``storage``.
    """
    if 0 in matrix.shape:  # scikit-learn accepts no such matrix
        return matrix
    parts = (
        normalize(with_scaled_columns(rows, factors), copy=False).data
        for rows in row_blocks(matrix)
    )
    data = storage.joined(parts, np.float32)
    return csr_matrix((data, matrix.indices, matrix.indptr), shape=matrix.shape)


def transposed(matrix: csr_matrix, storage: Storage) -> csr_matrix:
    """Exchange rows and columns; ``storage`` keeps the result."""
    starts = np.append(0, np.cumsum(column_sizes(matrix)))
    data = storage.empty((matrix.nnz,), matrix.dtype)
    indices = storage.empty((matrix.nnz,), np.int32)
    ends = starts[:-1].copy()  # of what is written of each column
    first = 0
    for rows in row_blocks(matrix, TRANSPOSED_AT_ONCE):
        part = rows.T.tocsr()
        sizes = np.diff(part.indptr)
        used = np.flatnonzero(sizes)
        places = np.arange(part.nnz)
        places += np.repeat(ends[used] - part.indptr[used], sizes[used])
        data[places], indices[places] = part.data, part.indices + np.int32(first)
        ends[used] += sizes[used]
        first += rows.shape[0]
    return csr_matrix((data, indices, starts), shape=matrix.shape[::-1])


def with_columns(matrix: csr_matrix, selected: Mask, storage: Storage = IN_MEMORY) -> csr_matrix:
    """Remove the elements of all columns that are not selected; the shape stays.

    Parameters
    ----------
    selected : bool, shape (n,), of the columns.
    storage : where the result is kept.
    """
    few = (_with_columns(rows, selected) for rows in row_blocks(matrix))
    return stacked(few, matrix.shape[1], storage, matrix.dtype)


def _with_columns(matrix: csr_matrix, selected: Mask) -> csr_matrix:
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


def renumbered(matrix: csr_matrix, places: Rows, width: int) -> csr_matrix:
    """Move some columns to other places, and remove all others.

    Parameters
    ----------
    places : int32, shape (n,), new position of each column, or -1 to remove it.
    width : new number of columns.
    """
    few = _with_columns(matrix, places >= 0)
    moved = csr_matrix((few.data, places[few.indices], few.indptr), (matrix.shape[0], width))
    moved.sort_indices()
    return moved
