"""Operations on sparse matrices of few rows and many columns, without making them dense."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_matrix

from models.arrays import AnyRows, Floats, Vectors


def elements(matrix: csr_matrix, rows: AnyRows, columns: AnyRows) -> Floats:
    """Return m elements of a sparse matrix.

    Parameters
    ----------
    matrix : its rows get sorted columns, which a search needs.
    rows, columns : shape (m,).

    Returns
    -------
    float64, shape (m,).
    """
    if matrix.nnz == 0 or not len(rows):
        return np.zeros(len(rows))
    matrix.sum_duplicates()
    return np.asarray(matrix[rows, columns], dtype=np.float64).ravel()


def with_scaled_columns(matrix: csr_matrix, factors: Floats | Vectors) -> csr_matrix:
    """Multiply each column with a factor, shape (n,): the product with a diagonal matrix."""
    scaled = matrix.copy()
    scaled.data = scaled.data * factors[scaled.indices]
    return scaled
