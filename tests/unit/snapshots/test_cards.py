"""Cards as JSON: what readers get."""

import json
from datetime import UTC, datetime

import pytest

from recommender.articles.article import Article
from recommender.snapshots.cards import encode_card, finish_card

PUBLISHED = datetime(2026, 10, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", " JavaScript:alert(1)", "java\tscript:x", "data:text/html,x", "blob:x"],
)
def test_cards_have_web_addresses_only(address: str) -> None:
    article = Article(id="a", title="T", published=PUBLISHED, url=address, image=address)
    card = json.loads(finish_card(encode_card(article), "related"))
    assert (card["url"], card["image"]) == ("", None)


@pytest.mark.parametrize("address", ["https://site.example/a", "/a?b=c:d", "a/b.html", "//cdn/a"])
def test_web_addresses_stay(address: str) -> None:
    article = Article(id="a", title="T", published=PUBLISHED, url=address, image=address)
    card = json.loads(finish_card(encode_card(article), "related"))
    assert (card["url"], card["image"]) == (address, address)


@pytest.mark.parametrize(
    ("address", "resolved"),
    [
        ("/2026/a?b=c", "https://www.site.example/2026/a?b=c"),
        ("a/b.html", "https://www.site.example/news/a/b.html"),
        ("../a", "https://www.site.example/a"),
        ("//cdn.example/a", "https://cdn.example/a"),
        ("http://other.example/a", "http://other.example/a"),
        ("//[broken", ""),
        ("javascript:alert(1)", ""),
        ("", ""),
    ],
)
def test_relative_addresses_are_resolved_against_the_site(address: str, resolved: str) -> None:
    article = Article(id="a", title="T", published=PUBLISHED, url=address, image=address)
    encoded = encode_card(article, "https://www.site.example/news/")
    card = json.loads(finish_card(encoded, "related"))
    assert (card["url"], card["image"] or "") == (resolved, resolved)
