"""Workers and commands with a base and deltas: take-over, rollback, damage and pruning."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from functools import partial
from pathlib import Path

import msgspec
import pytest

from paths import ROOT
from recommender.cli import main
from recommender.errors import SnapshotError
from recommender.estimator.storage import copy_fitted
from recommender.home import DataDir, replace_atomically
from recommender.reports.health import Level, examine
from recommender.settings import Settings, load_settings
from recommender.snapshots.manifest import Manifest, read_manifest, write_manifest
from recommender.snapshots.snapshot import Snapshot
from recommender.snapshots.store import current_id, prune, snapshot_ids, use
from recommender.snapshots.store import publish as publish_snapshot
from sample_site import ENCODER, NOW, publish, records, write_jsonl
from service.state.state_updater import StateUpdater
from split_snapshot import Split

DEPLOY = ROOT / "deploy"

NEW, CHANGED, WITHDRAWN = 1, 4, 7
"""Rows: the first two are of the delta; the second has the ID of row 5; the third is removed."""


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with a base, and with two deltas on it, of which the second is current."""
    folder = tmp_path_factory.mktemp("deltas")
    settings = load_settings(folder / "home", environ={}, embedding_model=ENCODER)
    publish(settings, write_jsonl(folder / "all.jsonl", records()))
    home = DataDir(settings.home)
    every = Snapshot(home.snapshots / current_id(home))
    parts = Split(every, [NEW, CHANGED], [5, WITHDRAWN], {CHANGED: 5})
    base = parts.publish_base(home, NOW + timedelta(minutes=1))
    for minute in (2, 3):
        parts.publish_delta(home, base, NOW + timedelta(minutes=minute))
    shutil.rmtree(every.folder)
    return home.path


@pytest.fixture
def home(template: Path, settings: Settings) -> DataDir:
    shutil.copytree(template, settings.home)
    return DataDir(settings.home)


@pytest.fixture
def updater(home: DataDir, settings: Settings) -> Iterator[StateUpdater]:
    """A worker that serves the base."""
    activate(home, snapshot_ids(home)[0])
    one = StateUpdater(home.path, settings.catalogue_url)
    with closing(one.override_watcher):
        one.poll_overrides()
        one.refresh_and_verify()
        yield one


def activate(home: DataDir, identifier: str) -> None:
    replace_atomically(home.current, f"{identifier}\n".encode())


def served(updater: StateUpdater) -> Snapshot:
    assert updater.state is not None
    return updater.state.snapshot


def test_a_worker_takes_over_deltas_and_goes_back(home: DataDir, updater: StateUpdater) -> None:
    base, first, second = snapshot_ids(home)
    opened = served(updater)
    assert opened.is_verified
    names = {row["id"]: number for number, row in enumerate(records())}
    new, changed, withdrawn = (list(names)[row] for row in (NEW, 5, WITHDRAWN))
    assert opened.row(new) is None
    title = opened.card(opened.row(changed) or 0)["title"]
    cards = opened.folder / "cards.bin"
    cards.write_bytes(bytes(cards.stat().st_size))  # would be found if it were verified again
    for identifier in (first, second, first):
        activate(home, identifier)
        updater.refresh_and_verify()
        assert served(updater).id == identifier
        assert served(updater).base is opened
        assert served(updater).row(new) is not None
        assert served(updater).row(withdrawn) is None
        assert served(updater).card(served(updater).row(changed) or 0)["title"] != title
    activate(home, base)
    updater.refresh_and_verify()
    assert served(updater) is opened


def missing_base(delta: Path, base: Path) -> None:
    shutil.rmtree(base)
    assert delta.is_dir()


def other_base(delta: Path, base: Path) -> None:
    changed = msgspec.structs.replace(read_manifest(base), encoder="another")
    write_manifest(base, changed)
    assert delta.is_dir()


def base_is_a_delta(delta: Path, base: Path) -> None:
    first = read_manifest(sorted(base.parent.iterdir())[1])
    change_manifest(delta, base=first.id, base_checksum=first.checksum)


def other_labels(delta: Path, base: Path) -> None:
    labels = read_manifest(base).labels
    change_manifest(delta, labels=msgspec.structs.replace(labels, sections=["sport"]))


def damaged_file(delta: Path, base: Path) -> None:
    (delta / "cards.bin").write_bytes(bytes((delta / "cards.bin").stat().st_size))
    assert base.is_dir()


def missing_file(delta: Path, base: Path) -> None:
    (delta / "added_rows.npy").unlink()
    assert base.is_dir()


def change_manifest(folder: Path, **fields: object) -> None:
    write_manifest(folder, msgspec.structs.replace(read_manifest(folder), **fields))


