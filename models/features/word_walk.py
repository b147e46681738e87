"""Steps of a random walk over words: from an article to one of its words, to an article with it.

A cosine counts a word by how much each of the two is about it; such a step by how often the first
says it and how few say it at all, so that one rare word in common, a name above all, tells a lot.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags
from sklearn.preprocessing import normalize

Floats = NDArray[np.float64]

FLOOR = 1e-5
"""Added to a chance, so that none at all has a logarithm, too."""


def log_probability(chance: NDArray[np.floating[Any]]) -> Floats:
    """Take the log of chances: what tells a tenth from a hundredth tells that from a thousandth."""
    return np.asarray(np.log(FLOOR + chance), dtype=np.float64)


def transition_matrix(counts: csr_matrix, rarity: NDArray[np.float32]) -> csr_matrix:
    """Share a word's chance among those who say it, for the words of each article: (n, v).

    ``counts``: roots of counts, (n, v), by which an article's words are chosen. ``rarity``:
    :func:`models.lexical.tfidf.inverse_document_count`, (v,).
    """
    if counts.shape[1] == 0:  # scikit-learn takes no matrix without columns
        return counts
    return (normalize(counts, norm="l1") @ diags(rarity)).tocsr()


def walk_probabilities(steps: csr_matrix, said: csr_matrix, row: int) -> Floats:
    """Tell the chance to come from an article to each: (n,).

    ``steps``: :func:`transition_matrix`. ``said``: ones where an article says a word, (n, v).
    """
    return np.asarray((said @ steps[row].T).todense(), dtype=np.float64).ravel()
