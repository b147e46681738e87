"""Link features, on graphs small enough to be followed by hand."""

import numpy as np
import pytest

from models.arrays import Floats
from models.features.link_graph import LinkGraph, link_batch, link_index

PUBLISHED = np.array([60, 50, 40, 30, 20, 10], dtype=np.int64)
NOT_SIMILAR = np.zeros(6)
QUERY = 0


def graph(*links: tuple[int, int, int], size: int = 6) -> LinkGraph:
    sources, targets, known = (np.array(part, dtype=np.int64) for part in zip(*links, strict=True))
    return LinkGraph(sources, targets, known, size)


def features_of(links: LinkGraph, similarity: Floats, row: int = QUERY) -> dict[str, Floats]:
    """Features of all six articles as candidates under one."""
    index = link_index(links, PUBLISHED)
    batch = link_batch(index, np.array([row]), similarity[None].astype(np.float32))
    return batch.of_pairs(np.zeros(6, dtype=np.intp), np.arange(6))


def test_later_links_are_left_out() -> None:
    links = graph((0, 5, 60), (1, 5, 50), (2, 5, 40), (3, 5, 30))
    assert links.as_of(50).sources.tolist() == [2, 3]


def test_own_links_are_left_out() -> None:
    similarity = np.array([0, 0.9, 0.5, 0.2, 0, 0.1])
    links = [(1, 4, 50), (3, 5, 30), (1, 5, 50), (4, 5, 20)]
    own = [(0, 5, 60), (0, 4, 60)]
    found = features_of(graph(*links, *own), similarity)
    expected = features_of(graph(*links), similarity)
    for name, values in expected.items():
        np.testing.assert_allclose(found[name][1:], values[1:], err_msg=name)


@pytest.mark.parametrize("rows", [[0], [5], [1, 3], [0, 1, 2, 3, 4, 5]])
def test_an_index_without_the_links_from_articles_is_one_of_the_other_links(
    rows: list[int],
) -> None:
    links = [(0, 5, 60), (0, 4, 60), (0, 1, 60), (1, 0, 60), (1, 4, 50), (3, 5, 30), (2, 1, 50)]
    twice = [*links, (1, 4, 50)]
    found = link_index(graph(*twice), PUBLISHED).without_links_from(np.array(rows))
    kept = [link for link in twice if link[0] not in rows]
    others = np.array(kept, dtype=np.int64).reshape(-1, 3).T
    expected = link_index(LinkGraph(*others, 6), PUBLISHED)
    for name in ("incoming", "outgoing", "linking_since", "published"):
        np.testing.assert_array_equal(getattr(found, name), getattr(expected, name), name)
    for name in ("out", "both"):
        matrix = getattr(found, name)
        np.testing.assert_array_equal(matrix.toarray(), getattr(expected, name).toarray(), name)
        assert matrix.nnz == getattr(expected, name).nnz, name


def test_a_linked_article_stands_out() -> None:
    features = features_of(graph((1, 4, 50), (2, 4, 40), (3, 5, 30)), NOT_SIMILAR)
    assert features["inlink_rate_log"].argmax() == 4
    assert features["outlink_count_log"][[1, 2, 3]].tolist() == [np.log(2)] * 3
    assert (features["link_graph_walk"] == 0).all()


def test_targets_of_similar_articles_are_found() -> None:
    features = features_of(graph((1, 4, 50), (3, 5, 30)), np.array([0, 0.9, 0, 0.1, 0, 0]))
    for name in ("cocitation_tfidf", "link_graph_walk"):
        assert features[name].argmax() == 4, name
        assert features[name][4] > features[name][5] >= 0


def test_without_links_all_candidates_are_equal() -> None:
    nothing = np.zeros(0, dtype=np.int64)
    features = features_of(LinkGraph(nothing, nothing, nothing, 6), NOT_SIMILAR)
    assert all(len(set(values.tolist())) == 1 for values in features.values())


def test_links_with_the_pool_count_either_way_in_shares_of_those_of_a_member() -> None:
    links = graph((0, 2, 9), (1, 2, 9), (3, 1, 9), size=6)
    batch = link_batch(link_index(links, PUBLISHED), np.array([5]), np.zeros((1, 6), np.float32))
    between = batch.between(0, np.array([1, 2, 4]), np.array([2, 3, 4]))
    np.testing.assert_allclose(between.toarray(), [[1 / 2, 1, 0], [0, 0, 0], [0, 0, 0]])
