"""Readers: each turns one form of source into articles and complaints.

A reader is a function ``(source, zone) -> Iterator[Article | Complaint]``. It raises
:class:`~recommender.errors.SourceError` only where nothing more of the source can be read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import tzinfo

from recommender.article import Article
from recommender.errors import SourceError


@dataclass(frozen=True)
class Complaint:
    """One record that is left out: where it stands and why."""

    place: str
    reason: str

    def __str__(self) -> str:
        """One line, as compilers write it: the place first."""
        return f"{self.place}: {self.reason}"


def read(source: str, zone: tzinfo) -> Iterator[Article | Complaint]:
    """Read a source by the form that its name tells.

    Raises :class:`SourceError` for a form that nobody here reads, or a source that is not there.
    """
    from recommender.readers import jsonl  # noqa: PLC0415 - a reader is imported when it is used

    if source.endswith((".jsonl", ".jsonl.gz", ".ndjson", ".ndjson.gz")):
        return jsonl.read(source, zone)
    raise SourceError(f"{source}: wanted a file named *.jsonl or *.jsonl.gz (JSON Lines)")
