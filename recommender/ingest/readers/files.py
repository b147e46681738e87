"""Open source files, plain or gzipped, and turn every failure into a :class:`SourceError`."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from recommender.errors import SourceError

MAX_BYTES = 64 * 1024 * 1024
"""Largest file that is read into memory (a feed, a page, a list of addresses), decompressed.

A feed of 10,000 entries has a tenth of that. The limit stops gzip bombs."""


@contextmanager
def opened(source: str, expected: str) -> Iterator[BinaryIO]:
    """Open a file; one that ends in .gz is decompressed.

    Parameters
    ----------
    source : path of the file.
    expected : what the file should be, for the message.

    Raises
    ------
    SourceError
        The file cannot be opened or read on, such as a truncated gzip file.
    """
    path = Path(source)
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            yield cast("BinaryIO", file)
    except (OSError, EOFError, zlib.error) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise SourceError(f"{source}: expected {expected}, got an error: {reason}") from error


def whole(source: str, expected: str) -> bytes:
    """Read a whole file of at most :data:`MAX_BYTES` bytes."""
    with opened(source, expected) as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise SourceError(
            f"{source}: expected {expected} of at most {MAX_BYTES // 1024**2} MB, got more; "
            "convert it to JSON Lines, which has no limit"
        )
    return data


def beginning(source: str, expected: str) -> bytes:
    """Read the first 64 KB, to detect the format of a file."""
    with opened(source, expected) as file:
        return file.read(64 * 1024)
