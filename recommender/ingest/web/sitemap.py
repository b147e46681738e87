"""Sitemaps (sitemaps.org): addresses of pages, and when each was changed."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from recommender.errors import SourceError
from recommender.ingest.readers.files import LARGEST
from recommender.ingest.readers.record_error import RejectedRecord, rejected_record
from recommender.ingest.web.client import HTTPClient

DEEPEST = 3
"""Indexes within indexes; the protocol allows one level, some sites have two."""

MOST = 500_000
"""Addresses of one source: ten full sitemaps of 50,000."""


@dataclass(frozen=True)
class Entry:
    """A page of a sitemap."""

    address: str
    changed: str
    """``lastmod`` as it stands there."""


def entries(
    place: str, data: bytes, web: HTTPClient, depth: int = DEEPEST
) -> Iterator[Entry | RejectedRecord]:
    """Read a sitemap, and those that it names; a broken one gives what can be read."""
    for count, (kind, address, changed) in enumerate(_parse(place, data)):
        if kind == "broken":
            yield RejectedRecord(place, changed)
        elif count >= MOST:
            yield RejectedRecord(place, f"more than {MOST} addresses; the others are left out")
            return
        elif kind == "url":
            yield Entry(address, changed)
        elif depth:
            yield from _inner(address, web, depth - 1)


def _inner(address: str, web: HTTPClient, depth: int) -> Iterator[Entry | RejectedRecord]:
    try:
        answer = web.get(address, conditional=False)
    except SourceError as error:
        yield rejected_record(address, error)
        return
    if answer is not None:
        yield from entries(address, answer.data, web, depth)


def _parse(place: str, data: bytes) -> Iterator[tuple[str, str, str]]:
    """Give ("url" or "sitemap", address, lastmod), and ("broken", "", reason) at the end."""
    stream = io.BytesIO(_unpacked(place, data))
    # Entities stay unresolved: bombs do nothing. The library bounds depth and text by itself.
    events = etree.iterparse(
        stream, events=("end",), resolve_entities=False, no_network=True, huge_tree=False
    )
    try:
        for _, element in events:
            kind = local_name(element.tag)
            if kind in {"url", "sitemap"}:
                found = {local_name(e.tag): (e.text or "").strip() for e in _elements(element)}
                if found.get("loc"):
                    yield kind, found["loc"], found.get("lastmod", "")
                element.clear()
    except etree.XMLSyntaxError as error:
        yield "broken", "", f"broken XML ({error.msg}); read as far as it could be"


def local_name(tag: str) -> str:
    """Give a tag without its namespace, or the prefix that no namespace was declared for."""
    return tag.rpartition("}")[2].rpartition(":")[2]


def _elements(parent: etree._Element) -> Iterator[etree._Element]:
    return (child for child in parent if isinstance(child.tag, str))


def _unpacked(place: str, data: bytes) -> bytes:
    if not data.startswith(b"\x1f\x8b"):
        return data
    try:
        with gzip.open(io.BytesIO(data)) as file:
            unpacked = file.read(LARGEST + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise SourceError(f"{place}: {error}; wanted a sitemap, plain or gzipped") from error
    if len(unpacked) > LARGEST:
        raise SourceError(f"{place}: more than {LARGEST // 1024**2} MB when unpacked")
    return unpacked
