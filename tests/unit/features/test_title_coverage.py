"""Title and lead features of articles with few and with very many paragraphs."""

import tracemalloc
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

import naive_features as naive
from models.features.title_coverage import (
    CELLS_AT_ONCE,
    Passages,
    WeightedPassages,
    coverage_features,
    weighted_passages,
)

USUAL = (1, 3, 20)
PARAGRAPHS = np.array([*USUAL, 2_000], dtype=np.int64)
LONG = len(PARAGRAPHS) - 1
TEXT_STEMS, LEAD_STEMS = 4_000, 1_000


def binary(rows: NDArray[np.float32]) -> csr_matrix:
    return csr_matrix((rows > 0).astype(np.float32))


@pytest.fixture(scope="module")
def weighted() -> WeightedPassages:
    """Paragraphs of 20 stems out of 4,000, of which the first 1,000 are those of 300 leads."""
    chance = np.random.default_rng(1)
    size, starts = 300, np.append(0, np.cumsum(PARAGRAPHS))
    titles = chance.random((size, TEXT_STEMS), dtype=np.float32) < 8 / LEAD_STEMS
    titles[:, LEAD_STEMS:] = False
    paragraphs = chance.random((starts[-1], TEXT_STEMS), dtype=np.float32) < 20 / TEXT_STEMS
    leads = titles | np.roll(titles, 1, axis=0)
    bodies = leads.copy()
    for row, (start, end) in enumerate(pairwise(starts)):
        bodies[row] = paragraphs[start:end].any(axis=0)
    starts = np.append(starts, np.full(size - len(PARAGRAPHS), starts[-1]))
    passages = Passages(*map(binary, (titles, leads, bodies, paragraphs)), starts)
    weights, inverse = chance.random((2, TEXT_STEMS), dtype=np.float32) + 0.1
    return weighted_passages(passages, weights, inverse)


def features_of(weighted: WeightedPassages, rows: list[int]) -> dict[str, NDArray[np.float64]]:
    size = weighted.titles.shape[0]
    starts, candidates = np.arange(len(rows) + 1) * size, np.tile(np.arange(size), len(rows))
    return coverage_features(weighted, weighted, np.array(rows), starts, candidates)


def test_features_equal_their_definitions(weighted: WeightedPassages) -> None:
    assert PARAGRAPHS[LONG] * LEAD_STEMS > CELLS_AT_ONCE, "the long article needs several blocks"
    size = weighted.titles.shape[0]
    rows = [LONG, 0, 1, 2, 5]
    found = features_of(weighted, rows)
    for place, row in enumerate(rows):
        expected = naive.coverage_features(weighted, row, np.arange(size))
        for name, values in expected.items():
            own = found[name][place * size : (place + 1) * size]
            np.testing.assert_allclose(own, values, atol=2e-5, err_msg=f"{name} {row}")
    assert found["title_coverage_best_paragraph"].max() > 0.3


def test_a_list_of_results_takes_little_memory(weighted: WeightedPassages) -> None:
    """Its paragraphs by all of its stems would take 32 MB, and its pairs 2.4 MB."""
    tracemalloc.start()
    features_of(weighted, [LONG])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20_000_000
