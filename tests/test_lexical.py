"""Word vectors, also where there are hardly any words."""

import numpy as np
import pytest

from models.lexical import pair_products, reduced, word_vectors

TEXTS = [
    f"peace talks number{n} envoy" if n % 2 else f"goal striker number{n} league" for n in range(30)
]


def test_texts_on_one_topic_are_near() -> None:
    words = word_vectors(TEXTS)
    pool = np.array([[(n + 2) % 30, (n + 1) % 30, -1] for n in range(30)], dtype=np.int32)
    products = pair_products(words, pool)
    np.testing.assert_allclose(products[:, 0], 1, atol=1e-6)
    np.testing.assert_allclose(products[:, 1:], 0)


def test_the_reduced_space_keeps_the_topics_apart() -> None:
    vectors = reduced(word_vectors(TEXTS))
    assert vectors[0] @ vectors[2] == pytest.approx(1, abs=1e-4)
    assert abs(vectors[0] @ vectors[1]) < 1e-4


@pytest.mark.parametrize(
    "texts", [["alone"], ["one", "two"], ["same words", "same words"], ["", ""]]
)
def test_hardly_any_words(texts: list[str]) -> None:
    words = word_vectors(texts)
    vectors = reduced(words)
    assert len(vectors) == len(texts)
    assert np.isfinite(vectors).all()
