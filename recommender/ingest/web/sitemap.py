"""Parse sitemaps (sitemaps.org): addresses of pages with the time of their last change."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from recommender.errors import SourceError
from recommender.ingest.readers.files import MAX_BYTES
from recommender.ingest.readers.record_error import RejectedRecord, rejected_record
from recommender.ingest.web.client import HTTPClient

MAX_DEPTH = 3
"""Nesting of sitemap indexes. The protocol allows one level; some sites have two."""

MAX_ADDRESSES = 500_000
"""Addresses of one source: ten full sitemaps of 50,000."""


@dataclass(frozen=True)
class Entry:
    """A page of a sitemap."""

    address: str
    changed: str
    """``lastmod`` as given."""


def entries(
    place: str, data: bytes, web: HTTPClient, depth: int = MAX_DEPTH
) -> Iterator[Entry | RejectedRecord]:
    """Read a sitemap and the sitemaps of an index; of a broken one, what can be parsed."""
    for count, (kind, address, changed) in enumerate(_parse(place, data)):
        if kind == "broken":
            yield RejectedRecord(place, changed)
        elif count >= MAX_ADDRESSES:
            yield RejectedRecord(
                place, f"more than {MAX_ADDRESSES} addresses; the others are skipped"
            )
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
    """Yield ("url" or "sitemap", address, lastmod), and ("broken", "", reason) at the end."""
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
                if found.get("loc"):
                    yield kind, found["loc"], found.get("lastmod", "")
                element.clear()
    except etree.XMLSyntaxError as error:
        yield (
            "broken",
            "",
            f"expected valid XML, got an error: {error.msg}; addresses before it were read",
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
