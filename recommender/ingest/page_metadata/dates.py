"""Find the dates of an article: in structured data, meta elements, ``time``, text and address."""

from __future__ import annotations

import contextlib
import logging
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from itertools import islice
from typing import Any

from lxml import etree

from recommender.articles.flags import Flag
from recommender.ingest.page_metadata import json_ld
from recommender.ingest.page_metadata.elements import line_of, names_of, pieces, text_of
from recommender.ingest.page_metadata.page import Page
from recommender.text.bylines import date_label
from recommender.text.html import parts_of
from recommender.written_dates import find_date

_PUBLISHED = (
    "article:published_time",
    "article:published",
    "og:article:published_time",
    "og:published_time",
    "og:pubdate",
    "article:publicationdate",
    "datepublished",
    "datepublished datecreated",
    "parsely-pub-date",
    "sailthru.date",
    "publish-date",
    "publish_date",
    "publishdate",
    "publication_date",
    "publicationdate",
    "published",
    "published_time",
    "published-date",
    "pubdate",
    "pub_date",
    "date_published",
    "cxenseparse:recs:publishtime",
    "cxenseparse:publishtime",
    "bt:pubdate",
    "dc.date.issued",
    "dc.date.created",
    "dc.date.published",
    "dc.date.publication",
    "dcterms.issued",
    "dcterms.created",
    "dcterms.available",
    "dcterms.date",
    "dc.date",
    "dc:date",
    "dc:created",
    "citation_publication_date",
    "citation_date",
    "citation_online_date",
    "shareaholic:article_published_time",
    "vr:published_time",
    "last-published",
    "originalpublicationdate",
    "rbpubdate",
    "ptime",
    "pdate",
    "displaydate",
    "timestamp",
    "datecreated",
    "article_date_original",
    "article.published",
    "article.created",
    "cre_date",
    "created",
    "creation_date",
    "date",
    "release_date",
    "releasedate",
    "video:release_date",
    "weibo: article:create_at",
    "weibo:article:create_at",
)
_UPDATED = (
    "article:modified_time",
    "article:modified",
    "og:article:modified_time",
    "og:updated_time",
    "og:modified_time",
    "datemodified",
    "last-modified",
    "lastmod",
    "last_modified",
    "modified",
    "revised",
    "updated_time",
    "dcterms.modified",
    "dc.date.modified",
    "rbpubdate.modified",
    "moddate",
    "utime",
)
_PUBLISHED_CLASS = re.compile(
    r"(?:^|[\s_-]|__)(?:published?(?:-?(?:on|at|date|time))?|pub-?(?:date|time)|(?:entry|post|article"
    r"|story|news|item|blog|publication|publish|created?|release|meta|byline|node|page)-?(?:date"
    r"|time|datum|published)\w*|posted-?on|date-?(?:published|posted|created|time|line)"
    r"|submitted|authored|by-?line|(?:post|entry|article|node|story)-?(?:meta|info|details)|author"
    r"|date|datum|fecha|data|time-?stamp|time|datetime|dtstamp|created)(?=$|[\s_-])",
    re.IGNORECASE,
)
_UPDATED_CLASS = re.compile(r"(?:^|[\s_-]|date)(?:updated?|modified|last-?mod)", re.IGNORECASE)

_IN_ADDRESS = (
    re.compile(
        r"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<mark>[/_-]?)(?P<month>1[0-2]|0[1-9])(?P=mark)"
        r"(?P<day>3[01]|[12]\d|0[1-9])(?!\d)"
    ),
    re.compile(
        r"/(?P<year>(?:19|20)\d\d)/(?P<month>1[0-2]|0?[1-9])/(?P<day>3[01]|[12]\d|0?[1-9])(?=/|$)"
    ),
    re.compile(
        r"(?<!\d)(?P<day>3[01]|[012]\d)[-_.](?P<month>1[0-2]|0\d)[-_.](?P<year>20\d\d)(?!\d)"
    ),
)
"""A day in the path of an address. One digit for a month or day is too little between others."""

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
"""The first web site. Dates before are placeholders such as 1970, or in the text."""


