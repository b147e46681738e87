"""Snapshots on disk: build in staging, publish by one rename, roll back, prune."""

from __future__ import annotations

import os
import re
import secrets
import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from recommender import __version__
from recommender.errors import SnapshotError
from recommender.home import DataDir, replace_atomically, sync_folder
from recommender.settings import Ranking
from recommender.snapshots.manifest import (
    FORMAT,
    NAME,
    Labels,
    Manifest,
    SnapshotStats,
    StepUsage,
    checksum,
    read_manifest,
    write_manifest,
)
from recommender.snapshots.snapshot import Snapshot

STAGING = ".staging-"
"""Prefix of a folder that is being written; no reader opens it."""

TRASH = ".trash-"
"""Prefix of a folder that is being deleted; no reader opens it."""

UNFINISHED = (STAGING, TRASH, ".half-built-")
"""Prefixes of folders that a killed run leaves; version 0.1 used the last one."""


SECOND = "%Y%m%dT%H%M%SZ"
"""The time in an id."""

_ID = re.compile(r"[0-9]{8}T[0-9]{6}Z-[0-9a-f]{6}")


@dataclass(frozen=True)
class SnapshotContents:
    """The contents of a snapshot; :mod:`recommender.snapshots.snapshot` describes the arrays."""

    arrays: Mapping[str, NDArray[Any]]
    blobs: Mapping[str, Sequence[bytes]]
    labels: Mapping[str, list[str]]
    encoder: str
    ranking: Ranking
    figures: Mapping[str, Any]


def new_id(now: datetime, stored: Sequence[str] = ()) -> str:
    """Return a new snapshot id.

    Ids sort by the order of publication: where the clock does not show a later second than that
    of all stored ids, the new id has the next second.
    """
    text = f"{now:{SECOND}}"
    newest = max(stored, default="").partition("-")[0]
    if newest >= text:
        with suppress(ValueError, OverflowError):  # no date, or the last one
            then = datetime.strptime(newest, SECOND).replace(tzinfo=UTC)
            text = f"{then + timedelta(seconds=1):{SECOND}}"
    return f"{text}-{secrets.token_hex(3)}"


def publish(
    data_dir: DataDir,
    contents: SnapshotContents,
    now: datetime,
    measure: Callable[[Snapshot], SnapshotStats] | None = None,
    check: Callable[[Snapshot, SnapshotStats], list[str]] | None = None,
    steps: Callable[[], list[StepUsage]] = list,
) -> Manifest:
    """Write a snapshot, verify it, and activate it unless the check refuses it.

    Nothing that a service reads changes before the last step. An interrupted run leaves a staging
    folder, which the next run deletes. The caller holds the lock of the data directory.

    Parameters
    ----------
    now : time of the run.
    measure : computes the statistics of the complete snapshot, for its manifest.
    check : says why the snapshot should not be published; it is kept then, but not activated.
    steps : returns what each step of the run took until now, for the manifest.

    Returns
    -------
    The manifest of the snapshot.
    """
    sweep(data_dir)
    identifier = new_id(now, snapshot_ids(data_dir))
    staging = data_dir.snapshots / (STAGING + identifier)
    staging.mkdir(parents=True)
    try:
        manifest = _write(staging, identifier, contents, now)
        if measure is not None:
            built = Snapshot(staging)
            stats = measure(built)
            refused = check(built, stats) if check is not None else []
            manifest = msgspec.structs.replace(
                manifest, stats=stats, refused=refused, steps=steps()
            )
            write_manifest(staging, manifest)
        Snapshot(staging, verify=True)
        staging.rename(data_dir.snapshots / identifier)
    except BaseException:
        shutil.rmtree(staging, ignore_errors=True)
        raise
    sync_folder(data_dir.snapshots)
    if manifest.refused:
        _delete(data_dir, _other_refused(data_dir, identifier))
    else:
        replace_atomically(data_dir.current, f"{identifier}\n".encode())
    return manifest


def _other_refused(data_dir: DataDir, identifier: str) -> list[str]:
    """List the refused snapshots except this one, and the current one that somebody activated."""
    kept = {identifier}
    with suppress(SnapshotError):
        kept.add(current_id(data_dir))
    return [m.id for m in manifests(data_dir) if m.refused and m.id not in kept]


