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
