"""The random walk over shared terms, against the walk itself."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from models.features.word_walk import MIN_PROBABILITY, log_probability, transitions_of
from models.lexical.tfidf import inverse_document_count
from naive_features import term_walk

COUNTS = csr_matrix(
    np.array([[2, 1, 1, 0, 0], [0, 1, 0, 3, 0], [4, 0, 0, 1, 0], [1, 1, 1, 0, 0]], dtype=np.float32)
)
"""Four articles and five words, of which no article has the last."""

SAID = (COUNTS > 0).astype(np.float32)
EVERYBODY = np.ones(4, dtype=bool)


def walked(row: int, times: int) -> np.ndarray:
    """Walk from an article to one of its words, and on to one of the articles that have it."""
    random, counts = np.random.default_rng(0), COUNTS.toarray()
    words = random.choice(5, times, p=counts[row] / counts[row].sum())
    ends = [random.choice(np.flatnonzero(counts[:, word])) for word in words.tolist()]
    return np.bincount(ends, minlength=4) / times


def test_transition_probabilities_are_those_of_the_walk() -> None:
    steps = transitions_of(COUNTS, np.ones(5), inverse_document_count(COUNTS, EVERYBODY))
    for row in range(4):
        found = term_walk(steps, SAID, row)
        assert found.sum() == pytest.approx(1)
        np.testing.assert_allclose(found, walked(row, 20_000), atol=0.02)


def test_one_rare_term_outweighs_common_ones() -> None:
    occurrences = np.ones((50, 4), dtype=np.float32)
    occurrences[:, 3] = 0
    occurrences[[0, 1], 3] = 1
    occurrences[1, :3] = 0  # it shares the rare word alone
    counts = csr_matrix(occurrences)
    found = term_walk(
        transitions_of(counts, np.ones(4), inverse_document_count(counts, np.ones(50, dtype=bool))),
        counts,
        0,
    )
    assert found[1] > 2 * found[2]


def test_only_known_articles_share_terms() -> None:
    known = np.array([True, True, False, True])
    np.testing.assert_allclose(inverse_document_count(COUNTS, known), [1 / 2, 1 / 3, 1 / 2, 1, 1])


def test_zero_probabilities_and_missing_terms_are_finite() -> None:
    assert log_probability(np.zeros(1)).tolist() == [np.log(MIN_PROBABILITY)]
    nothing = csr_matrix((3, 0), dtype=np.float32)
    steps = transitions_of(nothing, np.ones(0), np.ones(0))
    assert term_walk(steps, nothing, 1).tolist() == [0.0, 0.0, 0.0]
