"""Queries of articles that link: their candidates, relevant articles, time and memory."""

import tracemalloc
from datetime import UTC, datetime, timedelta

import numpy as np

from recommender.articles.article import Article
from recommender.learning.examples import MAX_EXAMPLES
from recommender.learning.queries import evaluation_queries
from recommender.learning.site_weights import TrainingQueries
from recommender.overrides.override import Kind, Override

NEWEST = datetime(2026, 5, 9, 20, tzinfo=UTC)


def archive(count: int, hours: float = 6) -> list[Article]:
    """Articles at equal distances in time, newest first."""
    return [
        Article(id=str(row), title="t", published=NEWEST - timedelta(hours=hours * row))
        for row in range(count)
    ]


def test_candidates_are_the_other_articles_until_the_end_of_the_day() -> None:
    (query,) = evaluation_queries(archive(8), [(5, 6), (5, 1), (5, 3), (5, 5)])
    assert query.row == 5
    assert query.candidates.tolist() == [4, 6, 7]
    assert query.relevant == {6}
    assert query.as_of == int((NEWEST - timedelta(hours=30)).timestamp())


def test_a_link_to_a_later_day_alone_makes_no_query() -> None:
    assert evaluation_queries(archive(8), [(7, 0), (3, 3)]) == []


def test_queries_take_no_memory_for_their_candidates() -> None:
    size = 3_000
    articles, links = archive(size), [(row, row + 1) for row in range(size - 1)]
    tracemalloc.start()
    queries = evaluation_queries(articles, links)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(queries) == size - 1
    assert peak < 1_000 * size  # their rows would be 4 * size ** 2 / 2 bytes: 18 MB


def test_a_site_with_more_links_than_examples_is_trained_again_when_it_grows() -> None:
    """The number of examples stays the same, but not that of the articles that link."""
    size = MAX_EXAMPLES + 200
    links = [(row, row + 1) for row in range(size - 1)]
    queries = TrainingQueries.of(archive(size), links, [], np.zeros(size, dtype=np.int32))
    assert len(queries.linking) == MAX_EXAMPLES
    assert queries.found == size - 1


def test_what_cannot_be_a_card_is_no_training_example() -> None:
    languages = np.array([0, 0, 1, 0, 1, 1], dtype=np.int32)
    now = int(NEWEST.timestamp())
    pins = [
        Override(kind=Kind.PIN, article=row, pick=pick, created=now)
        for row, pick in [("0", "4"), ("0", "1")]
    ]
    found = TrainingQueries.of(archive(6), [(0, 2), (0, 3), (2, 3), (4, 5)], pins, languages)
    assert [(query.row, query.relevant) for query in found.linking] == [(0, {3}), (4, {5})]
    assert [query.relevant for query, _ in found.overridden] == [{1}]
