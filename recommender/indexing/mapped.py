"""Keeps arrays in files, so that memory limits the size of an archive less."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from math import prod
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from models.storage import Storage, Writer

PREFIX = "scoring-"
"""Beginning of the name of a folder with the arrays of a run."""


def delete_leftovers(parent: Path | None) -> None:
    """Delete the folders of runs that were killed. The caller holds the lock."""
    for path in parent.glob(f"{PREFIX}*") if parent is not None else ():
        shutil.rmtree(path, ignore_errors=True)


@contextmanager
def scratch_folder(parent: Path | None) -> Iterator[Path]:
    """Make a folder for arrays, and delete it after the block. Mapped arrays stay readable.

    Parameters
    ----------
    parent : where the folder is made; None is the system's folder of temporary files.
    """
    # On NFS a mapped file cannot be deleted; the next run deletes it.
    with TemporaryDirectory(prefix=PREFIX, dir=parent, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


class MappedStorage(Storage):
    """Keeps arrays in files that are deleted at once and mapped into memory.

    Parameters
    ----------
    parent : see :func:`scratch_folder`.
    """

    def __init__(self, parent: Path | None) -> None:
        self._parent = parent

    def writer(self, dtype: DTypeLike, row: tuple[int, ...] = ()) -> Writer:
        """Return an array that grows in a file."""
        return _FileWriter(self._parent, np.dtype(dtype), row)

    def empty(self, shape: tuple[int, ...], dtype: DTypeLike) -> NDArray[Any]:
        """Return an array that can be written, with its space reserved.

        On a full disk, writing to a hole in a file raises SIGBUS.
        """
        size = prod(shape) * np.dtype(dtype).itemsize
        if not size:
            return np.empty(shape, dtype=dtype)
        with TemporaryFile(dir=self._parent) as file:
            os.posix_fallocate(file.fileno(), 0, size)
            return np.memmap(file, dtype=dtype, mode="r+", shape=shape)


class _FileWriter(Writer):
    def __init__(self, parent: Path | None, dtype: np.dtype[Any], row: tuple[int, ...]) -> None:
        self._file = TemporaryFile(dir=parent)  # noqa: SIM115 - array() closes it
        self._dtype, self._row, self._size = dtype, row, 0

    def __del__(self) -> None:  # after an error nothing else closes it
        with suppress(OSError):  # what is left to write is of no use
            self._file.close()

    def append(self, part: NDArray[Any]) -> None:
        # ``ndarray.tofile`` would not say that the disk is full.
        self._file.write(np.ascontiguousarray(part, dtype=self._dtype).data)
        self._size += len(part)

    def array(self) -> NDArray[Any]:
        shape = (self._size, *self._row)
        with self._file:
            if not prod(shape):
                return np.zeros(shape, dtype=self._dtype)
            self._file.flush()
            return np.memmap(self._file, dtype=self._dtype, mode="r", shape=shape)
