"""What an article shares with others by chance, on texts small enough to compute by hand."""

from collections.abc import Sequence

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from models.features.background import (
    FEW_ARTICLES,
    MAX_CHANCE_SHARE,
    PRIOR_SIZE,
    background_by_language,
    background_of_later,
)

SHARED = [1, 1, 2, 3, 3, 3, 4, 4, 5]
"""Terms that the first article shares with each of nine others."""

OTHER_TERMS = 30
"""Terms that each article has for itself."""


def texts(
    shared: Sequence[int] = SHARED, other_terms: int = OTHER_TERMS, more: int = 0
) -> csr_matrix:
    """Return ten articles, and more that share no term; each term has the same weight."""
    owners = [owner for other, count in enumerate(shared, 1) for owner in [0, other] * count]
    columns = np.repeat(np.arange(len(owners) // 2), 2)
    articles = len(shared) + 1 + more
    alone = np.repeat(np.arange(articles), other_terms)
    rows = np.concatenate([owners, alone])
    columns = np.concatenate([columns, columns.max() + 1 + np.arange(len(alone))])
    return csr_matrix((np.full(len(rows), 0.1), (rows, columns)))


def chance_of_the_first(tfidf: csr_matrix) -> float:
    known = np.ones(tfidf.shape[0], dtype=bool)
    language = np.zeros(len(known), dtype=np.int32)
    return float(background_by_language(tfidf, known, language).chance_rarity[0])


def test_what_is_shared_by_chance_is_a_quantile_with_unlike_articles() -> None:
    """Of 16 values the .6 quantile is the tenth: six unlike articles, itself, and 1, 1 and 2."""
    rarity = np.log((10 + PRIOR_SIZE) / 2)
    assert chance_of_the_first(texts()) == pytest.approx(2 * rarity)


def test_what_is_shared_by_chance_is_at_most_a_part_of_the_text() -> None:
    """The quantile is the rarity of two terms, but the article has 16 terms."""
    rarity = np.log((10 + PRIOR_SIZE) / 2)
    found = chance_of_the_first(texts([1, 1, 2, 2, 2, 2, 2, 2, 2], other_terms=0))
    assert found == pytest.approx(MAX_CHANCE_SHARE * 16 * rarity)


def test_a_large_archive_needs_no_such_figure() -> None:
    rest = 2 * FEW_ARTICLES - len(SHARED) - 1
    assert chance_of_the_first(texts(more=rest)) == 0


def test_a_later_article_has_the_same_background_as_in_a_full_run() -> None:
    tfidf, language = texts(), np.zeros(10, dtype=np.int32)
    known = np.arange(10) > 0
    full = background_by_language(tfidf, known, language)
    later = background_of_later(tfidf[:1], language[:1], full.samples)
    assert later.chance_rarity.tolist() == full.chance_rarity[:1].tolist() != [0]
    assert (later.mean, later.std) == (full.mean[0], full.std[0])
