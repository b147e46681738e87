"""Read Parquet: one article a row, in columns by the names of an article or their aliases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import tzinfo
from typing import Any

from recommender.articles.article import Article
from recommender.errors import ArticleError, SourceError
from recommender.ingest.readers.field_mapping import REQUIRED, article_of, missing_field, renamed
from recommender.ingest.readers.record_error import RejectedRecord

BATCH = 500
"""Rows held in memory at a time."""

EXPECTED = "a Parquet file with the columns id, title, published, ..."


def read(source: str, zone: tzinfo) -> Iterator[Article | RejectedRecord]:
    """Read the articles of a file; a rejected record names its row."""
    for number, row in enumerate(_rows(source), start=1):
        fields = renamed(row)
        try:
            yield article_of(fields, zone)
        except ArticleError as error:
            yield RejectedRecord(f"{source} row {number}", str(error), str(fields.get("id") or ""))


def _rows(source: str) -> Iterator[dict[str, Any]]:
    try:
        from pyarrow import ArrowException, parquet  # noqa: PLC0415 - an extra, and heavy
    except ImportError as error:
        raise SourceError(
            f"{source}: Parquet needs pyarrow; pip install 'related-posts[parquet]'"
        ) from error
    try:
        with parquet.ParquetFile(source) as file:
            _check_columns(source, file.schema_arrow.names)
            for batch in file.iter_batches(BATCH):
                yield from batch.to_pylist()
    except (ArrowException, OSError) as error:
        reason = getattr(error, "strerror", None) or str(error).partition("\n")[0]
        raise SourceError(
            f"{source}: expected {EXPECTED}, got a file that cannot be read ({reason})"
        ) from error


def _check_columns(source: str, names: list[str]) -> None:
    known = renamed(dict.fromkeys(names, "x"))
    for needed in REQUIRED:
        if needed not in known:
            raise SourceError(
                f"{source}: column {missing_field(needed, names)}; expected {EXPECTED}"
            )
