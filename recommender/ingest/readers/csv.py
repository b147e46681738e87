"""CSV and TSV, plain or gzipped: a header that names the columns, one article a row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import tzinfo

from recommender.articles.article import Article
from recommender.errors import ArticleError, SourceError
from recommender.ingest.readers.field_mapping import article_of, renamed
from recommender.ingest.readers.files import beginning, opened
from recommender.ingest.readers.record_error import RejectedRecord

LONGEST_CELL = 16 * 1024 * 1024
"""Characters of one cell; the library's own limit of 131,072 is less than long articles have."""

WANTED = "a CSV file whose first line names the columns id, title, published, ..."


def read(source: str, zone: tzinfo) -> Iterator[Article | RejectedRecord]:
    """Read the articles of a file; what cannot be read is complained of with its line."""
    csv.field_size_limit(LONGEST_CELL)
    first = beginning(source, WANTED).partition(b"\n")[0]
    with opened(source, WANTED) as file:
        text = io.TextIOWrapper(file, encoding=_encoding(first), errors="replace", newline="")
        rows = csv.DictReader(text, delimiter=_delimiter(first))
        _check_header(source, rows.fieldnames)
        while True:
            try:
                row = next(rows, None)
            except csv.Error as error:
                yield RejectedRecord(f"{source}:{rows.line_num}", f"{error}; wanted a row of CSV")
                continue
            if row is None:
                return
            yield _article(source, rows.line_num, row, zone)


def _article(
    source: str, line: int, row: dict[str | None, str | list[str]], zone: tzinfo
) -> Article | RejectedRecord:
    named = {name: cell for name, cell in row.items() if name is not None}
    fields = renamed(named)
    place = f"{source}:{line}"
    if None in row:
        return RejectedRecord(
            place, "more cells than the header names; wanted quotes around commas"
        )
    try:
        return article_of(fields, zone)
    except ArticleError as error:
        return RejectedRecord(place, str(error), str(fields.get("id", "")))


def _encoding(first: bytes) -> str:
    """Tell how a file is encoded by its byte order mark, as Excel writes it; UTF-8 without."""
    return "utf-16" if first.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"


def _delimiter(first: bytes) -> str:
    """Take the character that parts the header most often: comma, semicolon or tab."""
    header = first.decode(_encoding(first), "replace")
    return max(",;\t", key=header.count)


def _check_header(source: str, names: object) -> None:
    if not isinstance(names, list | tuple):
        raise SourceError(f"{source}: got an empty file, wanted {WANTED}")
    known = renamed(dict.fromkeys(names, "x"))
    for needed in ("id", "title", "published"):
        if needed not in known:
            shown = ", ".join(map(str, names))[:80]
            raise SourceError(f"{source}: no column {needed!r} in {shown!r}; wanted {WANTED}")
