"""From a source's name to the reader of its form."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import tzinfo

from recommender.article import Article
from recommender.errors import SourceError
from recommender.readers import jsonl
from recommender.readers.complaint import Complaint


def read(source: str, zone: tzinfo) -> Iterator[Article | Complaint]:
    """Read a source by the form that its name tells; dates without a zone are in ``zone``.

    Raises :class:`SourceError` for a form that nobody here reads, or a source that is not there.
    """
    if source.endswith((".jsonl", ".jsonl.gz", ".ndjson", ".ndjson.gz")):
        return jsonl.read(source, zone)
    raise SourceError(f"{source}: wanted a file named *.jsonl or *.jsonl.gz (JSON Lines)")
