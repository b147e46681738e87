"""Objects of an index run in files that end with a checksum, so that damage is noticed."""

from __future__ import annotations

import mmap
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import joblib

CHECKSUM_SIZE = 4
"""Bytes of a CRC-32, which takes half the time of a SHA-256."""

MAX_KNOWN = 1_000
"""Files of which is known that they are sound."""


def save_sealed(path: Path, value: object) -> None:
    """Replace a file by an object, followed by the checksum of its bytes."""
    staging = path.with_suffix(".new")
    joblib.dump(value, staging)
    with _mapped(staging) as data:
        checksum = _checksum(data)
    with staging.open("ab") as file:
        file.write(checksum)
    staging.rename(path)


def load_sealed(path: Path, *, mmap_mode: Literal["r"] | None = None) -> Any:
    """Load an object; None without a file, and for a damaged one.

    A process verifies a file once, until it is replaced.

    Parameters
    ----------
    mmap_mode : "r" maps arrays instead of reading them.
    """
    with suppress(Exception):  # a pickle of another version raises anything
        found = path.stat()
        if _is_sound(path, found.st_ino, found.st_size, found.st_mtime_ns):
            return joblib.load(path, mmap_mode=mmap_mode)
    return None


@lru_cache(maxsize=MAX_KNOWN)
def _is_sound(path: Path, *_: int) -> bool:
    """Return whether a file ends with its checksum; further arguments tell its versions apart."""
    with _mapped(path) as data:
        return _checksum(data[:-CHECKSUM_SIZE]) == data[-CHECKSUM_SIZE:]


@contextmanager
def _mapped(path: Path) -> Iterator[memoryview]:
    """Map the bytes of a file."""
    with (
        path.open("rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data,
        memoryview(data) as view,
    ):
        yield view


def _checksum(data: memoryview) -> bytes:
    return zlib.crc32(data).to_bytes(CHECKSUM_SIZE, "big")