@dataclass(frozen=True)
class PageDates:
    """The dates of a page, in ISO 8601 with a zone; "" where there is none."""

    published: str = ""
    updated: str = ""
    flag: Flag | None = None
    """Set if no metadata of the page has the date of publication."""


@dataclass(frozen=True)
class _Reader:
    """Reads dates in the language and time zone of a page."""

    language: str
    zone: tzinfo

    def first(self, texts: Iterator[str]) -> str:
        """Return the first date of some texts; "" if none has one."""
        return next((date for text in texts if (date := self.read(text))), "")

    def read(self, text: Any) -> str:
        found = find_date(text, self.zone, self.language) if isinstance(text, str) else None
        if found is None or not found.date >= EARLIEST:
            return ""
        return found.date.isoformat()


def dates_of(page: Page, title: Any, zone: tzinfo) -> PageDates:
    """Return when an article was published and updated.

    Parameters
    ----------
    page : the page.
    title : the element of the title; None if it is unknown.
    zone : time zone of dates that name none.
    """
    reader = _Reader(page.language, zone)
    updated = reader.first(_named_updates(page, title))
    published = reader.first(_named(page, title))
    listed = "" if published else reader.read(page.listed.published)
    shown = [] if published and updated else list(_shown(page, title, reader))
    marked, plain, changed = (
        next((one.date for one in shown if one.kind == kind), "")
        for kind in (PUBLISHED, PLAIN, UPDATED)
    )
    updated = updated or changed
    if published or listed:
        return PageDates(published or listed, updated, Flag.DATE_FROM_SITEMAP if listed else None)
    if published := marked or plain or reader.read(_address_date(page.address)):
        return PageDates(published, updated, None if marked else Flag.DATE_FROM_TEXT)
    if updated:
        return PageDates(updated)  # some sites show only "last updated"
    return PageDates(reader.read(_searched(page)), flag=Flag.DATE_FROM_TEXT)


def _searched(page: Page) -> str:
    """Return the day that htmldate finds, if the page writes it with the year first.

    It guesses the order of 02/03/2026, and days of which only the year is given.
    """
    import htmldate  # noqa: PLC0415 - only pages without any other date need it

    logging.getLogger("htmldate").setLevel(logging.CRITICAL)
    shown = page.visible_copy()
    with contextlib.suppress(ValueError, TypeError, AttributeError):
        written = etree.tostring(shown, encoding="unicode")
        day = htmldate.find_date(shown, extensive_search=False, original_date=True) or ""
        return day if day in written else ""
    return ""


def _named(page: Page, title: Any) -> Iterator[str]:
    """Yield the dates of publication in JSON-LD, meta elements and microdata."""
    yield from _of_nodes([page.node], "datePublished")
    yield from page.all(_PUBLISHED)
    yield from _microdata(page, title, "datePublished")
    pages = [node for node in page.nodes if "WebPage" in json_ld.types(node)]
    yield from _of_nodes(pages, "datePublished")
    yield from _of_nodes([page.node], "dateCreated")
    yield from _microdata(page, title, "dateCreated")


def _named_updates(page: Page, title: Any) -> Iterator[str]:
    yield from _of_nodes([page.node], "dateModified")
    yield from page.all(_UPDATED)
    yield from _microdata(page, title, "dateModified")


def _of_nodes(nodes: list[dict[str, Any]], name: str) -> Iterator[str]:
    for node in nodes:
        yield from (one for one in json_ld.as_list(node.get(name)) if isinstance(one, str))


def _microdata(page: Page, title: Any, name: str) -> Iterator[str]:
    """Yield the values of a property, those near the title first."""
    head = page.head(title)
    for element in (*head.below, *head.above, *head.rest):
        rdfa = (element.get("property") or "").rpartition(":")[2]
        if name in (element.get("itemprop") or "").split() or name == rdfa:
            yield from _values(element)


def _values(element: Any) -> Iterator[str]:
    yield from filter(None, (element.get(name) for name in ("datetime", "content", "title")))
    yield text_of(element)


