"""Choose the reader of a source by its name, suffix or content."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import tzinfo
from pathlib import Path

from recommender.articles.article import Article
from recommender.errors import SourceError
from recommender.ingest import detect, json_rows
from recommender.ingest.markdown import folder
from recommender.ingest.mistyped import missing_problem, scheme_problem
from recommender.ingest.readers import csv as table
from recommender.ingest.readers import feed, jsonl, parquet, sql
from recommender.ingest.readers.files import beginning, whole
from recommender.ingest.readers.record_error import RejectedRecord
from recommender.ingest.web import crawl, ghost, wordpress_export
from recommender.ingest.web.client import HTTPClient, is_address
from recommender.settings import HTTP
from recommender.urls import shown_url

Reader = Callable[[str, tzinfo, HTTPClient, str], Iterator[Article | RejectedRecord]]
"""Reads a source, with a time zone, a client and a language for dates that name none."""


def _xml(
    source: str, zone: tzinfo, web: HTTPClient, _language: str
) -> Iterator[Article | RejectedRecord]:
    """Read an XML file as a WordPress export, a sitemap or a feed, by its content."""
    start = beginning(source, "a feed, a sitemap or a WordPress export")
    if b"wordpress.org/export/" in start:
        yield from wordpress_export.read(source, zone)
    elif detect.kind_of(start) == detect.SITEMAP:
        data = whole(source, "a sitemap")
        yield from crawl.read_sitemap(source, data, zone, web)
    else:
        yield from feed.read(source, zone)


def _json(
    source: str, zone: tzinfo, _web: HTTPClient, language: str
) -> Iterator[Article | RejectedRecord]:
    """Read a JSON file as an export of Ghost, a feed or an array of records, by its beginning."""
    start = beginning(source, json_rows.EXPECTED)
    if ghost.is_export(start):
        yield from ghost.read_export(source, zone)
    elif json_rows.is_feed(start):
        yield from feed.read(source, zone)
    else:
        yield from json_rows.read(source, zone, language)


def _json_lines(
    source: str, zone: tzinfo, _web: HTTPClient, language: str
) -> Iterator[Article | RejectedRecord]:
    """Read JSON Lines as the native format or a dump of a content system, by its first line."""
    is_dump = json_rows.is_dump(beginning(source, jsonl.EXPECTED_FILE))
    yield from (json_rows.read_lines if is_dump else jsonl.read)(source, zone, language)


def _records(
    read_file: Callable[[str, tzinfo, str], Iterator[Article | RejectedRecord]],
) -> Reader:
    return lambda source, zone, _web, language: read_file(source, zone, language)


def _pages(
    read_pages: Callable[[str, tzinfo, HTTPClient], Iterator[Article | RejectedRecord]],
) -> Reader:
    return lambda source, zone, web, _language: read_pages(source, zone, web)


def _saved_page(
    source: str, zone: tzinfo, _web: HTTPClient, _language: str
) -> Iterator[Article | RejectedRecord]:
    yield from crawl.read(source, zone)


BY_SUFFIX: dict[str, Reader] = {
    ".jsonl": _json_lines,
    ".ndjson": _json_lines,
    ".csv": _records(table.read),
    ".tsv": _records(table.read),
    ".parquet": _records(parquet.read),
    ".json": _json,
    ".xml": _xml,
    ".rss": _xml,
    ".atom": _xml,
    ".wxr": _xml,
    ".html": _saved_page,
    ".htm": _saved_page,
    ".txt": _pages(crawl.read_list),
}
"""Readers of files by suffix; all but Parquet may end in .gz as well."""

EXPECTED = (
    "a file of JSON Lines (.jsonl), CSV (.csv), Parquet (.parquet), a feed, WordPress or Ghost "
    "export (.xml, .rss, .atom, .json), a saved page (.html), a list of addresses (.txt), a folder "
    "of Markdown or of pages, an address (https://...), or a database's URL with # and a query"
)


def read(
    source: str, zone: tzinfo, web: HTTPClient | None = None, language: str = ""
) -> Iterator[Article | RejectedRecord]:
    """Read a source.

    Parameters
    ----------
    source : file, folder, address, or URL of a database with a query.
    zone : time zone of dates that name none.
    web : client for addresses; by default one without HTTP validators, which fetches everything.
    language : BCP 47; decides about 02/03/2026 in records that name no language.

    Raises
    ------
    SourceError
        The format is unknown, or the source cannot be opened.
    """
    return reader_of(source)(source, zone, web or HTTPClient(HTTP()), language)


def reader_of(source: str) -> Reader:
    """Return the reader for a source.

    Raises
    ------
    SourceError
        It is written wrong, such as an address without ``https://``, or its format is unknown.
    """
    if is_address(source):
        return _pages(detect.read)
    if problem := scheme_problem(source):
        raise SourceError(f"{shown_url(source)}: {problem}")
    if sql.is_database(source):
        return _records(sql.read)
    path = Path(source)
    suffix = path.with_suffix("").suffix if path.suffix == ".gz" else path.suffix
    reader = BY_SUFFIX.get(suffix.lower())
    if reader is None and path.is_dir():
        return _records(folder.read)
    if problem := missing_problem(source, is_format_known=reader is not None):
        raise SourceError(f"{shown_url(source)}: {problem}")
    if reader is None:
        raise SourceError(f"{source}: expected {EXPECTED}")
    return reader


def shown(source: str) -> str:
    """Return the source for messages and for the catalogue: without passwords and keys."""
    if sql.is_database(source):
        return sql.shown(source)
    return shown_url(source) if is_address(source) else source
