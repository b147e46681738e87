"""Moves arrays from memory to a file, so that memory limits the size of an archive less."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import joblib

from recommender.indexing.memory import free_memory

PREFIX = "scoring-"
"""Beginning of the name of a folder with the arrays of a run."""

Value = TypeVar("Value")


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


def mapped(value: Value, parent: Path | None) -> Value:
    """Return a copy of an object with all its arrays mapped from a file, read-only.

    The system can drop mapped arrays from memory, and reads them again. The file is deleted at
    once. A local disk frees its space when the arrays are forgotten.

    Parameters
    ----------
    parent : see :func:`scratch_folder`.
    """
    with scratch_folder(parent) as folder:
        path = folder / "arrays.joblib"
        joblib.dump(value, path)
        copy: Value = joblib.load(path, mmap_mode="r")
    free_memory()
    return copy
