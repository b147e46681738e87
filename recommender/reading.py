"""From a source's name to the reader of its form."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import tzinfo
from pathlib import Path

from recommender.article import Article
from recommender.errors import SourceError
from recommender.readers import database, feed, jsonl, markdown, parquet, table
from recommender.readers.complaint import Complaint

Reader = Callable[[str, tzinfo], Iterator[Article | Complaint]]

BY_SUFFIX: dict[str, Reader] = {
    ".jsonl": jsonl.read,
    ".ndjson": jsonl.read,
    ".csv": table.read,
    ".tsv": table.read,
    ".parquet": parquet.read,
    ".json": feed.read,
    ".rss": feed.read,
    ".atom": feed.read,
    ".xml": feed.read,
}
"""Readers of files, by the end of the name; any may end in .gz as well, but Parquet."""

WANTED = (
    "a file of JSON Lines (.jsonl), CSV (.csv), Parquet (.parquet) or a feed (.xml, .rss, .atom, "
    ".json), a folder of Markdown, or a database's URL with # and a query"
)


def read(source: str, zone: tzinfo) -> Iterator[Article | Complaint]:
    """Read a source by the form that its name tells; dates without a zone are in ``zone``.

    Raises :class:`SourceError` for a form that nobody here reads, or a source that is not there.
    """
    return reader_of(source)(source, zone)


def reader_of(source: str) -> Reader:
    """Find the reader of a source's form."""
    if database.is_database(source):
        return database.read
    path = Path(source)
    reader = BY_SUFFIX.get(path.with_suffix("").suffix if path.suffix == ".gz" else path.suffix)
    if reader is None and path.is_dir():
        return markdown.read
    if reader is None:
        raise SourceError(f"{source}: wanted {WANTED}")
    return reader


def shown(source: str) -> str:
    """Name a source for people and for the record: without a password."""
    return database.shown(source) if database.is_database(source) else source
