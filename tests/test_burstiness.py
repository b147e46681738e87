"""Residual idf: a word that comes in bursts, against one that chance strews."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from models.burstiness import LEAST, residual_idf

SIZE = 1_000


def counted(*columns: np.ndarray) -> csr_matrix:
    """Roots of how often each article says each word."""
    return csr_matrix(np.sqrt(np.column_stack(columns)).astype(np.float32))


def test_a_word_that_comes_in_bursts_is_rarer_than_chance_would_have_it() -> None:
    """A hundred times in all: five times in each of twenty articles, or wherever it falls."""
    bursts = np.where(np.arange(SIZE) < 20, 5, 0)
    strewn = np.bincount(np.random.default_rng(0).integers(0, SIZE, 100), minlength=SIZE)
    told = residual_idf(counted(bursts, strewn), np.ones(SIZE, dtype=bool))
    expected = -np.log(1 - np.exp(-101 / 1001))
    assert told[0] == pytest.approx(np.log(1001 / 21) - expected, rel=1e-5)
    assert told[0] > 1
    assert LEAST <= told[1] < 0.1


def test_only_articles_known_tell() -> None:
    words = np.random.default_rng(1).integers(0, 4, (SIZE, 3))
    known = np.arange(SIZE) % 2 == 0
    changed = words.copy()
    changed[~known] = 9
    columns, other = counted(*words.T), counted(*changed.T)
    np.testing.assert_array_equal(residual_idf(columns, known), residual_idf(other, known))


def test_a_word_that_nobody_known_says_and_no_word_at_all() -> None:
    nobody = residual_idf(counted(np.zeros(3), np.ones(3)), np.zeros(3, dtype=bool))
    assert np.isfinite(nobody).all()
    assert (nobody >= np.float32(LEAST)).all()
    assert residual_idf(csr_matrix((2, 0), dtype=np.float32), np.ones(2, dtype=bool)).shape == (0,)
