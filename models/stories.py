"""Stories: articles that tell the same, word for word or nearly."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

SAME_WORDS = 0.8
"""Cosine of words and word pairs from which two articles are versions of one story."""


def story_labels(
    pool: NDArray[np.int32], words: NDArray[np.float32], threshold: float = SAME_WORDS
) -> NDArray[np.int32]:
    """Give each story a number; articles joined by a chain of near-duplicates share a number.

    Parameters
    ----------
    pool : int32, shape (n, p), candidate rows; -1 where there are fewer.
    words : float32, shape (n, p), cosine of words and word pairs with each candidate.

    Returns
    -------
    int32, shape (n,): story numbers from 0.
    """
    twins = (words >= threshold) & (pool >= 0)
    ones, columns = np.nonzero(twins)
    others = pool[ones, columns]
    size = len(pool)
    graph = coo_matrix((np.ones(len(ones), dtype=bool), (ones, others)), shape=(size, size))
    _, labels = connected_components(graph, directed=False)
    return np.asarray(labels, dtype=np.int32)
