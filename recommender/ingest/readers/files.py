"""Open source files, plain or gzipped, and turn every failure into a :class:`SourceError`."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import BinaryIO, cast

from recommender.errors import ArticleError, SourceError
from recommender.ingest.readers import charset
from recommender.ingest.readers.record_error import RejectedRecord

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
        if isinstance(error, FileNotFoundError):
            raise SourceError(f"{source}: No such file or folder; check the path") from error
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


class LegacyText:
    """Decodes the lines of a file that are not UTF-8.

    Their encoding is detected when the first such line is met, from all of them.

    Parameters
    ----------
    source : path of the file.
    expected : what the file should be, for the message.
    """

    def __init__(self, source: str, expected: str) -> None:
        self._source, self._expected = source, expected

    @cached_property
    def encoding(self) -> str:
        """The encoding; "" if it cannot be detected."""
        with opened(self._source, self._expected) as file:
            return charset.detected(file)

    def decode(self, data: bytes) -> str:
        """Decode a line.

        Raises
        ------
        ArticleError
            The encoding cannot be detected.
        """
        if not self.encoding:
            raise ArticleError(
                "expected text in UTF-8, got an encoding that cannot be detected; save the file "
                "as UTF-8"
            )
        return charset.decode_as(data, self.encoding)

    def notes(self) -> Iterator[RejectedRecord]:
        """Yield a note if a line was decoded."""
        if self.__dict__.get("encoding"):
            yield encoding_note(self._source, self.encoding)


def encoding_note(place: str, encoding: str) -> RejectedRecord:
    """Write a note on a document that is not in the encoding that it should be in."""
    read_as = "Windows-1252 where it is not" if encoding == "utf-8" else encoding
    reason = f"not valid UTF-8; read as {read_as}. If letters are wrong, save it as UTF-8"
    return RejectedRecord(place, reason, is_error=False)
