"""Keeps arrays in files, so that memory limits the size of an archive less."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from math import prod
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile, gettempdir
from typing import IO, Any
from weakref import finalize

import numpy as np
from numpy.typing import DTypeLike, NDArray

from models.storage import Storage, Writer
from recommender.errors import DataDirError

PREFIX = "scoring-"
"""Beginning of the names of files and folders with the arrays of a run."""

NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""Errors of a full disk, of a quota and of a limit for files."""


def delete_leftovers(parent: Path | None) -> None:
    """Delete the files of runs that were killed. The caller holds the lock."""
    for path in parent.glob(f"{PREFIX}*") if parent is not None else ():
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


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

    Each array holds a file descriptor, a few hundred in all.

    Raises
    ------
    DataDirError
        The disk is full.
    """

    def __init__(self, parent: Path | None) -> None:
        """Keep arrays in a folder; for ``parent`` see :func:`scratch_folder`."""
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
        with _file(self._parent) as file, _full_disk_named(self._parent):
            os.posix_fallocate(file.fileno(), 0, size)
            return np.memmap(file, dtype=dtype, mode="r+", shape=shape)


class _FileWriter(Writer):
    def __init__(self, parent: Path | None, dtype: np.dtype[Any], row: tuple[int, ...]) -> None:
        self._file, self._parent = _file(parent), parent
        finalize(self, _close, self._file)  # after an error nothing else closes it
        self._dtype, self._row, self._size = dtype, row, 0

    def append(self, part: NDArray[Any]) -> None:
        if part.shape[1:] != self._row:
            raise ValueError(f"expected rows of shape {self._row}, got {part.shape[1:]}")
        values = np.ascontiguousarray(part.astype(self._dtype, casting="same_kind", copy=False))
        with _full_disk_named(self._parent):
            # ``ndarray.tofile`` does not report a full disk.
            self._file.write(values.data)
        self._size += len(part)

    def array(self) -> NDArray[Any]:
        shape = (self._size, *self._row)
        with _full_disk_named(self._parent), self._file:
            if not prod(shape):
                return np.zeros(shape, dtype=self._dtype)
            self._file.flush()
            return np.memmap(self._file, dtype=self._dtype, mode="r", shape=shape)


def _file(parent: Path | None) -> IO[bytes]:
    """Open a file without a name. Its space is free once it is closed and no longer mapped."""
    with _full_disk_named(parent):
        return TemporaryFile(prefix=PREFIX, dir=parent)


def _close(file: IO[bytes]) -> None:
    with suppress(OSError):  # what is left to write is of no use
        file.close()


@contextmanager
def _full_disk_named(parent: Path | None) -> Iterator[None]:
    """Turn the error of a full disk into one that names the folder."""
    try:
        yield
    except OSError as error:
        if error.errno not in NO_SPACE:
            raise
        raise DataDirError(
            f"{parent or gettempdir()}: expected free space for the files of the run, "
            f"got: {error.strerror}"
        ) from error
