"""Stories: articles that tell the same in the same words, updated or published again."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import connected_components

from models.lexical.tokenizer import Tokens, count_ngrams, tokenize

WORDS_A_SHINGLE = 3
FEW = 4
"""Articles that may have a shingle before it says nothing of any: guides to voting, notices and
calls to subscribe are used again, and make no twins of the stories that they stand under."""

SHARED = 0.4
"""Share of the shorter text's telling shingles from which two texts are versions of one story."""

WHOLE = 0.8
"""Share of all its shingles from which they are, however often the text was used again."""

LEAST = 10
"""Shingles that a text counts for at least: in a title alone, two that are shared are chance."""

Pairs = tuple[NDArray[np.int64], NDArray[np.int64]]


def shingles(texts: Sequence[str]) -> csr_matrix:
    """Take the set of three-word runs of each text: :func:`shingles_of` its words."""
    return shingles_of(tokenize(texts))


def shingles_of(tokens: Tokens) -> csr_matrix:
    """Take the set of three-word runs of each of n texts (Broder 1997): 0 or 1, (n, runs)."""
    sets, _ = count_ngrams(tokens, WORDS_A_SHINGLE)
    sets.data[:] = 1
    return sets


def cluster_ids(sets: csr_matrix, pool: NDArray[np.int32]) -> NDArray[np.int32]:
    """Give each story a number; articles joined by a chain of versions share it.

    Parameters
    ----------
    sets : :func:`shingles`, sparse of 0 and 1, shape (n, m).
    pool : int32, shape (n, p), candidate rows; -1 where there are fewer. Only among these are
        copies looked for of texts that were used again and again.

    Returns
    -------
    int32, shape (n,): story numbers from 0.
    """
    telling = _only(sets, np.bincount(sets.indices, minlength=sets.shape[1]) <= FEW)
    ones, others = (
        np.concatenate(part)
        for part in zip(_versions(telling), _copies(sets, telling, pool), strict=True)
    )
    links = (np.ones(len(ones), dtype=bool), (ones, others))
    size = sets.shape[0]
    _, labels = connected_components(coo_matrix(links, shape=(size, size)), directed=False)
    return np.asarray(labels, dtype=np.int32)


def duplicates_among(sets: csr_matrix, rows: NDArray[np.int32], since: int) -> NDArray[np.bool_]:
    """Tell which of some articles are versions of one another: shape (r, r).

    ``since``: the newest row known, as of whose moment a shingle is told by few or many.
    """
    frequency = np.bincount(sets.indices[sets.indptr[since] :], minlength=sets.shape[1])
    texts = sets[rows]
    telling = _only(texts, frequency <= FEW)
    return np.asarray(_shared(telling) >= SHARED) | (_shared(texts) >= WHOLE)


def _shared(texts: csr_matrix) -> NDArray[np.float32]:
    """Take the share of the smaller text's shingles that stand in the other, for each pair."""
    sizes = _sizes(texts)
    return np.asarray((texts @ texts.T).toarray() / np.minimum(sizes[:, None], sizes))


def _versions(telling: csr_matrix) -> Pairs:
    """Find the pairs that share enough of what few tell, among all."""
    frequency = np.bincount(telling.indices, minlength=telling.shape[1])
    told_twice = _only(telling, frequency > 1)  # few, so that all pairs cost next to nothing
    shared = (told_twice @ told_twice.T).tocoo()
    smaller = np.minimum(_sizes(telling)[shared.row], _sizes(telling)[shared.col])
    alike = (shared.data >= SHARED * smaller) & (shared.row < shared.col)
    return shared.row[alike].astype(np.int64), shared.col[alike].astype(np.int64)


def _copies(sets: csr_matrix, telling: csr_matrix, pool: NDArray[np.int32]) -> Pairs:
    """Find the copies of texts whose shingles are mostly those of many, within their pools."""
    rows = np.flatnonzero(2 * telling.getnnz(axis=1) < sets.getnnz(axis=1))
    smaller = np.minimum(_sizes(sets)[rows, None], _sizes(sets)[pool[rows]])
    shared = _pair_products(sets, rows, pool[rows])
    found, columns = np.nonzero((shared >= WHOLE * smaller) & (pool[rows] >= 0))
    return rows[found], pool[rows[found], columns].astype(np.int64)


def _only(sets: csr_matrix, wanted: NDArray[np.bool_]) -> csr_matrix:
    """Take the other columns' members out; the shape stays."""
    kept = wanted[sets.indices]
    starts = np.append(0, np.cumsum(kept))[sets.indptr]
    return csr_matrix((sets.data[kept], sets.indices[kept], starts), shape=sets.shape)


def _sizes(sets: csr_matrix) -> NDArray[np.int32]:
    return np.asarray(np.maximum(np.diff(sets.indptr), LEAST), dtype=np.int32)


def _pair_products(
    vectors: csr_matrix, rows: NDArray[np.intp], pool: NDArray[np.int32]
) -> NDArray[np.float32]:
    """Take the inner product of sparse rows with each member of their pools; 0 beside a -1."""
    products = np.zeros(pool.shape, dtype=np.float32)
    dense = np.zeros(vectors.shape[1], dtype=np.float32)
    for place, (row, members) in enumerate(zip(rows, pool, strict=True)):
        known = np.flatnonzero(members >= 0)
        own = slice(vectors.indptr[row], vectors.indptr[row + 1])
        columns = vectors.indices[own]
        dense[columns] = vectors.data[own]
        products[place, known] = vectors[members[known]] @ dense
        dense[columns] = 0
    return products
