"""Every file of a snapshot damaged in every way: a whole snapshot is served, or none."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from recommender.cli import main
from recommender.errors import SnapshotError
from recommender.home import DataDir, replace_atomically
from recommender.settings import Settings, load_settings
from recommender.snapshots.manifest import FORMAT
from recommender.snapshots.snapshot import Snapshot
from recommender.snapshots.store import current_id, new_id, snapshot_ids, use
from sample_site import ENCODER, NOW, publish, records, write_jsonl
from service import create_app
from service.state.state_updater import StateUpdater

Damage = Callable[[Path], None]


def empty(path: Path) -> None:
    path.write_bytes(b"")


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def zero(path: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))


def flip(path: Path, bit: int = 83) -> None:
    data = bytearray(path.read_bytes())
    if data:
        data[bit // 8 % len(data)] ^= 1 << bit % 8
    path.write_bytes(data)


def flip_last(path: Path) -> None:
    flip(path, 8 * path.stat().st_size - 1)


def unreadable(path: Path) -> None:
    path.unlink()
    path.mkdir()


def older(path: Path) -> None:
    first, *_ = snapshot_ids(DataDir(path.parent.parent.parent))
    shutil.copy(path.parent.parent / first / path.name, path)


DAMAGES: list[Damage] = [
    Path.unlink, empty, truncate, zero, flip, flip_last, unreadable, older,
]  # fmt: skip


@pytest.fixture(scope="module")
def two_snapshots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with two snapshots: the older one has an article less."""
    folder = tmp_path_factory.mktemp("two")
    settings = load_settings(folder / "home", environ={}, embedding_model=ENCODER)
    rows = records()
    publish(settings, write_jsonl(folder / "first.jsonl", rows[1:]))
    publish(settings, write_jsonl(folder / "all.jsonl", rows), now=NOW + timedelta(minutes=5))
    return settings.home


@pytest.fixture
def home(two_snapshots: Path, settings: Settings) -> DataDir:
    shutil.copytree(two_snapshots, settings.home)
    return DataDir(settings.home)


def files(home: DataDir) -> list[str]:
    return sorted(path.name for path in (home.snapshots / current_id(home)).iterdir())


def chosen(home: DataDir, damage: Damage) -> list[str]:
    """Files for one way of damage: all of them by hand, and a sixth and the manifest in CI."""
    if "RECOMMENDER_ALL_FAULTS" in os.environ:
        return files(home)
    return ["manifest.json", *files(home)[DAMAGES.index(damage) % 6 :: 6]]


@contextmanager
def started(settings: Settings, home: DataDir, verified_bytes: int = 0) -> Iterator[StateUpdater]:
    """A worker right after its start, once it has compared the checksums."""
    updater = StateUpdater(home.path, settings.catalogue_url, verified_bytes=verified_bytes)
    with closing(updater.override_watcher):
        updater.poll_overrides()
        updater.refresh()
        updater.refresh_and_verify()
        yield updater


def active(updater: StateUpdater) -> str | None:
    return None if updater.state is None else updater.state.snapshot.id


