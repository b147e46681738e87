"""Arrays in memory and arrays in files have the same contents."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from models.storage import IN_MEMORY, Storage
from recommender.indexing.mapped import MappedStorage

STORAGES: list[Callable[[Path], Storage]] = [lambda _folder: IN_MEMORY, MappedStorage]


@pytest.fixture(params=STORAGES, ids=["memory", "files"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    made: Storage = request.param(tmp_path)
    return made


def test_parts_are_joined_in_their_order(storage: Storage) -> None:
    parts = [np.arange(3), np.arange(0), np.arange(10, 12)]
    joined = storage.joined(parts, np.int32)
    assert joined.tolist() == [0, 1, 2, 10, 11]
    assert joined.dtype == np.int32


def test_nothing_can_be_joined(storage: Storage) -> None:
    assert storage.joined([], np.float32).shape == (0,)
    assert storage.writer(np.float32, (4,)).array().shape == (0, 4)


def test_rows_keep_their_shape(storage: Storage) -> None:
    writer = storage.writer(np.float32, (2,))
    writer.append(np.ones((3, 2), dtype=np.float32))
    writer.append(np.zeros((4, 2), dtype=np.float32)[::2])  # not contiguous
    assert writer.array().tolist() == [[1, 1]] * 3 + [[0, 0]] * 2


def test_an_empty_array_can_be_filled_in_any_order(storage: Storage) -> None:
    made = storage.empty((3, 2), np.int64)
    for row in (2, 0, 1):
        made[row] = row
    assert made.tolist() == [[0, 0], [1, 1], [2, 2]]
    assert storage.empty((0, 2), bool).shape == (0, 2)


def test_no_file_is_left(tmp_path: Path) -> None:
    joined = MappedStorage(tmp_path).joined([np.arange(5)], np.int64)
    made = MappedStorage(tmp_path).empty((5,), np.int64)
    made[:] = joined
    assert made.tolist() == list(range(5))
    assert list(tmp_path.iterdir()) == []
