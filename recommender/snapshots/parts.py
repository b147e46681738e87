"""The parts of a snapshot's folder, memory-mapped: arrays, texts, hashes, groups and lists.

:mod:`recommender.snapshots.snapshot` describes the files. A folder of a delta has the files of
:class:`RowParts` only; :mod:`recommender.snapshots.delta` puts them on top of those of its base.
"""

from __future__ import annotations

import ctypes
import hashlib
import mmap
import os
from bisect import bisect_left
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.arrays import AnyRows, Mask, Rows, Vectors

MAP_FIXED = 0x10
"""Replaces what is mapped at an address; the value of Linux and macOS."""

_FAILED: list[mmap.mmap] = []
"""Regions in which a file could not be mapped."""


def array(folder: Path, name: str) -> NDArray[Any]:
    """Map an array of a folder."""
    # A plain array over the mapping: numpy's memmap class costs microseconds at every index.
    return np.asarray(np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False))


def numbers(folder: Path, name: str) -> memoryview[int]:
    """Map an array whose items are read one by one."""
    # An item of a memoryview is a plain int and costs a fifth of an item of a numpy array.
    return memoryview(array(folder, name))  # type: ignore[arg-type]  # a buffer, typed as none


def text_key(text: str) -> int:
    """Hash a text to 64 bits (BLAKE2b), the same on every machine."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


def joined(base: Path, delta: Path, name: str) -> NDArray[Any]:
    """Map an array of a base, followed by that of a delta. Pages that nothing writes stay shared.

    A copy would cost each worker 40 bytes of private memory for each article of the base.

    Parameters
    ----------
    base, delta : folders.
    name : of an array with one number for each row.

    Returns
    -------
    An array that may be written; the files never change.
    """
    path, later = base / f"{name}.npy", array(delta, name)
    first = np.load(path, mmap_mode="r", allow_pickle=False)
    if first.dtype != later.dtype:
        raise ValueError(f"{path}: expected {first.dtype}, got {later.dtype} in {delta.name}")
    offset = int(first.offset)
    end = offset + first.nbytes + later.nbytes
    region = mmap.mmap(-1, end, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    _map_at_start(region, path, offset + first.nbytes)
    both = np.frombuffer(region, first.dtype, len(first) + len(later), offset)
    both[len(first) :] = later
    return both


def _map_at_start(region: mmap.mmap, path: Path, size: int) -> None:
    """Map the first bytes of a file in place of the first pages of a region."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.mmap.restype = ctypes.c_void_p
    start = ctypes.addressof(ctypes.c_char.from_buffer(region))
    with path.open("rb") as file:
        mapped = libc.mmap(
            ctypes.c_void_p(start),
            ctypes.c_size_t(size),
            mmap.PROT_READ | mmap.PROT_WRITE,
            mmap.MAP_PRIVATE | MAP_FIXED,
            file.fileno(),
            ctypes.c_int64(0),
        )
    if mapped != start:
        _FAILED.append(region)  # its pages may belong to another mapping by now
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error), str(path))


class Blob:
    """Texts end to end in one memory-mapped file; item i is a slice of it."""

    def __init__(self, folder: Path, name: str) -> None:
        self.starts = numbers(folder, f"{name}_starts")
        path = folder / f"{name}.bin"
        with path.open("rb") as file:  # an empty file cannot be mapped
            self.texts = (
                mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if path.stat().st_size else b""
            )

    def __getitem__(self, row: int) -> bytes:
        """Return a copy of the text of a row."""
        return self.texts[self.starts[row] : self.starts[row + 1]]


class Keys:
    """Index from texts to rows: a sorted array of 64-bit hashes."""

    def __init__(self, folder: Path, name: str) -> None:
        self._keys = numbers(folder, f"{name}_keys")
        self._rows = numbers(folder, f"{name}_key_rows")

    def rows(self, key: int) -> list[int]:
        """Return the rows whose text may have this hash, see :func:`text_key`.

        Hashes can collide: the caller compares the texts.
        """
        first = bisect_left(self._keys, key)
        found = []
        while first < len(self._keys) and self._keys[first] == key:
            found.append(self._rows[first])
            first += 1
        return found

    def pairs(self) -> Iterator[tuple[int, int]]:
        """Iterate over all hashes with their rows."""
        return zip(self._keys, self._rows, strict=True)


class Groups:
    """Rows by a label from 0: by cluster, by section, or by another row."""

    def __init__(self, folder: Path, name: str) -> None:
        self.starts = numbers(folder, f"{name}_starts")
        self._rows = array(folder, f"{name}_rows")

    def __len__(self) -> int:
        """Count the labels."""
        return len(self.starts) - 1

    def size(self, label: int) -> int:
        """Count the rows of a label."""
        return self.starts[label + 1] - self.starts[label]

    def of(self, label: int) -> Rows:
        """Return the rows of a label: int32."""
        return self._rows[self.starts[label] : self.starts[label + 1]]

    def pairs(self) -> tuple[Rows, Rows]:
        """Return all labels and rows in pairs: two arrays of int32."""
        labels = np.arange(len(self), dtype=np.int32)
        return np.repeat(labels, np.diff(self.starts)), self._rows


