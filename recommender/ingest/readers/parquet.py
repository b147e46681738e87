"""Read Parquet: one article a row, in columns by the names of an article or their aliases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import tzinfo
from typing import Any

from recommender.articles.article import Article
from recommender.errors import SourceError
from recommender.ingest.readers.field_mapping import article_or_rejected, check_columns, renamed
from recommender.ingest.readers.record_error import RejectedRecord

BATCH = 500
"""Rows held in memory at a time."""

EXPECTED = "a Parquet file with the columns id, title, published, ..."


def read(source: str, zone: tzinfo) -> Iterator[Article | RejectedRecord]:
    """Read the articles of a file; a rejected record names its row."""
    for number, row in enumerate(_rows(source), start=1):
        yield article_or_rejected(f"{source} row {number}", renamed(row), zone)


def _rows(source: str) -> Iterator[dict[str, Any]]:
    try:
        from pyarrow import ArrowException, parquet  # noqa: PLC0415 - an extra, and heavy
    except ImportError as error:
        raise SourceError(
            f"{source}: Parquet needs pyarrow; pip install 'related-posts[parquet]'"
        ) from error
    try:
        with parquet.ParquetFile(source) as file:
            check_columns(source, file.schema_arrow.names, EXPECTED)
            for batch in file.iter_batches(BATCH):
                yield from batch.to_pylist()
    except (ArrowException, OSError) as error:
        reason = getattr(error, "strerror", None) or str(error).partition("\n")[0]
        raise SourceError(
            f"{source}: expected {EXPECTED}, got a file that cannot be read ({reason})"
        ) from error
