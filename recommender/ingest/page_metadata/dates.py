"""Find the dates of an article: in structured data, meta elements, ``time``, text and address."""

from __future__ import annotations

import contextlib
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from lxml import etree

from recommender.articles.flags import Flag
from recommender.ingest.page_metadata import json_ld
from recommender.ingest.page_metadata.page import Page
from recommender.ingest.page_metadata.visible_dates import (
    PLAIN,
    PUBLISHED,
    UPDATED,
    DateReader,
    ShownDate,
    is_linked,
    shown_dates,
    values_of,
)
from recommender.text.markup.html import parts_of

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
    "dc.date.published",
    "dc.date.publication",
    "dcterms.issued",
    "dcterms.available",
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
    "article_date_original",
    "article.published",
    "release_date",
    "releasedate",
    "video:release_date",
    "weibo: article:create_at",
    "weibo:article:create_at",
)
_VAGUE = (
    "dc.date.created",
    "dcterms.created",
    "dcterms.date",
    "dc.date",
    "dc:date",
    "dc:created",
    "timestamp",
    "datecreated",
    "article.created",
    "cre_date",
    "created",
    "creation_date",
    "date",
)
"""Names that do not say of what the date is. Many systems write the last change there, or when the
article was begun."""
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


@dataclass(frozen=True)
class PageDates:
    """The dates of a page, in ISO 8601 with a zone; "" where there is none."""

    published: str = ""
    updated: str = ""
    flag: Flag | None = None
    """Set if no metadata of the page has the date of publication."""


def dates_of(page: Page, title: Any, zone: tzinfo) -> PageDates:
    """Return when an article was published and updated.

    Parameters
    ----------
    page : the page.
    title : the element of the title; None if it is unknown.
    zone : time zone of dates that name none.
    """
    reader = DateReader(page.language, zone)
    updated = reader.first(_named_updates(page, title))
    published = reader.first(_named(page, title))
    listed = "" if published else reader.read(page.listed.published)
    shown = [] if published and updated else list(shown_dates(page, title, reader))
    updated = updated or _first(shown, UPDATED)
    if published or listed:
        return PageDates(published or listed, updated, Flag.DATE_FROM_SITEMAP if listed else None)
    for date, flag in _unnamed(page, shown, reader.first(_vague(page, title)), updated, reader):
        if date:
            return PageDates(date, updated, flag)
    if updated:
        return PageDates(updated)  # some sites show only "last updated"
    return PageDates(reader.read(_searched(page)), flag=Flag.DATE_FROM_TEXT)


def _unnamed(
    page: Page, shown: list[ShownDate], vague: str, updated: str, reader: DateReader
) -> Iterator[tuple[str, Flag | None]]:
    """Yield what may be the date of publication where no metadata names it, the likeliest first."""
    beside = [one for one in shown if one.is_beside_title]
    yield _first(beside, PUBLISHED), None
    yield _first(beside, PLAIN), Flag.DATE_FROM_TEXT
    if vague[:10] != updated[:10]:  # else it is of the last change
        yield vague, None
    yield _first(shown, PUBLISHED), None
    yield vague, None
    yield _first(shown, PLAIN), Flag.DATE_FROM_TEXT
    yield reader.read(_address_date(page.address)), Flag.DATE_FROM_TEXT


def _first(shown: list[ShownDate], kind: str) -> str:
    return next((one.date for one in shown if one.kind == kind), "")


def _searched(page: Page) -> str:
    """Return the day that htmldate finds, if the page writes it with the year first.

    It guesses the order of 02/03/2026, and days of which only the year is given.
    """
    import htmldate  # noqa: PLC0415 - only pages without any other date need it

    logging.getLogger("htmldate").setLevel(logging.CRITICAL)
    shown = page.visible_copy()
    for item in [one for one in shown.iter("li") if is_linked(one)]:
        item.drop_tree()
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


def _vague(page: Page, title: Any) -> Iterator[str]:
    """Yield dates of which the page does not say whether they are those of publication."""
    yield from page.all(_VAGUE)
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
            yield from values_of(element)


def _address_date(address: str) -> str:
    """Return the day in the path of an address such as ``/2026/03/02/mill-bridge``."""
    path = parts_of(address).path
    found = next(filter(None, (pattern.search(path) for pattern in _IN_ADDRESS)), None)
    return f"{found['year']}-{int(found['month']):02}-{int(found['day']):02}" if found else ""
