"""Paragraphs by their main directions: each goes to the candidates that it is about."""

from collections.abc import Sequence

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from models.dense.encoders import unit_rows
from models.features.title_coverage import Passages, WeightedPassages, weighted_passages
from models.mentions import FLOOR, TEMPERATURE, Subjects, mentioned, subjects

AXES = np.eye(4, dtype=np.float32)


def weighed(paragraphs: Sequence[Sequence[float]]) -> WeightedPassages:
    """One article of some paragraphs over four stems, which are the directions as well."""
    nothing = csr_matrix((1, 4), dtype=np.float32)
    vectors = csr_matrix(unit_rows(np.array(paragraphs, dtype=np.float32).reshape(-1, 4)))
    starts = np.array([0, vectors.shape[0]])
    passages = Passages(nothing, nothing, nothing, vectors, starts)
    ones = np.ones(4, dtype=np.float32)
    return WeightedPassages(passages, nothing, np.ones(1), ones, nothing, ones, vectors)


def of_all(
    paragraphs: Sequence[Sequence[float]],
    about: np.ndarray = AXES,
    pooled: list[bool] | None = None,
) -> list[float]:
    """Ask for candidates whose lead and text are about the same."""
    told = Subjects(AXES, (2 * about / TEMPERATURE).astype(np.float32))
    members = np.ones(len(about), dtype=bool) if pooled is None else np.array(pooled)
    return mentioned(weighed(paragraphs), told, 0, np.arange(len(about)), members).tolist()


def test_one_paragraph_is_enough() -> None:
    """What nine paragraphs are about and what one mentions suit; what none mentions does not."""
    about, aside, never, _ = of_all([[1, 0.1, 0, 0]] * 9 + [[0.1, 1, 0, 0]])
    assert about == pytest.approx(aside, abs=0.01)
    assert about > -0.01
    assert never < about - 4


def test_a_paragraph_goes_to_whom_it_suits_best() -> None:
    """Two that suit it as well share it; one that suits it better takes it."""
    alike = np.vstack([AXES[0], AXES[0], AXES[2], AXES[3]])
    first, second, *_ = of_all([[1, 0, 0, 0]], alike)
    assert first == second == pytest.approx(np.log(FLOOR + 0.5), abs=0.01)
    nearer = np.vstack([AXES[0], unit_rows(AXES[:1] + 0.9 * AXES[1:2])[0], AXES[2], AXES[3]])
    first, second, *_ = of_all([[1, 0, 0, 0]], nearer)
    assert first > np.log(FLOOR + 0.9)
    assert second < np.log(FLOOR + 0.1)


def test_shares_are_numbers() -> None:
    """By hand: the softmax of two cosines a candidate, at a temperature of .16."""
    sums = np.exp(2 * np.array([0.6, 0.8, 0, 0]) / 0.16)
    np.testing.assert_allclose(
        of_all([[0.6, 0.8, 0, 0]]), np.log(FLOOR + sums / sums.sum()), atol=0.01
    )


def test_whoever_is_no_member_is_held_against_them_and_takes_nothing_from_them() -> None:
    paragraphs = [[1.0, 1, 0, 0], [0, 0, 1, 0]]
    told = of_all(paragraphs, pooled=[True, False, False, True])
    alone = of_all(paragraphs, AXES[[0, 3]])
    np.testing.assert_allclose(np.array(told)[[0, 3]], alone, atol=1e-6)
    assert told[1] == pytest.approx(np.log(FLOOR + 0.5), abs=0.01)
    assert told[2] == pytest.approx(np.log(FLOOR + 1), abs=0.01)


def test_no_paragraphs_and_no_pool() -> None:
    assert of_all([]) == [0, 0, 0, 0]
    assert of_all([[1, 0, 0, 0]], pooled=[False] * 4) == [0, 0, 0, 0]


def passages(bodies: np.ndarray) -> WeightedPassages:
    """Articles of one paragraph each that say no more in their lead than in their text."""
    texts = csr_matrix(bodies.astype(np.float32))
    parts = Passages(texts, texts, texts, texts, np.arange(len(bodies) + 1))
    ones = np.ones(bodies.shape[1], dtype=np.float32)
    return weighted_passages(parts, ones, ones)


@pytest.mark.parametrize(("size", "stems"), [(1, 3), (2, 1)])
def test_too_little_text_has_no_directions(size: int, stems: int) -> None:
    texts = passages(np.ones((size, stems)))
    found = subjects(texts, np.ones(size, dtype=bool))
    assert found.of_articles.shape == (size, 0)
    everybody = np.ones(size, dtype=bool)
    assert mentioned(texts, found, 0, np.arange(size), everybody).tolist() == [0.0] * size


def test_what_shares_no_stem_suits_by_what_stands_beside_it_elsewhere() -> None:
    """Two stems that others say together: an article with one, a candidate with the other."""
    said = [[0, 1], [0, 1, 2], [3, 4], [0], [1], [3]]
    bodies = np.array([np.isin(np.arange(5), stems) for stems in said])
    texts, known = passages(bodies), np.arange(6) < 3
    told = mentioned(texts, subjects(texts, known), 3, np.array([4, 5]), np.ones(2, dtype=bool))
    np.testing.assert_allclose(told, np.log(FLOOR + np.array([1, 0])), atol=0.01)


def test_nothing_of_articles_to_come_is_known() -> None:
    random = np.random.default_rng(0)
    bodies = (random.random((40, 30)) < 0.3).astype(float)
    known = np.arange(40) >= 8
    changed = bodies.copy()
    changed[:8] = random.random((8, 30)) < 0.3
    rows = np.arange(9, 40)
    told = []
    for one in (bodies, changed):
        texts = passages(one)
        told.append(mentioned(texts, subjects(texts, known), 8, rows, np.ones(31, dtype=bool)))
    assert told[0].any()
    np.testing.assert_allclose(*told, atol=1e-6)