PUBLISHED, UPDATED, PLAIN = "published", "updated", "plain"
"""What a visible date is, by its label or class name; plain if it has none."""


@dataclass(frozen=True)
class _Date:
    kind: str
    date: str


def _shown(page: Page, title: Any, reader: _Reader) -> Iterator[_Date]:
    """Yield the visible dates: below the title, then above it, then those with a label or class."""
    head = page.head(title)
    inside = [one for one in title.iter() if one is not title] if title is not None else []
    yield from _in([*inside, *head.below], reader)
    paragraphs = (one for one in head.rest if one.tag in {"p", "div"})
    yield from _dateline(islice(paragraphs, DATELINE), reader)
    yield from _in(head.above, reader)
    yield from (one for one in _in(head.rest, reader) if one.kind != PLAIN)


def _dateline(elements: Iterable[Any], reader: _Reader) -> Iterator[_Date]:
    """Yield the date at the beginning of the text: "2 March 2026 – The council ..."."""
    for element in elements:
        start = _DATELINE.match(text_of(element)[:MAX_PLAIN_LENGTH])
        if start and (date := reader.read(start[0])):
            yield _Date(PLAIN, date)


_DATELINE = re.compile(
    r"[^.!?:;\d]{0,40}(?:\d{1,2}\.?[^.!?\d]{1,20}\d{4}|\d{1,2}\.\d{1,2}\.\d{2,4}|[^\W\d]+\s\d+,\s\d{4}"
    r"|\d{4}-\d\d-\d\d)(?=[\s.]*[-–—―|:/)„“\"«•])"
)
"""A date with the name of a place before it, and a dash or bracket after it."""

DATELINE = 4
"""Paragraphs at the beginning of the text that may begin with a dateline."""


def _in(elements: list[Any], reader: _Reader) -> Iterator[_Date]:
    """Yield the dates of ``time`` elements, of class names and of short lines, in this order."""
    lines = {one: line for one in elements if (line := line_of(one))}
    for element in (one for one in elements if one.tag == "time"):
        if date := reader.first(_values(element)):
            around = line_of(element.getparent())
            yield _Date(_kind(element, lines.get(element, ""), around) or PUBLISHED, date)
    dated = {
        one: " | ".join(piece.strip() for piece in pieces(one))
        for one, line in lines.items()
        if _DIGIT.search(line)
    }
    for one, divided in dated.items():
        for line in dict.fromkeys((lines[one], divided)):
            yield from _labelled(line, reader)
    empty = [one for one in elements if not len(one) and one.get("title") and one not in lines]
    for element in (*lines, *empty):
        kind = _kind(element, lines.get(element, ""))
        if kind and (date := reader.first(_values(element))):
            yield _Date(kind, date)
    plain = (reader.read(line) for line in dated.values() if len(line) <= MAX_PLAIN_LENGTH)
    yield from (_Date(PLAIN, date) for date in plain if date)


def _labelled(line: str, reader: _Reader) -> Iterator[_Date]:
    """Yield the dates after labels in a line: "2 March 2026 · updated 3 March 2026"."""
    for part in _PARTS.split(line):
        if (label := date_label(part)) and (date := reader.read(part)):
            yield _Date(label, date)


_PARTS = re.compile(" ?[|·•] ?")
_DIGIT = re.compile(r"\d")


def _kind(element: Any, *lines: str) -> str:
    """Return what a date is by its class names, or by the label of its line."""
    names = names_of(element)
    if _UPDATED_CLASS.search(names) and not re.search("publ|posted|entry-date", names):
        return UPDATED
    label = next(filter(None, map(date_label, lines)), "")
    return label or (PUBLISHED if _PUBLISHED_CLASS.search(names) else "")


MAX_PLAIN_LENGTH = 100
"""Characters of a line with a date that has no label."""


def _address_date(address: str) -> str:
    """Return the day in the path of an address such as ``/2026/03/02/mill-bridge``."""
    path = parts_of(address).path
    found = next(filter(None, (pattern.search(path) for pattern in _IN_ADDRESS)), None)
    return f"{found['year']}-{int(found['month']):02}-{int(found['day']):02}" if found else ""
