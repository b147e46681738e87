"""Diversity vectors: short vectors whose dot product is the similarity of two cards.

They join TF-IDF and embeddings, so that a request can diversify a list with one small product.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_matrix

from models.arrays import Mask, Vectors
from models.lexical.tfidf import lsa_projection

DIMENSIONS = 192
"""Components kept: half the dimensions of a usual encoder."""

EMBEDDING_SCALE = 8**-0.5
"""Length of the embedding beside a TF-IDF vector of length 1: the product is the cosine of the
texts plus an eighth of the cosine of the embeddings. It was chosen on the links of four sites."""


def diversity_vectors(tfidf: csr_matrix, embeddings: Vectors, known: Mask) -> Vectors:
    """Join TF-IDF vectors and embeddings, and keep their principal components.

    Embeddings alone confuse two events on one topic. TF-IDF alone misses one event in other words.

    Parameters
    ----------
    tfidf : sparse, shape (n, v), unit rows.
    embeddings : float32, shape (n, d), less their mean, unit rows.
    known : bool, shape (n,), rows from which the components are computed.

    Returns
    -------
    float32, shape (n, k), with k at most :data:`DIMENSIONS`. The product of two rows is their
    similarity. Rows are not unit length: a text without shared words has a short vector.
    """
    joined = np.hstack([np.float32(EMBEDDING_SCALE) * embeddings, lsa_projection(tfidf, known)])
    # Exact principal components without centring: the matrix has few columns.
    _, components = np.linalg.eigh((joined[known].T @ joined[known]).astype(np.float64))
    first = components[:, ::-1][:, :DIMENSIONS].astype(np.float32)
    return np.asarray(joined @ first, dtype=np.float32)
