"""Articles whose bodies are in a file equal the given ones."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from recommender.articles.article import Article
from recommender.indexing.mapped import MappedStorage
from recommender.indexing.stored_articles import StoredArticles

BODIES = ("Zażółć gęślą jaźń.\nSecond line.", "", "和平谈判在维尔纽斯举行。")


def given() -> list[Article]:
    published = datetime(2026, 1, 1, tzinfo=UTC)
    return [
        Article(id=str(number), title=f"Title {number}", published=published, body=body)
        for number, body in enumerate(BODIES)
    ]


def test_articles_are_read_back_with_their_bodies(tmp_path: Path) -> None:
    articles, read = given(), StoredArticles(given(), MappedStorage(tmp_path))
    assert len(read) == 3
    assert list(read) == articles
    assert read[1:] == articles[1:]
    assert read[-1] == articles[-1]
    with pytest.raises(IndexError):
        read[3]


def test_only_the_articles_without_text_are_kept_and_no_file(tmp_path: Path) -> None:
    read = StoredArticles(given(), MappedStorage(tmp_path))
    assert all(
        body not in one.body for one, body in zip(read.without_text, BODIES, strict=True) if body
    )
    assert list(tmp_path.iterdir()) == []


def test_articles_without_any_text_can_be_stored(tmp_path: Path) -> None:
    assert list(StoredArticles([], MappedStorage(tmp_path))) == []
    assert list(StoredArticles(given()[1:2], MappedStorage(tmp_path))) == given()[1:2]
