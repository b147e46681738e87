"""From a record to an article."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from recommender.articles.article import Article, Record, Status, article_from
from recommender.errors import ArticleError

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def record(**fields: object) -> Record:
    given = {"id": "a", "title": "A", "published": "2025-01-01"} | fields
    return msgspec.convert(given, Record)


def test_text_is_cleaned() -> None:
    article = article_from(
        record(
            title=" Z\u0323\u0307  to\u00adday\n ",
            body="one\r\n\r\ntwo\x00\u200b",
            tags=["a ", "", "a"],
        )
    )
    assert article.title == "Ẓ\u0307 today"
    assert article.body == "one\n\ntwo"
    assert article.tags == ("a",)


def test_numbers_are_taken_as_ids() -> None:
    article = article_from(record(id=12, links=[3, "b"]))
    assert article.id == "12"
    assert article.links == ("3", "b")


@pytest.mark.parametrize("identifier", ["a b", "żuraw nad Wisłą", "a/b//c", "?#%2F", "🙂"])
def test_any_unicode_is_an_id(identifier: str) -> None:
    assert article_from(record(id=identifier)).id == identifier


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"id": ""}, "id: expected text, got nothing"),
        ({"id": "x" * 1001}, "id: expected at most 1000 characters, got 1001"),
        ({"id": "a\x07b"}, "id: .*control"),
        ({"title": " \n"}, "title: expected text, got nothing"),
        ({"published": "soon"}, "published: expected RFC 3339, .* got 'soon'"),
        ({"published": "11/02/2026"}, "published: '11/02/2026' is 2 November or 11 February"),
    ],
)
def test_invalid_articles_are_explained(fields: dict[str, object], named: str) -> None:
    with pytest.raises(ArticleError, match=named):
        article_from(record(**fields))


def test_visibility_by_status_and_dates() -> None:
    def article(**fields: object) -> Article:
        given = {"id": "a", "title": "A", "published": NOW} | fields
        return msgspec.convert(given, Article)

    later = NOW + timedelta(seconds=1)
    assert article().is_public(NOW)
    assert not article(published=later).is_public(NOW)
    assert not article(expires=NOW).is_public(NOW)
    assert article(expires=later).is_public(NOW)
    assert not article(status=Status.DRAFT).is_public(NOW)
    assert not article(status=Status.WITHDRAWN).is_public(NOW)
