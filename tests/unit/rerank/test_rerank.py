"""Reranking, against its definition and on lists small enough to be followed by hand."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from models.rerank.mmr import FIRST_BY_SCORE, MAX_SCORE_LOSS
from models.rerank.rerank import SHORTLIST, VECTOR_SCALE, quantize, rerank


def test_quantized_components_beyond_one_count_as_one() -> None:
    vectors = np.array([[1.5, -0.5], [0.25, -2.0]], dtype=np.float32)
    assert quantize(vectors).tolist() == [[127, -64], [32, -127]]
    assert quantize(vectors).dtype == np.int8


def test_the_best_of_each_cluster_is_chosen_in_order_of_the_scores() -> None:
    scores = np.array([0.1, 0.5, 0.4, 0.3, 0.2])
    cluster_id = np.array([9, 9, 9, 4, 5, 5, 6, 4], dtype=np.int32)
    rows = np.array([6, 4, 3, 5, 7], dtype=np.int32)  # of the clusters 6, 5, 4, 5, 4
    vectors = np.zeros((8, 2), dtype=np.int8)
    assert rerank(scores, rows, cluster_id, vectors.__getitem__, 6, 8.5) == [1, 2, 0]
    assert rerank(scores, rows, cluster_id, vectors.__getitem__, 2, 8.5) == [1, 2]
    assert rerank(scores, rows, cluster_id, vectors.__getitem__, 6, 8.5, {5}) == [2, 0]
    assert rerank(scores, rows, cluster_id, vectors.__getitem__, 6, 8.5, {4, 5, 6}) == []


def test_a_similar_candidate_gives_way_to_one_of_nearly_the_same_score_only() -> None:
    same, other = [VECTOR_SCALE, 0], [0, VECTOR_SCALE]
    rows = np.arange(5, dtype=np.int32)
    vectors = np.array([same, same, same, same, other], dtype=np.int8)
    for last, expected in ((0.75, [0, 1, 2, 4]), (0.65, [0, 1, 2, 3])):
        scores = np.array([1.5, 1.4, 1.3, 1.2, last])
        assert rerank(scores, rows, rows, vectors.__getitem__, 4, 8.5) == expected
        assert rerank(scores, rows, rows, vectors.__getitem__, 4, 0.0) == [0, 1, 2, 3]


@given(st.integers(0, 1_000), st.integers(0, 90), st.integers(1, 20))
def test_it_is_the_plain_definition(seed: int, count: int, limit: int) -> None:
    random = np.random.default_rng(seed)
    rows = random.permutation(100)[:count].astype(np.int32)
    scores = random.normal(size=count)
    cluster_id = random.integers(0, 60, 100).astype(np.int32)
    vectors = quantize(random.normal(size=(100, 4)).astype(np.float32) / 2)
    seen = {int(cluster) for cluster in random.integers(0, 60, 3)}
    expected = plain(scores, rows, cluster_id, vectors, limit, 1.5, seen)
    assert rerank(scores, rows, cluster_id, vectors.__getitem__, limit, 1.5, seen) == expected


def plain(
    scores: np.ndarray,
    rows: np.ndarray,
    cluster_id: np.ndarray,
    vectors: np.ndarray,
    limit: int,
    penalty: float,
    seen: set[int],
) -> list[int]:
    used, best = set(seen), []
    for position in np.argsort(-scores, kind="stable").tolist():
        if int(cluster_id[rows[position]]) not in used:
            used.add(int(cluster_id[rows[position]]))
            best.append(position)
    best = best[: max(SHORTLIST, limit)]
    scaled = vectors.astype(np.float64) / VECTOR_SCALE
    chosen = best[: min(FIRST_BY_SCORE, limit)]
    while len(chosen) < min(limit, len(best)):
        rest = [position for position in best if position not in chosen]
        rest = [one for one in rest if -scores[one] <= MAX_SCORE_LOSS - scores[rest[0]]]
        mean = [np.mean(scaled[rows[chosen]] @ scaled[rows[one]]) for one in rest]
        chosen.append(rest[int(np.argmax(scores[rest] - penalty * np.array(mean)))])
    return chosen
