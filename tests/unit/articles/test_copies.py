"""Copies of a text count once."""

import numpy as np

from recommender.articles.boilerplate import HashedText, distinct_texts


def texts(*sets: list[int]) -> list[int]:
    return distinct_texts(
        [HashedText(np.array(own, np.int64), np.full(len(own), 80, np.int32)) for own in sets]
    )


def test_texts_with_mostly_the_same_sentences_are_copies() -> None:
    others = [[n, n + 100, n + 200] for n in range(30, 50)]
    found = texts([1, 2, 3, 4], [1, 2, 3, 5], [1, 2, 3, 4], [6, 7, 8, 9], *others)
    assert found == [0, 3, *range(4, 24)]


def test_a_common_notice_makes_no_copies() -> None:
    assert texts(*([n, n + 100, 7777, 8888, 9999] for n in range(50))) == list(range(50))


def test_texts_without_sentences() -> None:
    assert texts([], [], [1]) == [0, 1, 2]
