"""Bursty words: those that a text which says them at all says again, as a story says its names."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

LEAST = 0.05
"""Residual idf of a word that is strewn as chance would strew it, so that it still counts a bit."""


def residual_idf(counts: csr_matrix, known: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Tell how much rarer each column is than one as frequent that chance had strewn: (v,).

    The inverse document frequency less what a Poisson distribution of as many would have (Church
    and Gale 1995, "Poisson mixtures"), one occurrence added, and :data:`LEAST` at least.

    ``counts``: roots of counts, (n, v). ``known``: the rows that tell, (n,).
    """
    told, width, size = counts[known], counts.shape[1], int(known.sum()) + 1
    texts = np.bincount(told.indices, minlength=width)
    times = np.bincount(told.indices, weights=told.data**2, minlength=width)
    found = np.log(size / (texts + 1))
    expected = -np.log(-np.expm1(-(times + 1) / size))
    return np.asarray(np.maximum(found - expected, LEAST), dtype=np.float32)
