"""Arrays in memory and arrays in files have the same contents."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from models.storage import IN_MEMORY, Storage
from paths import ROOT
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


def test_what_is_joined_cannot_be_written(storage: Storage) -> None:
    joined = storage.joined([np.arange(3)], np.int64)
    with pytest.raises(ValueError, match="read-only"):
        joined[0] = 1


def test_other_shapes_and_types_are_refused(storage: Storage) -> None:
    with pytest.raises(ValueError, match=r"shape|dimension"):
        appended(storage, np.zeros((1, 3), dtype=np.float32))
    with pytest.raises(TypeError, match="same_kind"):
        appended(storage, np.zeros((1, 2), dtype=complex))


def appended(storage: Storage, part: NDArray[Any]) -> NDArray[Any]:
    writer = storage.writer(np.float32, (2,))
    writer.append(part)
    return writer.array()


def test_a_full_disk_is_named_with_its_folder(tmp_path: Path) -> None:
    """A limit for the size of a file stands for the full disk, in a process of its own."""
    script = (
        "import resource, signal, sys\n"
        "from pathlib import Path\n"
        "import numpy as np\n"
        "from recommender.errors import DataDirError\n"
        "from recommender.indexing.mapped import MappedStorage\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, 2_000))\n"
        "storage = MappedStorage(Path(sys.argv[1]))\n"
        "for fill in (lambda: storage.joined([np.zeros(9_000)], float),\n"
        "             lambda: storage.empty((9_000,), float)):\n"
        "    try:\n"
        "        fill()\n"
        "    except DataDirError as error:\n"
        "        print(error)\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    expected = f"{tmp_path}: expected free space for the files of the run, got: File too large"
    assert done.stdout.splitlines() == [expected, expected]
    assert done.stderr == ""


def test_no_file_is_left(tmp_path: Path) -> None:
    joined = MappedStorage(tmp_path).joined([np.arange(5)], np.int64)
    made = MappedStorage(tmp_path).empty((5,), np.int64)
    made[:] = joined
    assert made.tolist() == list(range(5))
    assert list(tmp_path.iterdir()) == []
