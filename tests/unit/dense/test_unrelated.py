"""The zero point of semantic similarity, on vectors whose cosines are known."""

import numpy as np
import pytest

from models.dense.encoders import unit_rows
from models.dense.unrelated import (
    RANDOM_SIMILARITY,
    random_similarity,
    unrelated_cosine,
)


def vectors(count: int, common: float, seed: int = 0) -> np.ndarray:
    """Random unit vectors with about ``common`` as the cosine of a pair."""
    random = np.random.default_rng(seed)
    noise = unit_rows(random.normal(size=(count, 300)).astype(np.float32))
    shared = np.eye(1, 300, dtype=np.float32)
    return unit_rows(common**0.5 * shared + (1 - common) ** 0.5 * noise)


def test_cosines_of_a_language_that_the_encoder_knows_need_no_correction() -> None:
    language, understood = np.zeros(50, dtype=np.int32), np.ones(50, dtype=bool)
    assert unrelated_cosine(vectors(50, 0.4), language, understood).tolist() == [0] * 50


def test_a_language_that_the_encoder_does_not_know_has_no_zero_point() -> None:
    both = np.concatenate([vectors(50, 0.2), vectors(50, 0.8, seed=1)])
    language = np.repeat([0, 1], 50).astype(np.int32)
    floor = unrelated_cosine(both, language, language == 0)
    assert np.isinf(floor).tolist() == [False] * 50 + [True] * 50
    assert random_similarity(both, language, floor) == pytest.approx(0.2, abs=0.03)
    assert random_similarity(both[50:], language[50:], floor[50:]) == 0


@pytest.mark.parametrize("common", [0.4, 0.65, 0.9])
@pytest.mark.parametrize("count", [9, 200])
def test_an_encoder_of_unknown_languages_is_measured_from_its_own_random_pairs(
    count: int, common: float
) -> None:
    both = np.concatenate([vectors(count, common), vectors(count, common / 2, seed=1)])
    language = np.repeat([0, 1], count).astype(np.int32)
    floor = unrelated_cosine(both, language, None)
    for rows in (language == 0, language == 1):
        assert np.ptp(floor[rows]) == 0
        found = random_similarity(both[rows], language[rows], floor[rows])
        assert abs(found - min(RANDOM_SIMILARITY, found + floor[rows][0])) < 0.03


@pytest.mark.parametrize("count", [23, 200])
def test_a_few_odd_articles_do_not_make_the_others_similar(count: int) -> None:
    language = np.zeros(count, dtype=np.int32)
    alike = vectors(count, 0.7)
    odd = max(count // 20, 1)
    mixed = np.concatenate([alike[odd:], vectors(odd, 0.01, seed=1)])
    before, after = (unrelated_cosine(one, language, None)[0] for one in (alike, mixed))
    assert abs(after - before) < 0.07


def test_a_single_article_has_no_pairs() -> None:
    one, language = vectors(1, 0.5), np.zeros(1, dtype=np.int32)
    assert unrelated_cosine(one, language, None).tolist() == [0]
    assert random_similarity(one, language, np.zeros(1, dtype=np.float32)) == 0


def test_random_similarity_is_the_median_above_the_floor() -> None:
    language, floor = np.zeros(80, dtype=np.int32), np.full(80, 0.2, dtype=np.float32)
    found = random_similarity(vectors(80, 0.5), language, floor)
    assert abs(found - 0.3) < 0.03
    high = np.full(80, 0.9, dtype=np.float32)
    assert random_similarity(vectors(80, 0.1), language, high) == 0


def test_pairs_in_two_languages_do_not_change_the_random_similarity() -> None:
    language = np.resize([0, 1], 160).astype(np.int32)
    both = np.empty((160, 600), dtype=np.float32)
    both[::2] = np.pad(vectors(80, 0.5), ((0, 0), (0, 300)))
    both[1::2] = np.pad(vectors(80, 0.5), ((0, 0), (300, 0)))
    found = random_similarity(both, language, np.zeros(160, dtype=np.float32))
    assert abs(found - 0.5) < 0.03


def test_articles_that_are_alone_in_their_language_have_no_pairs() -> None:
    alone, floor = np.arange(30, dtype=np.int32), np.zeros(30, dtype=np.float32)
    assert random_similarity(vectors(30, 0.5), alone, floor) == 0
