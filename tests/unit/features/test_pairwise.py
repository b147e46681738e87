"""Features of pairs on sites small enough to be followed by hand."""

import numpy as np

from models.features.link_graph import LinkGraph, link_features
from models.features.pairwise import FEATURES, THEMES, contributions_by_theme
from models.features.time_distance import time_features


def graph(*links: tuple[int, int, int], size: int = 6) -> LinkGraph:
    sources, targets, known = (np.array(part, dtype=np.int64) for part in zip(*links, strict=True))
    return LinkGraph(sources, targets, known, size)


PUBLISHED = np.array([60, 50, 40, 30, 20, 10], dtype=np.int64)
NOBODY = np.zeros(6)


def test_own_and_later_links_are_not_seen() -> None:
    links = graph((0, 5, 60), (1, 5, 50), (2, 5, 40), (3, 5, 30))
    seen = links.as_of(50, without=2)
    assert seen.sources.tolist() == [3]


def test_who_is_linked_to_stands_out() -> None:
    features = link_features(graph((1, 4, 50), (2, 4, 40), (3, 5, 30)), NOBODY, PUBLISHED)
    assert features["inlink_rate_log"].argmax() == 4
    assert features["outlink_count_log"][[1, 2, 3]].tolist() == [np.log(2)] * 3
    assert (features["link_graph_walk"] == 0).all()


def test_what_similar_articles_linked_to_is_found() -> None:
    similar = np.array([0, 0.9, 0, 0.1, 0, 0])
    features = link_features(graph((1, 4, 50), (3, 5, 30)), similar, PUBLISHED)
    for name in ("cocitation_tfidf", "link_graph_walk"):
        assert features[name].argmax() == 4, name
        assert features[name][4] > features[name][5] >= 0


def test_without_any_link_all_are_alike() -> None:
    nothing = np.zeros(0, dtype=np.int64)
    features = link_features(LinkGraph(nothing, nothing, nothing, 6), NOBODY, PUBLISHED)
    assert all(len(set(values.tolist())) == 1 for values in features.values())


def test_distance_counts_days_and_articles_both_ways() -> None:
    features = time_features(PUBLISHED * 86_400, 2, np.array([1, 3, 5], dtype=np.int32))
    assert features["rank_distance_log"].tolist() == [np.log(2), np.log(2), np.log(4)]
    np.testing.assert_allclose(features["within_60_days"], 0.5 ** (np.array([10, 10, 30]) / 60))


def test_every_feature_belongs_to_one_theme() -> None:
    assert sorted(name for members in THEMES.values() for name in members) == sorted(FEATURES)
    shares = np.random.default_rng(1).normal(size=(4, len(FEATURES)))
    np.testing.assert_allclose(
        contributions_by_theme(shares, FEATURES).sum(axis=1), shares.sum(axis=1)
    )
