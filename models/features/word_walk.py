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
from scipy.sparse import csr_matrix, diags
from sklearn.preprocessing import normalize

from models.arrays import Floats, Vectors

MIN_PROBABILITY = 1e-5
"""Added to a probability, so that 0 has a logarithm."""


def log_probability(probability: NDArray[np.floating[Any]]) -> Floats:
    """Return the logarithm of probabilities: equal ratios become equal differences."""
    return np.asarray(np.log(MIN_PROBABILITY + probability), dtype=np.float64)


def transition_matrix(counts: csr_matrix, inverse_count: Vectors) -> csr_matrix:
    """Return ``p(term given article) / document frequency`` for each article and term.

    Parameters
    ----------
    counts : sparse, shape (n, v), square roots of counts; a term is chosen in proportion to it.
    inverse_count : float32, shape (v,), see :func:`models.lexical.tfidf.inverse_document_count`.

    Returns
    -------
    Sparse, shape (n, v). The sum of a row over the terms of another article is the probability
    of a walk to that article.
    """
    if counts.shape[1] == 0:  # scikit-learn accepts no matrix without columns
        return counts
    return (normalize(counts, norm="l1") @ diags(inverse_count)).tocsr()
