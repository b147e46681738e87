"""Read Parquet: one article a row, in columns by the names of an article or their aliases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import tzinfo
from typing import Any

from recommender.articles.article import Article
from recommender.errors import SourceError
from recommender.ingest.readers.record_error import RejectedRecord
from recommender.ingest.readers.tables import Table

BATCH = 500
"""Rows held in memory at a time."""

EXPECTED = "a Parquet file with the columns id, title, published, ..."


def read(source: str, zone: tzinfo, language: str = "") -> Iterator[Article | RejectedRecord]:
    """Read the articles of a file; a rejected record names its row."""
    rows = _rows(source)
    table = Table(source, next(rows), EXPECTED, zone, language=language)
    placed = ((f"{source} row {number}", row) for number, row in enumerate(rows, start=1))
    for place, row in table.look_ahead(placed):
        yield from table.items(place, row)
    yield from table.unread()
    yield from table.notes()


def _rows(source: str) -> Iterator[dict[str, Any]]:
    """Yield the columns, then the rows."""
    try:
        from pyarrow import ArrowException, parquet  # noqa: PLC0415 - an extra, and heavy
    except ImportError as error:
        raise SourceError(
            f"{source}: Parquet needs pyarrow; pip install 'related-posts[parquet]'"
        ) from error
    try:
        with parquet.ParquetFile(source) as file:
            yield dict.fromkeys(file.schema_arrow.names)
            for batch in file.iter_batches(BATCH):
                yield from batch.to_pylist()
    except (ArrowException, OSError) as error:
        reason = getattr(error, "strerror", None) or str(error).partition("\n")[0]
        raise SourceError(
            f"{source}: expected {EXPECTED}, got a file that cannot be read ({reason})"
        ) from error
