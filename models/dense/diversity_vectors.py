"""Diversity vectors: short vectors whose dot product is the similarity of two cards.

They join TF-IDF and embeddings, so that a request can diversify a list with one small product.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from models.arrays import Mask, Positions, Vectors
from models.lexical.lsa import frequent_columns, lsa_components
from models.storage import IN_MEMORY, Storage

DIMENSIONS = 192
"""Components kept: half the dimensions of a usual encoder."""

EMBEDDING_SCALE = 8**-0.5
"""Length of the embedding beside a TF-IDF vector of length 1: the product is the cosine of the
texts plus an eighth of the cosine of the embeddings. It was chosen on the links of four sites."""

MAX_FITTED = 20_000
"""Most articles to which the components are fitted."""

ROWS_AT_ONCE = 10_000
"""Articles that are projected together."""


@dataclass(frozen=True)
class DiversityProjection:
    """Maps TF-IDF vectors and embeddings to diversity vectors of k components.

    Attributes
    ----------
    columns : shape (w,), the TF-IDF columns that are used.
    lsa : float32, shape (w, j), see :func:`models.lexical.lsa.lsa_components`.
    components : float32, shape (d + j, k), principal components of embeddings and LSA vectors.
    """

    columns: Positions
    lsa: Vectors
    components: Vectors

    def apply(
        self, tfidf: csr_matrix, embeddings: Vectors, storage: Storage = IN_MEMORY
    ) -> Vectors:
        """Project n articles.

        Parameters
        ----------
        tfidf : sparse, shape (n, v), unit rows.
        embeddings : float32, shape (n, d), less their mean, unit rows.
        storage : where the result is kept.

        Returns
        -------
        float32, shape (n, k), with k at most :data:`DIMENSIONS`. The product of two rows is their
        similarity. Rows are not unit length: a text without shared words has a short vector.
        """
        found = storage.empty((len(embeddings), self.components.shape[1]), np.float32)
        for rows in _blocks(len(embeddings)):
            joined = _joined(tfidf[rows][:, self.columns] @ self.lsa, embeddings[rows])
            found[rows] = joined @ self.components
        return found


def fit_diversity(tfidf: csr_matrix, embeddings: Vectors, known: Mask) -> DiversityProjection:
    """Fit the projection: join TF-IDF vectors and embeddings, and find principal components.

    Embeddings alone confuse two events on one topic. TF-IDF alone misses one event in other words.

    Parameters
    ----------
    tfidf, embeddings : as in :meth:`DiversityProjection.apply`.
    known : bool, shape (n,), rows from which the components are computed: all of them, or
        :data:`MAX_FITTED` that are spread evenly.
    """
    columns = frequent_columns(tfidf, known)
    fitted = _spread(np.flatnonzero(known), MAX_FITTED)
    frequent, embeddings = tfidf[fitted][:, columns], embeddings[fitted]
    lsa = lsa_components(frequent)
    width = embeddings.shape[1] + lsa.shape[1]
    products = np.zeros((width, width))
    for rows in _blocks(len(fitted)):
        joined = _joined(frequent[rows] @ lsa, embeddings[rows])
        products += joined.T @ joined
    # Exact principal components without centring: the matrix has few columns.
    _, components = np.linalg.eigh(products)
    first = components[:, ::-1][:, :DIMENSIONS].astype(np.float32)
    return DiversityProjection(columns, lsa, first)


def _spread(rows: Positions, most: int) -> Positions:
    """Return the rows, or so many of them at equal distances."""
    if len(rows) <= most:
        return rows
    return rows[np.linspace(0, len(rows) - 1, most).astype(np.intp)]


def _blocks(size: int) -> Iterator[slice]:
    """Divide rows into blocks: the joined vectors of all would take 2 KB each."""
    for first in range(0, size, ROWS_AT_ONCE):
        yield slice(first, first + ROWS_AT_ONCE)


def _joined(lsa_vectors: Vectors, embeddings: Vectors) -> Vectors:
    return np.hstack([np.float32(EMBEDDING_SCALE) * embeddings, lsa_vectors.astype(np.float32)])
