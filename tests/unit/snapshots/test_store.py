"""Snapshots are published whole or not at all, and contain no code."""

import io
import pickletools
from pathlib import Path

import numpy as np
import pytest

from recommender.errors import SnapshotError
from recommender.home import DataDir
from recommender.serving.responses import open_current
from recommender.settings import Settings
from recommender.snapshots import store
from recommender.snapshots.manifest import FORMAT
from recommender.snapshots.snapshot import Snapshot
from sample_site import publish


@pytest.fixture
def home(settings: Settings, snapshot_id: str) -> DataDir:
    assert snapshot_id
    return DataDir(settings.home)


def folder(home: DataDir) -> Path:
    return home.snapshots / store.current_id(home)


def test_rows_are_found_by_id(home: DataDir) -> None:
    snapshot = Snapshot(folder(home), verify=True)
    assert len(snapshot) == 24
    for row in range(24):
        assert snapshot.row(snapshot.identifier(row)) == row
    assert snapshot.row("nope") is None


def test_rows_are_newest_first(home: DataDir) -> None:
    assert (np.diff(Snapshot(folder(home)).published) <= 0).all()


def test_no_file_holds_a_pickle(home: DataDir) -> None:
    for path in folder(home).iterdir():
        assert path.suffix in {".npy", ".bin", ".json"}
        if path.suffix == ".npy":
            np.load(path, allow_pickle=False)
        with pytest.raises(Exception, match=r".*"):
            list(pickletools.genops(io.BytesIO(path.read_bytes())))


@pytest.mark.parametrize(
    "name", ["cards.bin", "keywords.bin", "relevance.npy", "manifest.json", "ids_starts.npy"]
)
@pytest.mark.parametrize("damage", ["gone", "cut", "changed"])
def test_a_damaged_file_is_named(home: DataDir, name: str, damage: str) -> None:
    path = folder(home) / name
    data = path.read_bytes()
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(data[:-9] if damage == "cut" else data[:-9] + b"\xff" * 9)
    with pytest.raises(SnapshotError, match=name):
        Snapshot(folder(home), verify=True)


def test_a_snapshot_of_another_format_is_refused(home: DataDir) -> None:
    path = folder(home) / "manifest.json"
    path.write_text(path.read_text().replace(f'"format": {FORMAT}', '"format": 999'))
    with pytest.raises(SnapshotError, match="got 999; run `recommender index`"):
        Snapshot(folder(home))


def test_a_new_index_run_replaces_an_older_format(home: DataDir, settings: Settings) -> None:
    path = folder(home) / "manifest.json"
    path.write_text(path.read_text().replace(f'"format": {FORMAT}', f'"format": {FORMAT - 1}'))
    with pytest.raises(
        SnapshotError,
        match=f"expected snapshot format {FORMAT}, got {FORMAT - 1}; run `recommender index`",
    ):
        open_current(settings.home)
    publish(settings)
    assert len(open_current(settings.home)) == 24


def test_a_rollback_replaces_one_file(home: DataDir, settings: Settings, snapshot_id: str) -> None:
    second = publish(settings)
    assert store.current_id(home) == second
    store.use(home, snapshot_id)
    assert store.current_id(home) == snapshot_id
    with pytest.raises(SnapshotError, match="expected one of"):
        store.use(home, "nope")


def test_a_broken_snapshot_is_not_activated(
    home: DataDir, settings: Settings, snapshot_id: str
) -> None:
    second = publish(settings)
    (home.snapshots / snapshot_id / "cards.bin").write_bytes(b"x")
    with pytest.raises(SnapshotError, match="cards"):
        store.use(home, snapshot_id)
    assert store.current_id(home) == second


def test_pruning_keeps_the_newest_and_the_current_snapshot(
    home: DataDir, settings: Settings, snapshot_id: str
) -> None:
    for _ in range(3):
        publish(settings)
    store.use(home, snapshot_id)
    assert len(store.prune(home, keep=2)) == 2
    kept = store.snapshot_ids(home)
    assert len(kept) == 2
    assert snapshot_id in kept


@pytest.mark.parametrize("prefix", [".staging-", ".trash-", ".half-built-"])
def test_leftovers_of_a_killed_run_are_removed(
    home: DataDir, settings: Settings, prefix: str
) -> None:
    half = home.snapshots / f"{prefix}x"
    half.mkdir()
    (half / "cards.bin").write_bytes(b"half")
    assert "x" not in " ".join(store.snapshot_ids(home))
    publish(settings)
    assert not half.exists()
