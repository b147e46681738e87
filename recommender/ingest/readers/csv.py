"""Read CSV and TSV, plain or gzipped: a header with the column names, then one article a row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import tzinfo
from pathlib import Path

from recommender.articles.article import Article
from recommender.errors import SourceError
from recommender.ingest.readers.files import beginning, opened
from recommender.ingest.readers.record_error import RejectedRecord
from recommender.ingest.readers.tables import Table

MAX_CELL_CHARACTERS = 16 * 1024 * 1024
"""Longest cell that is read. Long articles exceed the csv module's default of 131,072."""

EXPECTED = "a CSV file whose first line has the column names id, title, published, ..."


def read(source: str, zone: tzinfo) -> Iterator[Article | RejectedRecord]:
    """Read the articles of a file; a rejected record names its line."""
    csv.field_size_limit(MAX_CELL_CHARACTERS)
    first = beginning(source, EXPECTED).partition(b"\n")[0]
    with opened(source, EXPECTED) as file:
        text = io.TextIOWrapper(file, encoding=_encoding(first), errors="replace", newline="")
        rows = csv.DictReader(text, delimiter=_delimiter(first))
        if rows.fieldnames is None:
            raise SourceError(f"{source}: expected {EXPECTED}, got an empty file")
        table = Table(source, rows.fieldnames, EXPECTED, zone, Path(source).parent)
        while True:
            try:
                row = next(rows, None)
            except csv.Error as error:
                yield RejectedRecord(
                    f"{source}:{rows.line_num}",
                    f"expected a row of CSV, got one that cannot be parsed ({error})",
                )
                continue
            if row is None:
                break
            yield from _items(table, f"{source}:{rows.line_num}", row)
    yield from table.notes()


def _items(
    table: Table, place: str, row: dict[str | None, str | list[str]]
) -> Iterator[Article | RejectedRecord]:
    named = {name: cell for name, cell in row.items() if name is not None}
    if None in row:
        reason = "expected as many cells as the header has, got more; put quotes around commas"
        yield RejectedRecord(place, reason)
    else:
        yield from table.items(place, named)


def _encoding(first: bytes) -> str:
    """Detect UTF-16 by its byte order mark, which Excel writes; anything else is UTF-8."""
    return "utf-16" if first.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"


def _delimiter(first: bytes) -> str:
    """Return the delimiter that is most frequent in the header: comma, semicolon or tab."""
    header = first.decode(_encoding(first), "replace")
    return max(",;\t", key=header.count)
