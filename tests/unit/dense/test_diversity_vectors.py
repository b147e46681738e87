"""Diversity vectors of a large archive come from a bounded number of its articles."""

import numpy as np
from scipy.sparse import csr_matrix, random_array

from models.arrays import Vectors
from models.dense.diversity_vectors import MAX_FITTED, fit_diversity
from models.dense.encoders import unit_rows

TERMS, DIMENSIONS = 60, 8


def archive(size: int) -> tuple[csr_matrix, Vectors]:
    """TF-IDF vectors and embeddings of articles on the same few terms."""
    random = np.random.default_rng(0)
    texts = random_array((size, TERMS), density=0.2, dtype=np.float32, rng=random)
    tfidf = csr_matrix(unit_rows(texts.toarray()))
    return tfidf, unit_rows(random.standard_normal((size, DIMENSIONS), dtype=np.float32))


def test_the_components_come_from_a_bounded_number_of_articles() -> None:
    tfidf, embeddings = archive(2 * MAX_FITTED)
    known = np.ones(tfidf.shape[0], dtype=bool)
    fitted = fit_diversity(tfidf, embeddings, known)
    changed = embeddings.copy()
    changed[1] = -changed[1]  # lies between two of the articles that are used
    other = fit_diversity(tfidf, changed, known)
    np.testing.assert_array_equal(other.components, fitted.components)
