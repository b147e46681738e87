"""Parse sitemaps (sitemaps.org): addresses of pages with the time of their last change."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from recommender.articles.limits import MAX_CHARACTERS
from recommender.errors import SourceError
from recommender.ingest.page_metadata.page import NOT_LISTED, Listed
from recommender.ingest.readers.files import MAX_BYTES
from recommender.ingest.readers.record_error import RejectedRecord, rejected_record
from recommender.ingest.web.client import HTTPClient, is_address
from recommender.urls import shown_url

MAX_DEPTH = 3
"""Nesting of sitemap indexes. The protocol allows one level; some sites have two."""

MAX_ADDRESSES = 500_000
"""Addresses of one source, over all of its sitemaps: ten full ones of 50,000."""

MAX_SITEMAPS = 50_000
"""Sitemaps of one source: the most that the protocol allows in one index."""


@dataclass(frozen=True)
class Entry:
    """A page of a sitemap."""

    address: str
    changed: str
    """``lastmod`` as given."""
    found_through: str
    """The user's address through which it was found; "" if it is in the user's own file."""
    listed: Listed = NOT_LISTED
    """What a news sitemap says about the page."""


def entries(
    place: str,
    data: bytes,
    web: HTTPClient,
    max_addresses: int = MAX_ADDRESSES,
    max_sitemaps: int = MAX_SITEMAPS,
) -> Iterator[Entry | RejectedRecord]:
    """Read a sitemap and the sitemaps of an index; of a broken one, what can be parsed.

    Each address is read once, also if an index names itself.

    Parameters
    ----------
    place : path or address of the sitemap, as the user gave it.
    data : its content.
    web : client for the sitemaps of an index.
    max_addresses, max_sitemaps : limits over all sitemaps.
    """
    walk = _Walk(place, web, max_addresses, max_sitemaps)
    yield from walk.entries(place, data, place if is_address(place) else "")


class _Walk:
    """One reading of a source: what was seen, over all of its sitemaps."""

    def __init__(self, source: str, web: HTTPClient, max_addresses: int, max_sitemaps: int) -> None:
        self._web = web
        self._max_addresses, self._max_sitemaps = max_addresses, max_sitemaps
        self._seen = {source}
        self._sitemaps = 0
        self._is_full = False

    def entries(
        self, place: str, data: bytes, through: str, depth: int = MAX_DEPTH
    ) -> Iterator[Entry | RejectedRecord]:
        for kind, address, changed, listed in _parse(place, data):
            if kind == "broken":
                yield RejectedRecord(place, changed)
            elif address not in self._seen:
                if limit := self._limit(kind):
                    if not self._is_full:
                        self._is_full = True
                        yield RejectedRecord(place, f"more than {limit}; the others are skipped")
                    return
                self._seen.add(address)
                if kind == "url":
                    yield Entry(address, changed, through, listed)
                elif depth:
                    yield from self._inner(address, through, depth - 1)

    def _limit(self, kind: str) -> str:
        """Return the limit that one more address exceeds; "" for none."""
        self._sitemaps += kind == "sitemap"
        if len(self._seen) > self._max_addresses:
            return f"{self._max_addresses} addresses"
        too_many = self._sitemaps > self._max_sitemaps
        return f"{self._max_sitemaps} sitemaps" if too_many else ""

    def _inner(self, address: str, through: str, depth: int) -> Iterator[Entry | RejectedRecord]:
        try:
            answer = self._web.get(address, conditional=False, found_through=through)
        except SourceError as error:
            yield rejected_record(shown_url(address), error)
            return
        if answer is not None:
            yield from self.entries(address, answer.data, through or address, depth)


def _too_long(address: str) -> str:
    """Say what is wrong with an address that is too long; "" if it is not."""
    most, got = MAX_CHARACTERS["url"], len(address)
    wrong = f"expected addresses of at most {most} characters, got one of {got}; it is skipped"
    return wrong if got > most else ""


def _parse(place: str, data: bytes) -> Iterator[tuple[str, str, str, Listed]]:
    """Yield ("url" or "sitemap", address, lastmod, news), and ("broken", "", reason) at the end."""
    stream = io.BytesIO(_decompressed(place, data))
    # Unresolved entities make entity bombs harmless. lxml limits depth and text size.
    events = etree.iterparse(
        stream, events=("end",), resolve_entities=False, no_network=True, huge_tree=False
    )
    try:
        for _, element in events:
            kind = local_name(element.tag)
            if kind in {"url", "sitemap"}:
                found = {local_name(e.tag): (e.text or "").strip() for e in _elements(element)}
                if reason := _too_long(found.get("loc", "")):
                    yield "broken", "", reason, NOT_LISTED
                elif found.get("loc"):
                    yield kind, found["loc"], found.get("lastmod", ""), _listed(element)
                element.clear()
    except etree.XMLSyntaxError as error:
        yield (
            "broken",
            "",
            f"expected valid XML, got an error: {error.msg}; addresses before it were read",
            NOT_LISTED,
        )


def _listed(element: etree._Element) -> Listed:
    """Read the extension for news: https://www.google.com/schemas/sitemap-news/0.9."""
    news = next((one for one in _elements(element) if local_name(one.tag) == "news"), None)
    if news is None:
        return NOT_LISTED
    found = {local_name(one.tag): (one.text or "").strip() for one in news.iter(etree.Element)}
    return Listed(
        published=found.get("publication_date", ""),
        title=found.get("title", ""),
        language=found.get("language", ""),
        keywords=found.get("keywords", ""),
    )


def local_name(tag: str) -> str:
    """Return a tag without its namespace or undeclared prefix."""
    return tag.rpartition("}")[2].rpartition(":")[2]


def _elements(parent: etree._Element) -> Iterator[etree._Element]:
    return (child for child in parent if isinstance(child.tag, str))


def _decompressed(place: str, data: bytes) -> bytes:
    if not data.startswith(b"\x1f\x8b"):
        return data
    try:
        with gzip.open(io.BytesIO(data)) as file:
            content = file.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise SourceError(
            f"{place}: expected a sitemap, plain or gzipped, got an error: {error}"
        ) from error
    if len(content) > MAX_BYTES:
        raise SourceError(
            f"{place}: expected at most {MAX_BYTES // 1024**2} MB when decompressed, got more"
        )
    return content
