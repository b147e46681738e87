"""The pages of the example newsroom, read back: every word is known."""

import sys
from collections.abc import Iterator
from datetime import UTC

import pytest
from flask import Flask, render_template

from paths import ROOT
from read_page import article_of_page
from recommender.articles.article import Article

sys.path.insert(0, str(ROOT / "examples" / "newsroom"))
import site_pages


@pytest.fixture(scope="module")
def newsroom() -> Iterator[Flask]:
    return site_pages.create_site()


def card(article: Article) -> dict[str, object]:
    return {
        "id": article.id, "title": article.title, "teaser": article.teaser, "origin": "related",
        "section": article.section, "language": article.language, "image": None,
        "published": article.published.isoformat(),
    }  # fmt: skip


def test_every_page_is_read_without_its_cards(newsroom: Flask) -> None:
    articles = [article for article in site_pages.public_articles() if article.body]
    assert len(articles) > 100
    for number, article in enumerate(articles):
        others = [a for a in articles[number + 1 :] + articles[:number] if a.title != article.title]
        with newsroom.test_request_context("/"):
            html = render_template(
                "article.html", article=article, cards=[card(other) for other in others[:6]]
            )
        found = article_of_page(f"http://127.0.0.1/{number}", html.encode(), "utf-8", UTC)
        assert found.title == article.title
        assert found.published.replace(microsecond=0) == article.published.replace(microsecond=0)
        assert found.section == article.section
        assert found.body.splitlines()[0] != article.section
        if article.updated:
            assert found.updated == article.updated.replace(second=0, microsecond=0), article.id
        assert words(article.body) <= words(found.body), article.id
        assert "Related posts" not in found.body
        for other in others[:6]:
            assert other.teaser not in found.body or other.teaser in article.body, article.id
        if article.authors:
            assert found.authors == article.authors, article.id


def words(text: str) -> set[str]:
    return set(text.split())
