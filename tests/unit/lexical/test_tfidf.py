"""TF-IDF vectors, also of very few words."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from models.arrays import Vectors
from models.lexical.lsa import frequent_columns, lsa_components
from models.lexical.tfidf import idf, stem, tfidf_weighted
from term_counts import count_terms

TEXTS = [
    f"peace talks number{n} envoy" if n % 2 else f"goal striker number{n} league" for n in range(30)
]
ALL = np.ones(30, dtype=bool)


def test_texts_on_one_topic_are_similar() -> None:
    counts = count_terms(TEXTS)
    words = tfidf_weighted(counts, idf(counts, ALL)).toarray()
    assert words[0] @ words[2] == pytest.approx(1, abs=1e-6)
    assert words[0] @ words[1] == 0


def test_idf_ignores_later_articles() -> None:
    known = np.arange(30) >= 10
    one = count_terms(TEXTS)
    other = count_terms([*TEXTS[:9], "peace peace talks envoy", *TEXTS[10:]])
    columns = min(one.shape[1], other.shape[1])
    np.testing.assert_allclose(idf(one, known)[:columns], idf(other, known)[:columns])


def lsa_vectors(counts: csr_matrix) -> Vectors:
    everyone = np.ones(counts.shape[0], dtype=bool)
    tfidf = tfidf_weighted(counts, idf(counts, everyone))
    frequent = tfidf[:, frequent_columns(tfidf, everyone)]
    return np.asarray(frequent @ lsa_components(frequent))


def test_the_svd_separates_topics() -> None:
    counts = count_terms(TEXTS)
    vectors = lsa_vectors(counts)
    assert vectors[0] @ vectors[2] == pytest.approx(1, abs=1e-4)
    assert abs(vectors[0] @ vectors[1]) < 1e-4


@pytest.mark.parametrize(
    "texts", [["alone"], ["one", "two"], ["same words", "same words"], ["", ""]]
)
def test_corpora_with_few_words(texts: list[str]) -> None:
    counts = count_terms(texts)
    vectors = lsa_vectors(counts)
    assert len(vectors) == len(texts)
    assert np.isfinite(vectors).all()


def test_stems_bring_inflected_words_together() -> None:
    assert stem("negocjatorzy") == stem("negocjatorów") == "negocj"
