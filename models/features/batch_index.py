"""A corpus stored for fast products with all of its articles."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from models.arrays import Mask, Vectors
from models.features.corpus import CorpusView
from models.sparse import ROWS_AT_ONCE, column_sizes, row_blocks, transposed, with_columns
from models.storage import IN_MEMORY, Storage

COMMON_TERM_SHARE = 1 / 16
"""Terms in more than this share of the articles are stored as dense columns, because a product with
a dense column is then faster than with a sparse one."""


@dataclass(frozen=True)
class BatchIndex:
    """A corpus view stored for fast products: rare terms sparse, c common terms dense.

    Attributes
    ----------
    is_common : bool, shape (v,), which terms are common.
    rare_by_term : sparse, shape (v, n), TF-IDF weights; the rows of common terms are empty.
    common_by_term : float32, shape (c, n), TF-IDF weights.
    common_present : bool, shape (n, c), whether an article has a term.
    embeddings_by_dimension : float32, shape (d, n), contiguous, so that a product takes a
        fifth of the time.
    tags_by_tag : sparse, shape (t, n).
    """

    view: CorpusView
    is_common: Mask
    rare_by_term: csr_matrix
    common_by_term: Vectors
    common_present: Mask
    embeddings_by_dimension: Vectors
    tags_by_tag: csr_matrix


def batch_index(
    view: CorpusView,
    is_common: Mask | None = None,
    storage: Storage = IN_MEMORY,
) -> BatchIndex:
    """Prepare a corpus view for :func:`query_batch`.

    Parameters
    ----------
    is_common : the common terms, for a view that is compared with another one.
    storage : where the large parts are kept.
    """
    if is_common is None:
        frequency = column_sizes(view.tfidf)
        is_common = frequency > COMMON_TERM_SHARE * view.tfidf.shape[0]
    rare = with_columns(view.tfidf, ~is_common, storage)
    by_term, present = _common_terms(view.tfidf, is_common, storage)
    return BatchIndex(
        view=view,
        is_common=is_common,
        rare_by_term=transposed(rare, storage),
        common_by_term=by_term,
        common_present=present,
        embeddings_by_dimension=_by_dimension(view.embeddings, storage),
        tags_by_tag=view.tags.T.tocsr(),
    )


def _common_terms(tfidf: csr_matrix, is_common: Mask, storage: Storage) -> tuple[Vectors, Mask]:
    """Return ``common_by_term`` and ``common_present`` of an index."""
    columns, size = np.flatnonzero(is_common), tfidf.shape[0]
    by_term = storage.empty((len(columns), size), np.float32)
    present = storage.empty((size, len(columns)), bool)
    first = 0
    for rows in row_blocks(tfidf):
        weights, part = rows[:, columns].toarray(), slice(first, first + rows.shape[0])
        by_term[:, part], present[part] = weights.T, weights > 0
        first = part.stop
    return by_term, present


def _by_dimension(embeddings: Vectors, storage: Storage) -> Vectors:
    """Transpose embeddings: float32, shape (d, n), contiguous."""
    transposed_rows = storage.empty(embeddings.shape[::-1], np.float32)
    for first in range(0, len(embeddings), ROWS_AT_ONCE):
        part = slice(first, first + ROWS_AT_ONCE)
        transposed_rows[:, part] = embeddings[part].T
    return transposed_rows