@contextmanager
def damaged(path: Path, damage: Damage) -> Iterator[bool]:
    """Damage a file for the time of a block; gives whether its content differs."""
    whole = path.read_bytes()
    damage(path)
    try:
        yield not path.is_file() or path.read_bytes() != whole
    finally:
        if path.is_dir():
            path.rmdir()
        path.write_bytes(whole)


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_start_falls_back_to_the_older_snapshot(
    settings: Settings, home: DataDir, damage: Damage
) -> None:
    first, second = snapshot_ids(home)
    for name in chosen(home, damage):
        path = home.snapshots / second / name
        with damaged(path, damage) as differs, started(settings, home) as updater:
            assert active(updater) == (first if differs else second), name


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_running_worker_keeps_its_snapshot(
    settings: Settings, home: DataDir, damage: Damage, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = snapshot_ids(home)
    names = chosen(home, damage)
    replace_atomically(home.current, f"{first}\n".encode())
    with started(settings, home) as updater:
        for name in names:
            with damaged(home.snapshots / second / name, damage) as differs:
                if not differs:
                    continue
                failures: list[None] = []
                updater.snapshot_loader.on_failure = partial(failures.append, None)
                caplog.clear()
                replace_atomically(home.current, f"{second}\n".encode())
                for _ in range(3):  # the second attempt waits for 2 seconds
                    updater.refresh_and_verify()
                assert active(updater) == first, name
                assert len(failures) == 1
                assert caplog.text.count("could not open the current snapshot") == 1
                assert "Traceback" not in caplog.text
        replace_atomically(home.current, f"{second}\n".encode())
        updater.refresh_and_verify()
        assert active(updater) == second


def test_no_bit_of_a_manifest_or_header_escapes(home: DataDir) -> None:
    """Opening raises a SnapshotError and nothing else, whichever bit is wrong."""
    folder = home.snapshots / current_id(home)
    for name in files(home):
        size = (folder / name).stat().st_size
        bits = range(0, 8 * (size if name == "manifest.json" else min(size, 128)), 463)
        for bit in bits:
            with damaged(folder / name, partial(flip, bit=bit)):
                with pytest.raises(SnapshotError):
                    Snapshot(folder, verify=True)
                with suppress(SnapshotError):
                    Snapshot(folder)


def test_without_another_snapshot_nothing_is_served(
    settings: Settings, home: DataDir, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = snapshot_ids(home)
    shutil.rmtree(home.snapshots / first)
    with damaged(home.snapshots / second / "cards.bin", zero), started(settings, home) as updater:
        assert active(updater) is None
        assert "found only damaged ones" in str(updater.unavailable_reason)
        assert f"snapshot {second} is damaged" in caplog.text
        updater.snapshot_loader._backoff._next_attempt = 0.0  # the next attempt
        updater.refresh()
        assert active(updater) is None
        newer = publish(settings, now=NOW + timedelta(minutes=9))
        updater.refresh()
        assert active(updater) == newer


def test_a_small_snapshot_is_verified_before_it_is_served(
    settings: Settings, home: DataDir
) -> None:
    first, second = snapshot_ids(home)
    with damaged(home.snapshots / second / "cards.bin", zero):
        client = create_app(settings).test_client()
        answer = client.get("/v1/articles/talks/1/related")
    assert answer.json is not None
    assert answer.json["snapshot"] == first


def test_a_snapshot_of_a_newer_format_is_left_alone(settings: Settings, home: DataDir) -> None:
    """As after going back to an older version."""
    first, second = snapshot_ids(home)
    path = home.snapshots / second / "manifest.json"
    path.write_text(path.read_text().replace(f'"format": {FORMAT}', f'"format": {FORMAT + 1}'))
    with started(settings, home) as updater:
        assert active(updater) == first
    main(["snapshots", "use", first, "--home", str(home.path)])
    with started(settings, home) as updater:
        assert active(updater) == first
    assert snapshot_ids(home) == [first, second]


ODD_NAMES = {
    "empty": b"",
    "unknown": b"20200101T000000Z-000000\n",
    "zeros": bytes(24),
    "not text": b"\xff\xfe\n",
    "long": b"a" * 1_000_000,
    "parent": b"..\n",
    "outside": b"../../outside\n",
    "absolute": b"/outside\n",
    "two lines": b"20200101T000000Z-000000\n20200101T000000Z-000000\n",
}


@pytest.mark.parametrize("kind", [*ODD_NAMES, "missing", "folder", "loop"])
def test_current_names_no_snapshot(
    settings: Settings, home: DataDir, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    newest = snapshot_ids(home)[-1]
    # A whole snapshot outside of the folder is not opened.
    shutil.copytree(home.snapshots / newest, home.path / "outside")
    with started(settings, home) as running:
        home.current.unlink()
        if kind == "folder":
            home.current.mkdir()
        elif kind == "loop":
            home.current.symlink_to(home.current)
        elif kind != "missing":
            data = ODD_NAMES[kind]
            outside = str(home.path / "outside").encode()
            home.current.write_bytes(outside if kind == "absolute" else data)
        running.refresh_and_verify()
        assert active(running) == newest
    client = create_app(settings).test_client()
    answer = client.get("/v1/articles/talks/0/related")
    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["snapshot"] == newest
    capsys.readouterr()
    main(["snapshots", "list", "--home", str(home.path)])
    out, err = capsys.readouterr()
    assert out.count("\n") == 2
    if kind != "unknown":
        assert f"recommender snapshots use {newest}" in err
    with pytest.raises(SystemExit):
        main(["related", "talks/0", "--home", str(home.path)])
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../outside", "../snapshots/{}", "./{}", "{}/", "{}\n", "a\0b", "/{}"]
)
def test_no_other_folder_is_activated(home: DataDir, name: str) -> None:
    newest = snapshot_ids(home)[-1]
    shutil.copytree(home.snapshots / newest, home.path / "outside")
    with pytest.raises(SnapshotError, match="expected one of"):
        use(home, name.format(newest))
    with pytest.raises(SnapshotError, match="expected one of"):
        use(home, str(home.path / "outside"))
    assert current_id(home) == newest


def test_ids_sort_by_publication() -> None:
    stored: list[str] = []
    for now in (NOW, NOW, NOW - timedelta(days=1), NOW + timedelta(seconds=1), NOW):
        stored.append(new_id(now, stored))
    assert stored == sorted(stored)
    assert len({name.partition("-")[0] for name in stored}) == 5
    last = new_id(NOW, ["99991231T235959Z-ffffff"])
    assert last.startswith("20261031T120000Z-")
