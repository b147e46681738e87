"""Stories: articles that tell the same in the same words, updated or published again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import connected_components
from sklearn.feature_extraction.text import HashingVectorizer

WORDS_A_SHINGLE = 3
SHARED = 0.4
"""Share of the shorter text's shingles from which two texts are versions of one story."""


def shingles(texts: Sequence[str]) -> csr_matrix:
    """Take the set of three-word runs of each text (Broder 1997): 0 or 1, shape (n, 2 ** 22)."""
    vectorizer = HashingVectorizer(
        n_features=2**22,
        ngram_range=(WORDS_A_SHINGLE, WORDS_A_SHINGLE),
        binary=True,
        norm=None,
        alternate_sign=False,
        dtype=np.float32,
    )
    return cast("csr_matrix", vectorizer.transform(texts))


def containment(sets: csr_matrix, pool: NDArray[np.int32]) -> NDArray[np.float32]:
    """Share of the smaller set that also stands in the larger one, for each pair.

    Parameters
    ----------
    sets : sparse of 0 and 1, shape (n, m).
    pool : int32, shape (n, p); -1 where a pool is shorter.

    Returns
    -------
    float32, shape (n, p), from 0 to 1; 0 beside a -1 and for an empty set.
    """
    sizes = np.maximum(np.asarray(sets.sum(axis=1), dtype=np.float32).ravel(), 1)
    smaller = np.minimum(sizes[:, None], sizes[pool])
    return np.asarray(_pair_products(sets, pool) / smaller, dtype=np.float32)


def story_labels(
    pool: NDArray[np.int32], shared: NDArray[np.float32], threshold: float = SHARED
) -> NDArray[np.int32]:
    """Give each story a number; articles joined by a chain of versions share it.

    Parameters
    ----------
    pool : int32, shape (n, p), candidate rows; -1 where there are fewer.
    shared : float32, shape (n, p), :func:`containment` of each pair.

    Returns
    -------
    int32, shape (n,): story numbers from 0.
    """
    ones, columns = np.nonzero((shared >= threshold) & (pool >= 0))
    size = len(pool)
    links = (np.ones(len(ones), dtype=bool), (ones, pool[ones, columns]))
    _, labels = connected_components(coo_matrix(links, shape=(size, size)), directed=False)
    return np.asarray(labels, dtype=np.int32)


def _pair_products(vectors: csr_matrix, pool: NDArray[np.int32]) -> NDArray[np.float32]:
    """Take the inner product of each sparse row with each member of its pool; 0 beside a -1."""
    products = np.zeros(pool.shape, dtype=np.float32)
    dense = np.zeros(vectors.shape[1], dtype=np.float32)
    for row, members in enumerate(pool):
        known = np.flatnonzero(members >= 0)
        own = slice(vectors.indptr[row], vectors.indptr[row + 1])
        columns = vectors.indices[own]
        dense[columns] = vectors.data[own]
        products[row, known] = vectors[members[known]] @ dense
        dense[columns] = 0
    return products