MAX_CANDIDATES = 128
"""Candidates stored for each article by a full run: twenty times what a list shows."""


class CandidateLists:
    """The candidates of each row. A column is a position in the list of a row."""

    def __init__(self, folder: Path) -> None:
        self._rows = array(folder, "candidates")
        self._relevance = array(folder, "relevance")
        self._contributions = array(folder, "contributions")
        self._evidence = array(folder, "evidence")
        self.width: int = self._rows.shape[1]
        """Number of columns."""

    def __len__(self) -> int:
        """Count the rows."""
        return len(self._rows)

    def of(self, row: int) -> tuple[Rows, Vectors]:
        """Return the candidates of a row and their relevance in log-odds, the greatest first.

        Returns
        -------
        int32 and float32, shape (k,). Row -1 is no article.
        """
        return self._rows[row], self._relevance[row]

    def contributions(self, row: int, column: int) -> NDArray[np.float16]:
        """Return what each theme adds to the relevance of a candidate: float16, (f,)."""
        return np.asarray(self._contributions[row, column])

    def evidence(self, row: int, column: int) -> NDArray[np.float16]:
        """Return the evidence for a common topic with a candidate: float16, (5,)."""
        return np.asarray(self._evidence[row, column])

    def showing(self, targets: Mask) -> AnyRows:
        """Return the rows that have one of the targets among their candidates.

        ``targets`` has the shape (n + 1,); the last item is False, because row -1 is no article.
        """
        return np.flatnonzero(targets[self._rows].any(axis=1))

    def contain(self, rows: AnyRows, candidates: AnyRows) -> Mask:
        """Return whether the list of each row has the candidate beside it: bool, (len(rows),)."""
        return np.asarray((self._rows[rows] == candidates[:, None]).any(axis=1))


class OtherId(NamedTuple):
    """What an ID or an address stands for that is none of a row."""

    row: int
    """Row of the article that had it before; -1 without any."""
    copies: Rows
    """Rows of the copies of a hidden article: int32."""


class OtherIds:
    """IDs and addresses of no row: former ones, and those of hidden articles."""

    def __init__(self, folder: Path) -> None:
        self._ids = Blob(folder, "other_ids")
        self._keys = Keys(folder, "other")
        self._rows = numbers(folder, "other_rows")
        self._copies = Groups(folder, "other_copy")

    def find(self, identifier: str) -> OtherId | None:
        """Return what an ID or a normalised address stands for; None if it is not known."""
        text = identifier.encode()
        for position in self._keys.rows(text_key(identifier)):
            if self._ids[position] == text:
                return OtherId(self._rows[position], self._copies.of(position))
        return None


class RowParts:
    """What the folders of a base and of a delta have of each of their rows."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.published = array(folder, "published")
        self.expires = array(folder, "expires")
        self.recency_from = array(folder, "recency_from")
        self.section = array(folder, "section")
        self.language = array(folder, "language")
        self.cluster_id = array(folder, "cluster_id")
        self.series = array(folder, "series")
        self.candidates = CandidateLists(folder)
        self.diversity_vectors = array(folder, "diversity_vectors")
        self.ids = Blob(folder, "ids")
        self.cards = Blob(folder, "cards")
        self.keywords = Blob(folder, "keywords")
        self.id_keys = Keys(folder, "id")
        self.url_keys = Keys(folder, "url")
        self.other_ids = OtherIds(folder)
        arrays = (self.expires, self.section, self.candidates, self.diversity_vectors)
        rows = {len(one) for one in arrays}
        if rows != {len(self)}:
            raise ValueError(f"arrays of {sorted(rows)} rows for {len(self)} articles")

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.published)


class Parts(RowParts):
    """All parts of a snapshot that is no delta. Its rows are numbered from the newest."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.articles = len(self)
        self.clusters = Groups(folder, "cluster")
        self.non_copies = Groups(folder, "no_copy")
        self.sections = Groups(folder, "section")
        self.linkers = Groups(folder, "linker")
        self.linked = Groups(folder, "linked")

    def vector_of(self, row: int) -> NDArray[np.int8]:
        """Return the diversity vector of a row: int8, shape (d,)."""
        vector: NDArray[np.int8] = self.diversity_vectors[row]
        return vector

    def by_date(self, rows: Rows) -> Rows:
        """Sort some rows, newest first; they are in ascending order."""
        return rows

    def newest_first(self) -> Rows:
        """Return all rows, newest first: int32, (n,)."""
        return np.arange(len(self), dtype=np.int32)
