"""Passage features of many pairs at once: the same numbers as :mod:`models.passages`."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from models.passages import WeighedPassages

Floats = NDArray[np.float64]
Columns = NDArray[np.intp]


def passages_of_pairs(
    weighed: WeighedPassages, rows: Columns, starts: Columns, candidates: Columns
) -> dict[str, Floats]:
    """Features of pairs, each of shape (m,).

    ``rows``: b articles, one after the other in the site. ``starts``: (b + 1,), where the
    candidates of each begin.
    """
    passages = weighed.passages
    first, last = int(rows[0]), int(rows[-1]) + 1
    # Each article has columns of its own, one a stem of its text, so that a product over all pairs
    # meets nobody else's paragraphs.
    bodies = passages.bodies[first:last]
    titles = _in_columns_of(bodies, weighed.titles[candidates], np.diff(starts))
    leads = _in_columns_of(bodies, weighed.leads[candidates], np.diff(starts))
    bounds = passages.starts[first : last + 1]
    part, sizes = slice(bounds[0], bounds[-1]), np.diff(bounds)
    said = _in_columns_of(bodies, passages.paragraphs[part], sizes)
    weighty = _in_columns_of(bodies, weighed.paragraphs[part], sizes)
    mass = weighed.title_weight[candidates]
    return {
        "title_said": np.asarray(titles.sum(axis=1), dtype=np.float64).ravel() / mass,
        "title_said_at_once": _greatest(titles @ said.T.tocsr()) / mass,
        "lead_said_at_once": _greatest(leads @ weighty.T.tocsr()),
    }


def _in_columns_of(bodies: csr_matrix, parts: csr_matrix, sizes: NDArray[np.int64]) -> csr_matrix:
    """Move stems to the columns of the article whose turn it is; drop what its text has not.

    ``sizes``: how many of the parts are each article's, (b,), in order.
    """
    table = np.full(bodies.shape[1], -1, dtype=np.int32)
    indices = np.empty(len(parts.indices), dtype=np.int32)
    ends = parts.indptr[np.append(0, np.cumsum(sizes))]
    for row, (start, end) in enumerate(pairwise(ends)):
        own = slice(bodies.indptr[row], bodies.indptr[row + 1])
        stems = bodies.indices[own]
        table[stems] = np.arange(own.start, own.stop, dtype=np.int32)
        np.take(table, parts.indices[start:end], out=indices[start:end])
        table[stems] = -1
    kept = indices >= 0
    starts = np.append(0, np.cumsum(kept, dtype=np.int32))[parts.indptr].astype(np.int32)
    shape = (parts.shape[0], bodies.nnz)
    return csr_matrix((parts.data[kept], indices[kept], starts), shape=shape)


def _greatest(products: csr_matrix) -> Floats:
    """Greatest of each row, at least 0."""
    greatest = np.zeros(products.shape[0])
    some = np.flatnonzero(np.diff(products.indptr))
    if len(some):
        greatest[some] = np.maximum.reduceat(products.data, products.indptr[some])
    return greatest
