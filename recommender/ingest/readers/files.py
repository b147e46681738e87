"""Files as sources: plain or gzipped, opened once, every failure named."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from recommender.errors import SourceError

LARGEST = 64 * 1024 * 1024
"""Bytes of a file that is read whole (a feed, a page, a list of addresses), unpacked: a feed of
10,000 entries is a tenth of it, and a gzip bomb stops here."""


@contextmanager
def opened(source: str, wanted: str) -> Iterator[BinaryIO]:
    """Open a file, unpacked where its name ends in .gz.

    Raises :class:`SourceError` for whatever goes wrong while it is open, also half a gzip;
    ``wanted`` says what the file should have been.
    """
    path = Path(source)
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            yield cast("BinaryIO", file)
    except (OSError, EOFError, zlib.error) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise SourceError(f"{source}: {reason}; wanted {wanted}") from error


def whole(source: str, wanted: str) -> bytes:
    """Read a file whole, of no more than :data:`LARGEST` bytes."""
    with opened(source, wanted) as file:
        data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise SourceError(
            f"{source}: more than {LARGEST // 1024**2} MB; wanted {wanted} of less, "
            "or the same articles as JSON Lines, which has no limit"
        )
    return data


def beginning(source: str, wanted: str) -> bytes:
    """Read the first 64 KB, to see what a file is."""
    with opened(source, wanted) as file:
        return file.read(64 * 1024)
