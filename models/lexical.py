"""Words: TF-IDF over words and word pairs, and its truncated SVD, fitted on the site's archive."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.utils.extmath import randomized_svd

from models.embedding import unit_rows

SVD_DIMENSIONS = 256
"""Dimensions in which candidates are looked for; the cosine itself is taken on the whole words."""


def word_vectors(texts: Sequence[str]) -> csr_matrix:
    """Weigh words and word pairs of each text by sublinear TF-IDF.

    A word has to stand in at least two texts to relate any two, and one that stands in more
    than half of them relates them all; a small archive keeps what it has.

    Returns
    -------
    float32 sparse matrix, shape (len(texts), vocabulary), unit rows (zeros for an empty text);
    shape (len(texts), 0) where no word is shared.
    """
    vectorizer = TfidfVectorizer(
        sublinear_tf=True,
        ngram_range=(1, 2),
        min_df=2,
        max_df=0.5 if len(texts) >= 20 else 1.0,
        dtype=np.float32,
    )
    try:
        return cast("csr_matrix", vectorizer.fit_transform(texts))
    except ValueError:  # scikit-learn's way to say that no word is left
        return csr_matrix((len(texts), 0), dtype=np.float32)


def reduced(words: csr_matrix, dimensions: int = SVD_DIMENSIONS) -> NDArray[np.float32]:
    """Project word vectors onto their main directions (latent semantic analysis).

    Returns
    -------
    float32, shape (n, min(dimensions, n - 1, vocabulary - 1)), unit rows.
    """
    width = min(dimensions, words.shape[0] - 1, words.shape[1] - 1)
    if width < 1:
        return np.asarray(words.toarray(), dtype=np.float32)
    left, strengths, _ = randomized_svd(words, width, n_iter=4, random_state=0)
    return unit_rows(np.asarray(left * strengths, dtype=np.float32))


def pair_products(vectors: csr_matrix, pool: NDArray[np.int32]) -> NDArray[np.float32]:
    """Take the inner product of each sparse row with each member of its pool.

    Parameters
    ----------
    vectors : float32 sparse, shape (n, m); of unit rows the product is the cosine.
    pool : int32, shape (n, p); -1 where a pool is shorter.

    Returns
    -------
    float32, shape (n, p), 0 beside a -1.
    """
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
