"""Figures of feeds in public test sets: entries, dates, teasers and bodies.

None of the feeds is part of this repository. Clone kurtmckee/feedparser, mmcdole/gofeed,
feedjira/feedjira or others into the folder. Every feed in it is read, whatever its name.
"""

from __future__ import annotations

import io
import re
from calendar import timegm
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dateparser
import feedparser

from recommender.articles.article import Article
from recommender.articles.enrich import enrich
from recommender.dates import read_written_date
from recommender.errors import ArticleError, SourceError
from recommender.ingest.readers import feed
from recommender.text.word_count import word_count

SUFFIXES = {".xml", ".rss", ".atom", ".rdf"}

MIN_CONTENT_WORDS = 25
"""Words of content, as feedparser has it, from which on an article should have a body."""

_FEED = re.compile(rb"<(?:rss|feed|rdf:RDF)\b")
_EXPORT = b"wordpress.org/export/"
_CUT = re.compile(r"(?:…|\.\.\.|\[\+\d+ chars\])\W*$")
_TAG = re.compile(r"<[^<>]*>")
_UTC: Any = {"TIMEZONE": "UTC", "RETURN_AS_TIMEZONE_AWARE": True}


def feed_figures(folder: Path) -> dict[str, int]:
    """Count what the reader of feeds finds in all feeds under a folder."""
    counts: Counter[str] = Counter()
    dates: set[str] = set()
    for path, data in _feeds(folder):
        counts["feeds"] += 1
        entries = feedparser.parse(
            io.BytesIO(data), response_headers={"content-type": "application/xml"}
        ).entries
        dates |= {str(dict.get(entry, "published") or "") for entry in entries}
        _count(list(feed.articles(str(path), data, UTC)), _contents(entries), counts)
    for date in filter(None, dates):
        counts.update(_date_figures(date))
    return dict(counts)


def _feeds(folder: Path) -> Iterator[tuple[Path, bytes]]:
    for path in sorted(p for p in folder.rglob("*") if p.suffix in SUFFIXES and p.is_file()):
        data = path.read_bytes()
        if not _FEED.search(data[:4096]) or _EXPORT in data[:4096]:
            continue
        try:
            next(feed.articles(str(path), data, UTC), None)
        except SourceError:
            continue  # none of our kinds
        yield path, data


def _contents(entries: list[Any]) -> dict[str, int]:
    """Return the words of the content of entries by their titles."""
    return {
        str(entry.get("title")): word_count(_TAG.sub(" ", entry.content[0].get("value") or ""))
        for entry in entries
        if entry.get("content")
    }


def _count(items: list[Any], contents: dict[str, int], counts: Counter[str]) -> None:
    for item in items:
        if not isinstance(item, Article):
            counts["rejected"] += item.is_error
            continue
        article = enrich(item)
        counts["articles"] += 1
        counts["teasers cut off"] += bool(_CUT.search(article.teaser))
        counts["teasers with tags"] += bool(_TAG.search(article.teaser))
        is_lost = not article.body and contents.get(item.title, 0) >= MIN_CONTENT_WORDS
        counts["bodies lost"] += is_lost


def _date_figures(text: str) -> Iterator[str]:
    """Compare a date with feedparser, which knows feeds, and dateparser, which knows languages."""
    yield "distinct dates"
    try:
        ours = read_written_date(text, UTC)
    except ArticleError:
        yield "dates refused"
        return
    parsed = feedparser.datetimes._parse_date(text)  # noqa: SLF001 - it has no public name
    others = [datetime.fromtimestamp(timegm(parsed), UTC)] if parsed else []
    others += [found for found in [dateparser.parse(text, settings=_UTC)] if found]
    if any(abs((ours - other).total_seconds()) < 1 for other in others):
        yield "dates as another parser"
    else:
        yield "dates unlike any other"
