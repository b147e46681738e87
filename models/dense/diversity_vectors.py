"""How alike two cards are: words and meaning together, in a vector short enough for a request."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from models.lexical.tfidf import lsa_projection

DIMENSIONS = 192
"""Kept of words and meaning side by side: half of what an encoder gives."""

MEANING = 8**-0.5
"""Length of a vector of meaning beside one of words of length 1: a likeness is the cosine of words,
so far as others have them, and an eighth of that of meaning. This and the weight in the settings
were chosen on four sites: see ``benchmarks/quality``."""


def diversity_vectors(
    words: csr_matrix, meaning: NDArray[np.float32], known: NDArray[np.bool_]
) -> NDArray[np.float32]:
    """Join vectors of words and of meaning, and keep their main directions.

    Meaning alone takes two stories for one where only the subject is shared; words alone take
    one story for two where it is told otherwise.

    Parameters
    ----------
    words : sparse, shape (n, v), unit rows: :attr:`models.features.corpus.SiteView.words`.
    meaning : float32, shape (n, d), unit rows, less their mean.
    known : mask of shape (n,): whose main directions they are.

    Returns
    -------
    float32, shape (n, min(DIMENSIONS, d and the directions of words together)). The likeness of two
    is their product. Rows have no one length: who has many words of its own is like nobody much.
    """
    both = np.hstack([np.float32(MEANING) * meaning, lsa_projection(words, known)])
    # The exact main directions (principal components without centring): the matrix is narrow.
    _, directions = np.linalg.eigh((both[known].T @ both[known]).astype(np.float64))
    main = directions[:, ::-1][:, :DIMENSIONS].astype(np.float32)
    return np.asarray(both @ main, dtype=np.float32)
