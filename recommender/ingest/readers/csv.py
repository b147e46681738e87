"""Read CSV and TSV, plain or gzipped: a header with the column names, then one article a row."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import tzinfo
from itertools import takewhile
from pathlib import Path
from typing import BinaryIO

from recommender.articles.article import Article
from recommender.articles.flags import Flag
from recommender.errors import ArticleError, SourceError
from recommender.ingest.readers import charset
from recommender.ingest.readers.files import LegacyText, beginning, opened
from recommender.ingest.readers.record_error import RejectedRecord
from recommender.ingest.readers.tables import Table

MAX_CELL_CHARACTERS = 16 * 1024 * 1024
"""Longest cell that is read. Long articles exceed the csv module's default of 131,072."""

EXPECTED = "a CSV file whose first line has the column names id, title, published, ..."

Row = dict[str | None, str | list[str]]

_NOT_UTF8 = re.compile("[\udc80-\udcff]")
"""Bytes that are not UTF-8, as Python's handler ``surrogateescape`` decodes them."""


def read(source: str, zone: tzinfo, language: str = "") -> Iterator[Article | RejectedRecord]:
    """Read the articles of a file; a rejected record names its line."""
    csv.field_size_limit(MAX_CELL_CHARACTERS)
    first = beginning(source, EXPECTED)
    legacy = LegacyText(source, EXPECTED)
    with opened(source, EXPECTED) as file:
        text, above = _text(file, first), _above_header(first)
        for _ in above:
            text.readline()
        rows = csv.DictReader(text, delimiter=_delimiter(first, above))
        if rows.fieldnames is None:
            raise SourceError(f"{source}: expected {EXPECTED}, got an empty file")
        rows.fieldnames = [_NOT_UTF8.sub("\ufffd", name) for name in rows.fieldnames]
        table = Table(source, rows.fieldnames, EXPECTED, zone, Path(source).parent, language)
        placed = ((f"{source}:{rows.line_num + len(above)}", row) for row in _parsed(rows))
        for place, row in table.look_ahead(placed):
            if isinstance(row, str):
                yield RejectedRecord(place, row)
            else:
                yield from _items(table, place, row, legacy)
    yield from table.unread()
    yield from table.notes()
    yield from legacy.notes()


def _parsed(rows: csv.DictReader[str]) -> Iterator[Row | str]:
    """Yield rows; for one that cannot be parsed the reason."""
    while True:
        try:
            row = next(rows, None)
        except csv.Error as error:
            yield f"expected a row of CSV, got one that cannot be parsed ({error})"
            continue
        if row is None:
            return
        yield row


def _items(
    table: Table, place: str, row: Row, legacy: LegacyText
) -> Iterator[Article | RejectedRecord]:
    if None in row:
        reason = "expected as many cells as the header has, got more; put quotes around commas"
        yield RejectedRecord(place, reason)
        return
    try:
        named = {name: cell and _decoded(str(cell), legacy) for name, cell in row.items() if name}
    except ArticleError as error:
        yield RejectedRecord(place, str(error))
        return
    is_decoded = any(row[name] != cell for name, cell in named.items())
    for item in table.items(place, named):
        if is_decoded and isinstance(item, Article):
            yield item.flagged(Flag.ENCODING_DETECTED)
        else:
            yield item


def _text(file: BinaryIO, first: bytes) -> io.TextIOWrapper:
    """Decode a file by its byte order mark, which Excel writes for UTF-16; else as UTF-8."""
    marked = charset.marked(first)
    errors = "replace" if marked.startswith(("utf-16", "utf-32")) else "surrogateescape"
    return io.TextIOWrapper(file, encoding=marked or "utf-8", errors=errors, newline="")


def _decoded(cell: str, legacy: LegacyText) -> str:
    if cell.isascii() or not _NOT_UTF8.search(cell):
        return cell
    return legacy.decode(cell.encode("utf-8", "surrogateescape"))


def _lines(first: bytes) -> list[str]:
    return first.decode(charset.marked(first) or "utf-8", "replace").splitlines()


def _above_header(first: bytes) -> list[str]:
    """Return the lines above the header: empty ones, and ``sep=;`` by which Excel names it."""
    is_above = re.compile(r"\s*|sep=.").fullmatch
    return list(takewhile(is_above, _lines(first)))


def _delimiter(first: bytes, above: list[str]) -> str:
    """Return the delimiter that Excel names, or else the most frequent one in the header."""
    named = [line[-1:] for line in above if line.startswith("sep=")]
    header = next(iter(_lines(first)[len(above) :]), "")
    return named[0] if named else max(",;\t|", key=header.count)
