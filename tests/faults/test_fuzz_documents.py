"""Documents that were changed at random give articles or rejected records, no unexpected error.

``RECOMMENDER_FUZZ_SECONDS=600`` fuzzes each kind for ten minutes, with other changes each time.
"""

from __future__ import annotations

import os
import time
import unicodedata
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC
from functools import partial
from pathlib import Path
from tempfile import NamedTemporaryFile
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings

from fuzz_corpus import CORPUS, changed
from read_page import article_of_page
from recommender.articles.article import Article
from recommender.dates import read_date, read_written_date
from recommender.errors import ArticleError, SourceError
from recommender.ingest.readers import feed
from recommender.ingest.readers.record_error import RejectedRecord, converted
from recommender.ingest.web import sitemap, wordpress_export
from recommender.text.markup.plain_text import body
from recommender.text.teaser import make_teaser, whole_teaser
from recommender.urls import web_address
from recommender.written_dates import find_date

SECONDS = float(os.environ.get("RECOMMENDER_FUZZ_SECONDS", "0"))
"""600 by hand."""

ZONE = ZoneInfo("Europe/Warsaw")

UNEXPECTED = "expected a record that can be read, got an error"
"""What a record is rejected for that raised something nobody had thought of."""


def examine(items: Iterable[object]) -> None:
    """Hold articles to what cards need, and rejected records to known reasons."""
    with suppress(SourceError):
        for item in items:
            if isinstance(item, Article):
                for line in (item.id, item.title, item.teaser, item.section, *item.tags):
                    assert not any(unicodedata.category(one) in {"Cc", "Cs"} for one in line), line
                assert item.published.tzinfo is UTC
                assert web_address(item.url) in {"", item.url}
            elif isinstance(item, RejectedRecord):
                assert UNEXPECTED not in item.reason
                assert str(item).isprintable()


def read_html(text: str) -> None:
    page = partial(article_of_page, "http://a/b", _encoded(text), None, ZONE)
    examine([converted("a.html", page)])


def read_sitemap(text: str) -> None:
    list(sitemap._parse("a.xml", _encoded(text)))


def read_export(text: str) -> None:
    with NamedTemporaryFile(suffix=".xml") as file:
        Path(file.name).write_bytes(_encoded(text))
        examine(wordpress_export.read(file.name, ZONE))


def read_feed(text: str) -> None:
    examine(feed.articles("a.xml", _encoded(text), ZONE))


def read_dates(text: str) -> None:
    for read in (read_date, read_written_date):
        with suppress(ArticleError):
            date = read(text, ZONE)
            assert date.tzinfo is UTC
            assert date.year >= 1000
    for language in ("", "en-US", "pl"):
        find_date(text, ZONE, language)


def read_teaser(text: str) -> None:
    plain = body(text)
    for language in ("en", "zh", "ar", "th", "xx-Zzzz-001"):
        teaser = make_teaser(plain, plain[:20], language, [plain[20:30]])
        assert "\n" not in teaser
    whole_teaser(plain[:200].replace("\n", " "), plain)


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


READERS: dict[str, Callable[[str], None]] = {
    "HTML": read_html,
    "sitemap": read_sitemap,
    "export": read_export,
    "feed": read_feed,
    "dates": read_dates,
    "teasers": read_teaser,
}


@pytest.mark.parametrize("kind", READERS)
def test_changed_documents(kind: str) -> None:
    until = time.monotonic() + SECONDS
    limits = settings(
        max_examples=2_000 if SECONDS else 25,
        derandomize=not SECONDS,
        database=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    while True:
        limits(given(changed(CORPUS[kind]))(READERS[kind]))()
        if time.monotonic() >= until:
            return


def test_every_kind_is_fuzzed() -> None:
    assert READERS.keys() == CORPUS.keys()
