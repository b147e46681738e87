"""Where large arrays are kept while an archive is processed: in memory, or elsewhere.

Work on an archive goes through its texts block by block and appends the results. So only a block is
in memory at a time, if the results are kept elsewhere: an index run keeps them in files, see
:class:`recommender.indexing.mapped.MappedStorage`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray


class Writer(ABC):
    """An array that grows at its end."""

    @abstractmethod
    def append(self, part: NDArray[Any]) -> None:
        """Add elements: shape (m, ...), of a type that can be cast."""

    @abstractmethod
    def array(self) -> NDArray[Any]:
        """Return all elements, read-only. Nothing can be appended afterwards."""


class Storage(ABC):
    """Makes and keeps large arrays."""

    @abstractmethod
    def writer(self, dtype: DTypeLike, row: tuple[int, ...] = ()) -> Writer:
        """Return an empty array that grows; ``row``: the shape of an element."""

    @abstractmethod
    def empty(self, shape: tuple[int, ...], dtype: DTypeLike) -> NDArray[Any]:
        """Return an array to be filled in any order."""

    def joined(self, parts: Iterable[NDArray[Any]], dtype: DTypeLike) -> NDArray[Any]:
        """Concatenate arrays of shape (m,) into one of shape (n,)."""
        writer = self.writer(dtype)
        for part in parts:
            writer.append(part)
        return writer.array()


class InMemory(Storage):
    """Keeps arrays in memory."""

    def writer(self, dtype: DTypeLike, row: tuple[int, ...] = ()) -> Writer:
        """Return a writer that keeps all parts until they are joined."""
        return _ListWriter(dtype, row)

    def empty(self, shape: tuple[int, ...], dtype: DTypeLike) -> NDArray[Any]:
        """Return an array in memory."""
        return np.empty(shape, dtype=dtype)


class _ListWriter(Writer):
    def __init__(self, dtype: DTypeLike, row: tuple[int, ...]) -> None:
        self._parts = [np.zeros((0, *row), dtype=dtype)]

    def append(self, part: NDArray[Any]) -> None:
        self._parts.append(part)

    def array(self) -> NDArray[Any]:
        joined = np.concatenate(self._parts, dtype=self._parts[0].dtype, casting="same_kind")
        joined.flags.writeable = False
        return joined


IN_MEMORY = InMemory()
