"""A random walk over terms: from an article to one of its terms, then to an article with that term.

The probability is ``sum over shared terms of p(term given article) / document frequency``.

A cosine weights a term by its share of both texts. The walk weights it by its share of the first
text and by the number of articles that have it. So a single rare term in common, such as a name,
gives a high probability.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.preprocessing import normalize

from models.arrays import Floats, Vectors
from models.sparse import with_scaled_columns

MIN_PROBABILITY = 1e-5
"""Added to a probability, so that 0 has a logarithm."""


def log_probability(probability: NDArray[np.floating[Any]]) -> Floats:
    """Return the logarithm of probabilities: equal ratios become equal differences."""
    return np.asarray(np.log(MIN_PROBABILITY + probability), dtype=np.float64)


def transitions_of(tfidf: csr_matrix, idf: Vectors, inverse_count: Vectors) -> csr_matrix:
    """Return ``p(term given article) / document frequency`` for each article and term.

    A term is chosen in proportion to the square root of its count, which its TF-IDF weight divided
    by its inverse document frequency is, up to a factor.

    Parameters
    ----------
    tfidf : sparse, shape (b, v).
    idf : float32, shape (v,), see :func:`models.lexical.tfidf.idf`.
    inverse_count : float32, shape (v,), see :func:`models.lexical.tfidf.inverse_document_count`.

    Returns
    -------
    Sparse, shape (b, v). The sum of a row over the terms of another article is the probability
    of a walk to that article.
    """
    if 0 in tfidf.shape:  # scikit-learn accepts no empty matrix
        return tfidf
    counts = tfidf.data * (1 / idf[tfidf.indices])
    roots = csr_matrix((counts, tfidf.indices, tfidf.indptr), shape=tfidf.shape)
    chosen = normalize(roots, norm="l1", copy=False)
    return with_scaled_columns(chosen, inverse_count)