def current_id(data_dir: DataDir) -> str:
    """Return the id of the current snapshot.

    Raises
    ------
    SnapshotError
        Where none has been published, or the file that names it is damaged.
    """
    try:
        with data_dir.current.open("rb") as file:
            text = file.read(100).decode("ascii").strip()
    except OSError as error:
        if stored := snapshot_ids(data_dir):
            raise _no_current(data_dir, error.strerror or str(error), stored) from error
        raise SnapshotError(
            f"{data_dir.path}: expected a published snapshot, got none; "
            "run `recommender index SOURCE` first"
        ) from error
    except UnicodeDecodeError as error:
        raise _no_current(data_dir, "other bytes", snapshot_ids(data_dir)) from error
    # Nothing else is joined to a path: it could lead out of the folder.
    if not _ID.fullmatch(text):
        raise _no_current(data_dir, repr(text[:40]), snapshot_ids(data_dir))
    return text


def _no_current(data_dir: DataDir, got: str, stored: Sequence[str]) -> SnapshotError:
    fix = f"recommender snapshots use {stored[-1]}" if stored else "recommender index"
    return SnapshotError(
        f"{data_dir.current}: expected the id of a snapshot, got {got}; run `{fix}`"
    )


def use(data_dir: DataDir, identifier: str) -> None:
    """Activate another stored snapshot, after verifying all of its files."""
    Snapshot(kept_folder(data_dir, identifier), verify=True)
    replace_atomically(data_dir.current, f"{identifier}\n".encode())


def snapshot_ids(data_dir: DataDir) -> list[str]:
    """List the ids of the stored snapshots, oldest first."""
    try:
        paths = list(data_dir.snapshots.iterdir())
    except OSError:
        return []
    return sorted(
        path.name for path in paths if _ID.fullmatch(path.name) and (path / NAME).is_file()
    )


def kept_folder(data_dir: DataDir, identifier: str) -> Path:
    """Return the folder of a stored snapshot.

    Raises
    ------
    SnapshotError
        Where no snapshot has this id.
    """
    if identifier not in (stored := snapshot_ids(data_dir)):
        raise SnapshotError(
            f"snapshot: expected one of: {', '.join(stored) or 'none'}; got {identifier!r}"
        )
    return data_dir.snapshots / identifier


def manifests(data_dir: DataDir) -> list[Manifest]:
    """Read the manifests of the stored snapshots, oldest first; unreadable ones are skipped."""
    found = []
    for identifier in snapshot_ids(data_dir):
        try:
            found.append(read_manifest(data_dir.snapshots / identifier))
        except SnapshotError:
            continue
    return found


def prune(data_dir: DataDir, keep: int) -> list[str]:
    """Delete all but the newest ``keep`` snapshots, never the current one. Returns their ids."""
    current = current_id(data_dir)
    others = [identifier for identifier in snapshot_ids(data_dir) if identifier != current]
    surplus = others[: max(len(others) - (keep - 1), 0)]
    _delete(data_dir, surplus)
    return surplus


def _delete(data_dir: DataDir, identifiers: Sequence[str]) -> None:
    for identifier in identifiers:
        # Renamed first: a service that opens it at this time finds all of it or nothing.
        trash = data_dir.snapshots / (TRASH + identifier)
        (data_dir.snapshots / identifier).rename(trash)
        shutil.rmtree(trash, ignore_errors=True)


def sweep(data_dir: DataDir) -> None:
    """Delete what killed runs left. The caller holds the lock of the data directory."""
    for prefix in UNFINISHED:
        for path in data_dir.snapshots.glob(prefix + "*"):
            shutil.rmtree(path, ignore_errors=True)


def _write(folder: Path, identifier: str, contents: SnapshotContents, now: datetime) -> Manifest:
    for name, array in contents.arrays.items():
        with (folder / f"{name}.npy").open("wb") as file:
            np.save(file, array, allow_pickle=False)
    for name, texts in contents.blobs.items():
        (folder / f"{name}.bin").write_bytes(b"".join(texts))
        starts = np.zeros(len(texts) + 1, dtype=np.int64)
        np.cumsum([len(text) for text in texts], out=starts[1:])
        np.save(folder / f"{name}_starts.npy", starts, allow_pickle=False)
    files = {path.name: checksum(path) for path in sorted(folder.iterdir())}
    manifest = Manifest(
        format=FORMAT,
        id=identifier,
        created=now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        program=__version__,
        encoder=contents.encoder,
        articles=len(contents.arrays["published"]),
        ranking=contents.ranking,
        labels=Labels(**contents.labels),
        figures=dict(contents.figures),
        files=files,
    )
    for name in files:
        _sync_file(folder / name)
    write_manifest(folder, manifest)
    return manifest


def _sync_file(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
