"""Choose the reader of a source by its name, suffix or content."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import tzinfo
from pathlib import Path

from recommender.articles.article import Article
from recommender.errors import SourceError
from recommender.ingest import detect, json_rows
from recommender.ingest.markdown import folder
from recommender.ingest.readers import csv as table
from recommender.ingest.readers import feed, jsonl, parquet, sql
from recommender.ingest.readers.files import beginning, whole
from recommender.ingest.readers.record_error import RejectedRecord
from recommender.ingest.web import crawl, ghost, wordpress_export
from recommender.ingest.web.client import HTTPClient, is_address
from recommender.settings import HTTP
from recommender.urls import shown_url

Reader = Callable[[str, tzinfo, HTTPClient], Iterator[Article | RejectedRecord]]


def _xml(source: str, zone: tzinfo, web: HTTPClient) -> Iterator[Article | RejectedRecord]:
    """Read an XML file as a WordPress export, a sitemap or a feed, by its content."""
    start = beginning(source, "a feed, a sitemap or a WordPress export")
    if b"wordpress.org/export/" in start:
        yield from wordpress_export.read(source, zone)
    elif detect.kind_of(start) == detect.SITEMAP:
        data = whole(source, "a sitemap")
        yield from crawl.read_sitemap(source, data, zone, web)
    else:
        yield from feed.read(source, zone)


def _json(source: str, zone: tzinfo, _web: HTTPClient) -> Iterator[Article | RejectedRecord]:
    """Read a JSON file as an export of Ghost, a feed or an array of records, by its beginning."""
    start = beginning(source, json_rows.EXPECTED)
    if ghost.is_export(start):
        yield from ghost.read_export(source, zone)
    else:
        yield from (feed.read if json_rows.is_feed(start) else json_rows.read)(source, zone)


def _json_lines(source: str, zone: tzinfo, _web: HTTPClient) -> Iterator[Article | RejectedRecord]:
    """Read JSON Lines as the native format or a dump of a content system, by its first line."""
    is_dump = json_rows.is_dump(beginning(source, jsonl.EXPECTED_FILE))
    yield from (json_rows.read_lines if is_dump else jsonl.read)(source, zone)


def _offline(
    read_file: Callable[[str, tzinfo], Iterator[Article | RejectedRecord]],
) -> Reader:
    return lambda source, zone, _web: read_file(source, zone)


BY_SUFFIX: dict[str, Reader] = {
    ".jsonl": _json_lines,
    ".ndjson": _json_lines,
    ".csv": _offline(table.read),
    ".tsv": _offline(table.read),
    ".parquet": _offline(parquet.read),
    ".json": _json,
    ".xml": _xml,
    ".rss": _xml,
    ".atom": _xml,
    ".wxr": _xml,
    ".html": _offline(crawl.read),
    ".htm": _offline(crawl.read),
    ".txt": crawl.read_list,
}
"""Readers of files by suffix; all but Parquet may end in .gz as well."""

EXPECTED = (
    "a file of JSON Lines (.jsonl), CSV (.csv), Parquet (.parquet), a feed, WordPress or Ghost "
    "export (.xml, .rss, .atom, .json), a saved page (.html), a list of addresses (.txt), a folder "
    "of Markdown or of pages, an address (https://...), or a database's URL with # and a query"
)


def read(
    source: str, zone: tzinfo, web: HTTPClient | None = None
) -> Iterator[Article | RejectedRecord]:
    """Read a source.

    Parameters
    ----------
    source : file, folder, address, or URL of a database with a query.
    zone : time zone of dates that name none.
    web : client for addresses; by default one without HTTP validators, which fetches everything.

    Raises
    ------
    SourceError
        The format is unknown, or the source cannot be opened.
    """
    return reader_of(source)(source, zone, web or HTTPClient(HTTP()))


def reader_of(source: str) -> Reader:
    """Return the reader for a source."""
    if is_address(source):
        return detect.read
    if sql.is_database(source):
        return _offline(sql.read)
    path = Path(source)
    suffix = path.with_suffix("").suffix if path.suffix == ".gz" else path.suffix
    reader = BY_SUFFIX.get(suffix.lower())
    if reader is None and path.is_dir():
        return _offline(folder.read)
    if reader is None:
        raise SourceError(f"{source}: expected {EXPECTED}")
    return reader


def shown(source: str) -> str:
    """Return the source for messages and for the catalogue: without passwords and keys."""
    if sql.is_database(source):
        return sql.shown(source)
    return shown_url(source) if is_address(source) else source
