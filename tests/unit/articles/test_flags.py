"""Flags tell what was repaired in an article and what looks wrong; they are no part of its text."""

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from recommender.articles.article import Article
from recommender.articles.enrich import enrich
from recommender.articles.flags import Flag, merged
from recommender.catalogue.store import Catalogue, Counts
from recommender.cli.formatting import flags_lines
from recommender.ingest.push import PushImporter
from recommender.ingest.readers.field_mapping import article_of

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LONG = "The harbour board met on Tuesday to discuss the price of berths for small boats. " * 3
REPAIRED = Article(id="a", title="Berths", published=NOW, body=LONG, flags=(Flag.TITLE_REPLACED,))


def test_a_reader_passes_flags_beside_the_fields() -> None:
    fields = {"id": "a", "title": "Berths", "published": "2026-01-01", "body": LONG}
    assert article_of(fields, UTC).flags == ()
    found = article_of(fields | {"flags": [Flag.DATE_FROM_TEXT]}, UTC)
    assert found.flags == (Flag.DATE_FROM_TEXT,)
    assert found.flagged(Flag.BODY_REPLACED, Flag.DATE_FROM_TEXT).flags == (
        Flag.DATE_FROM_TEXT,
        Flag.BODY_REPLACED,
    )


def test_values_of_a_newer_version_are_left_out() -> None:
    assert merged(["repaired by magic", "empty body"]) == (Flag.EMPTY_BODY,)


@pytest.mark.parametrize(
    ("body", "teaser", "flags"),
    [
        (LONG, "A lead.", ()),
        (LONG, "", (Flag.TEASER_MADE,)),
        ("Six berths are free.", "A lead.", (Flag.SHORT_BODY,)),
        ("港口委员会周二开会讨论小船泊位的价格" * 4, "A lead.", ()),
        ("", "A lead.", (Flag.EMPTY_BODY,)),
        ("", "", (Flag.EMPTY_BODY,)),
    ],
)
def test_missing_bodies_and_made_teasers_are_flagged(
    body: str, teaser: str, flags: tuple[Flag, ...]
) -> None:
    article = Article(id="a", title="Berths", published=NOW, body=body, teaser=teaser)
    assert enrich(article).flags == flags


def test_flags_are_stored_without_a_change_of_the_article(tmp_path: Path) -> None:
    catalogue = Catalogue(f"sqlite:///{tmp_path / 'catalogue.sqlite3'}")
    catalogue.add([msgspec.structs.replace(REPAIRED, flags=())], "here", NOW)
    before = catalogue.version()
    assert catalogue.add([REPAIRED], "here", NOW) == Counts(unchanged=1)
    assert catalogue.get("a") == REPAIRED
    assert catalogue.version() == before
    catalogue.close()


def test_pushed_articles_are_flagged(tmp_path: Path) -> None:
    catalogue = Catalogue(f"sqlite:///{tmp_path / 'catalogue.sqlite3'}")
    PushImporter(catalogue.engine).put(msgspec.structs.replace(REPAIRED, body=""), "cms", NOW)
    stored = catalogue.get("a")
    assert stored is not None
    assert set(stored.flags) == {Flag.TITLE_REPLACED, Flag.EMPTY_BODY}
    catalogue.close()


def test_repairs_and_suspicions_have_a_line_each_with_the_most_frequent_first() -> None:
    flags = {Flag.EMPTY_BODY: 2, Flag.TEASER_MADE: 3, Flag.BODY_REPLACED: 14}
    assert list(flags_lines(flags)) == [
        "repaired: body replaced (14), teaser made from the body (3)",
        "suspicious: empty body (2)",
    ]
    assert list(flags_lines({})) == []
