"""Articles whose bodies are in a file equal the given ones."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from recommender.articles.article import Article
from recommender.indexing.mapped_articles import MappedArticles

BODIES = ("Zażółć gęślą jaźń.\nSecond line.", "", "和平谈判在维尔纽斯举行。")


def given() -> list[Article]:
    published = datetime(2026, 1, 1, tzinfo=UTC)
    return [
        Article(id=str(number), title=f"Title {number}", published=published, body=body)
        for number, body in enumerate(BODIES)
    ]


def test_articles_are_read_back_with_their_bodies(tmp_path: Path) -> None:
    articles, read = given(), MappedArticles(given(), tmp_path)
    assert len(read) == 3
    assert list(read) == articles
    assert read[1:] == articles[1:]
    assert read[-1] == articles[-1]
    with pytest.raises(IndexError):
        read[3]


def test_only_the_articles_without_text_are_kept_and_no_file(tmp_path: Path) -> None:
    read = MappedArticles(given(), tmp_path)
    assert all(
        body not in one.body for one, body in zip(read.without_text, BODIES, strict=True) if body
    )
    assert list(tmp_path.iterdir()) == []


def test_articles_without_any_text_can_be_mapped(tmp_path: Path) -> None:
    assert list(MappedArticles([], tmp_path)) == []
    assert list(MappedArticles(given()[1:2], tmp_path)) == given()[1:2]
