"""Objects of an index run in files that end with a checksum, so that damage is noticed."""

from __future__ import annotations

import os
import zlib
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO, Literal

import joblib

CHECKSUM_SIZE = 4
"""Bytes of a CRC-32, which takes half the time of a SHA-256."""

BLOCK_SIZE = 2**20
"""Bytes that are read at a time."""

MAX_KNOWN = 1_000
"""Files of which is known that they are sound."""


def save_sealed(path: Path, value: object) -> None:
    """Replace a file by an object, followed by the checksum of its bytes."""
    staging = path.with_suffix(".new")
    joblib.dump(value, staging)
    with staging.open("r+b") as file:
        checksum = _checksum(file, staging.stat().st_size)
        file.seek(0, os.SEEK_END)
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
def _is_sound(path: Path, _inode: int, size: int, _modified: int) -> bool:
    """Return whether a file ends with its checksum; inode and time tell its versions apart."""
    with path.open("rb") as file:
        return _checksum(file, size - CHECKSUM_SIZE) == file.read()


def _checksum(file: BinaryIO, size: int) -> bytes:
    """Return the checksum of the next bytes of a file.

    They are read in blocks: a mapped file counts as memory of the run, gigabytes for a large
    archive.
    """
    checksum = 0
    for start in range(0, size, BLOCK_SIZE):
        checksum = zlib.crc32(file.read(min(BLOCK_SIZE, size - start)), checksum)
    return checksum.to_bytes(CHECKSUM_SIZE, "big")