FAULTS = {
    missing_base: "manifest.json: expected the manifest of a snapshot, got No such file",
    other_base: "expected the snapshot of then, got another; run `recommender index --full`",
    base_is_a_delta: "expected no delta, got one of",
    other_labels: "labels that do not begin with those of the base; run `recommender index --full`",
    damaged_file: "cards.bin: expected the SHA-256 in manifest.json, got another",
    missing_file: "added_rows.npy: expected a file as in manifest.json, got No such file",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_wrong_delta_leaves_the_last_good_state(
    home: DataDir, updater: StateUpdater, fault: object, caplog: pytest.LogCaptureFixture
) -> None:
    base, _, second = snapshot_ids(home)
    opened = served(updater)
    fault(home.snapshots / second, home.snapshots / base)  # type: ignore[operator]
    failures: list[None] = []
    updater.snapshot_loader.on_failure = partial(failures.append, None)
    activate(home, second)
    for _ in range(3):
        updater.refresh_and_verify()
    assert served(updater) is opened
    assert len(failures) == 1
    (line,) = [one for one in caplog.text.splitlines() if "could not open" in one]
    assert FAULTS[fault] in line  # type: ignore[index]
    assert "Traceback" not in caplog.text


def test_a_start_with_a_damaged_delta_serves_the_newest_valid_one(
    home: DataDir, settings: Settings
) -> None:
    base, first, second = snapshot_ids(home)
    damaged_file(home.snapshots / second, home.snapshots / base)
    one = StateUpdater(home.path, settings.catalogue_url)
    with closing(one.override_watcher):
        one.poll_overrides()
        one.refresh_and_verify()
        assert served(one).id == first
    damaged_file(home.snapshots / base, home.snapshots / base)
    two = StateUpdater(home.path, settings.catalogue_url, verified_bytes=0)
    with closing(two.override_watcher):
        two.poll_overrides()
        two.refresh_and_verify()
        assert two.state is None


def test_no_delta_is_published_on_a_base_that_is_gone(home: DataDir) -> None:
    base, first, second = snapshot_ids(home)
    manifest = read_manifest(home.snapshots / base)
    every = Snapshot(home.snapshots / base)
    contents = Split(every, [0], []).delta_contents(manifest)
    (home.snapshots / base).rename(home.path / "away")
    with pytest.raises(SnapshotError, match=r"No such file.*run `recommender index --full`"):
        publish_snapshot(home, contents, NOW + timedelta(minutes=9), base=manifest)
    assert current_id(home) == second
    assert sorted(path.name for path in home.snapshots.iterdir()) == [first, second]


def test_pruning_keeps_bases_and_counts_deltas_apart(home: DataDir) -> None:
    base, first, second = snapshot_ids(home)
    assert prune(home, keep=1) == [first]
    assert snapshot_ids(home) == [base, second]
    newer = full_snapshot(home, minute=5)
    activate(home, newer.id)
    assert prune(home, keep=1) == []  # the delta is one, and needs its base
    newest = full_snapshot(home, minute=6)
    activate(home, newest.id)
    assert prune(home, keep=2) == [newer.id]
    assert snapshot_ids(home) == [base, second, newest.id]


def test_deltas_without_a_change_push_out_no_other(home: DataDir) -> None:
    base, first, second = snapshot_ids(home)
    change_manifest(home.snapshots / first, files={})
    repeats = [f"{second[:-6]}fffff{number}" for number in range(4)]
    for one in repeats:
        shutil.copytree(home.snapshots / second, home.snapshots / one)
        change_manifest(home.snapshots / one, id=one)
    activate(home, repeats[-1])
    assert snapshot_ids(home) == [base, first, second, *repeats]
    assert prune(home, keep=3) == [second, *repeats[:2]]
    assert snapshot_ids(home) == [base, first, *repeats[2:]]


def full_snapshot(home: DataDir, minute: int) -> Manifest:
    base = snapshot_ids(home)[0]
    every = Snapshot(home.snapshots / base)
    return Split(every, [], []).publish_base(home, NOW + timedelta(minutes=minute))


def test_commands_know_deltas(home: DataDir, capsys: pytest.CaptureFixture[str]) -> None:
    base, first, second = snapshot_ids(home)
    main(["snapshots", "list", "--home", str(home.path)])
    lines = capsys.readouterr().out.splitlines()
    assert [f"delta of {base}" in line for line in lines] == [False, True, True]
    assert [line[0] for line in lines] == [" ", " ", "*"]
    main(["snapshots", "diff", base, second, "--home", str(home.path)])
    assert "1 articles added, 1 removed; of 21 in both" in capsys.readouterr().out
    main(["snapshots", "use", base, "--home", str(home.path)])
    main(["snapshots", "use", first, "--home", str(home.path)])
    assert current_id(home) == first
    capsys.readouterr()
    main(["related", "--all", "--json", "--home", str(home.path)])
    assert capsys.readouterr().out
    missing_base(home.snapshots / first, home.snapshots / base)
    with pytest.raises(SnapshotError, match=f"delta {second} needs snapshot {base}"):
        use(home, second)


def test_copies_of_a_data_directory_have_the_base(home: DataDir, tmp_path: Path) -> None:
    base, _, second = snapshot_ids(home)
    copy_fitted(home.path, tmp_path / "copy")
    for command in ("backup.sh", home.path, tmp_path / "a"), ("restore.sh", tmp_path / "b", "a"):
        paths = [str(tmp_path / one) for one in command[1:]]
        environ = os.environ | {"PYTHON": sys.executable, "RECOMMENDER": "true"}
        subprocess.run(["sh", str(DEPLOY / str(command[0])), *paths], check=True, env=environ)
    for copy in ("copy", "b"):
        other = DataDir(tmp_path / copy)
        assert snapshot_ids(other) == [base, second]
        assert Snapshot(other.snapshots / current_id(other), verify=True).id == second


def test_the_doctor_names_a_delta_without_its_base(home: DataDir) -> None:
    base, first, second = snapshot_ids(home)
    now = NOW + timedelta(minutes=9)
    found = {one.check: one for one in examine(now, home.path, environ={})}
    assert found["snapshot"].level is Level.OK
    assert found["snapshot"].text.startswith(f"{second}, a delta of {base}, has 22 articles")
    assert found["other snapshots"].text == "2 can be activated"
    missing_base(home.snapshots / second, home.snapshots / base)
    texts = [one.text for one in examine(now, home.path, environ={}) if one.level != Level.OK]
    assert any(f"delta {second} needs snapshot {base}: " in text for text in texts)
    assert any(f"{first} cannot be activated: delta {first} needs" in text for text in texts)
