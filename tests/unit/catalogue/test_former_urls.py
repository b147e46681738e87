"""Addresses that articles had before, and records that a source returns to."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime

import msgspec
import pytest

from recommender.articles.article import Article
from recommender.catalogue.store import Catalogue

NOW = datetime(2026, 1, 1, tzinfo=UTC)
QUAY = Article(
    id="q", title="Quay", published=NOW, url="http://port.example/2026/quay?utm_medium=x"
)
SHED = Article(id="s", title="Shed", published=NOW, url="https://port.example/shed")


@pytest.fixture
def catalogue(database: str) -> Iterator[Catalogue]:
    with closing(Catalogue(database)) as opened:
        yield opened


def at(article: Article, url: str) -> Article:
    return msgspec.structs.replace(article, url=url)


def test_a_replaced_address_still_names_the_article(catalogue: Catalogue) -> None:
    catalogue.add([QUAY, SHED], "here", NOW)
    assert catalogue.former_urls() == {}
    catalogue.add([at(QUAY, "https://port.example/news/quay"), at(SHED, "")], "here", NOW)
    assert catalogue.former_urls() == {"port.example/2026/quay": "q", "port.example/shed": "s"}
    catalogue.add([at(QUAY, "https://port.example/shed")], "here", NOW)
    catalogue.add([at(QUAY, "https://port.example/new-shed")], "here", NOW)
    assert catalogue.former_urls()["port.example/shed"] == "q"


def test_the_same_address_written_otherwise_is_no_former_one(catalogue: Catalogue) -> None:
    catalogue.add([QUAY], "here", NOW)
    catalogue.add([at(QUAY, "https://www.port.example/2026/quay/")], "here", NOW)
    assert catalogue.former_urls() == {}


def test_records_that_a_source_returns_to_are_the_last_imported(catalogue: Catalogue) -> None:
    later = msgspec.structs.replace(QUAY, id="q2", url="https://port.example/q2")
    catalogue.add([QUAY, SHED], "monday", NOW)
    catalogue.add([later, SHED], "tuesday", NOW)
    assert catalogue.renew({"q2", "s"}) == 0
    before = catalogue.version()
    assert catalogue.renew({"q", "s"}) == 1
    numbers = catalogue.import_numbers()
    assert numbers["q"] == catalogue.version() == before + 1
    assert numbers["q"] > numbers["q2"]
    assert catalogue.renew({"q", "s"}) == 0


def test_two_editions_in_one_source_change_nothing(catalogue: Catalogue) -> None:
    catalogue.add([QUAY], "here", NOW)
    catalogue.add([QUAY, msgspec.structs.replace(QUAY, id="city/q")], "here", NOW)
    assert catalogue.renew({"q", "city/q"}) == 0
