"""Snapshots on disk: build in staging, publish by one rename, roll back, prune."""

from __future__ import annotations

import re
import secrets
import shutil
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import msgspec

from recommender.errors import SnapshotError
from recommender.home import DataDir, replace_atomically, sync_folder
from recommender.snapshots.contents import SnapshotContents, write_contents
from recommender.snapshots.manifest import (
    NAME,
    Manifest,
    SnapshotStats,
    StepUsage,
    check_files,
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
    *,
    base: Manifest | None = None,
    measure: Callable[[Snapshot], SnapshotStats] | None = None,
    check: Callable[[Snapshot, SnapshotStats], list[str]] | None = None,
    steps: Callable[[], list[StepUsage]] = list,
    upload: Callable[[str], None] = lambda _: None,
) -> Manifest:
    """Write a snapshot or a delta, verify it, and activate it unless the check refuses it.

    Nothing that a service reads changes before the last step. An interrupted run leaves a staging
    folder, which the next run deletes. The caller holds the lock of the data directory.

    Parameters
    ----------
    now : time of the run.
    base : manifest of the snapshot that a delta rests on. Its files are not read again.
    measure : computes the statistics of the complete snapshot, for its manifest.
    check : says why the snapshot should not be published; it is kept then, but not activated.
    steps : returns what each step of the run took until now, for the manifest.
    upload : publishes the snapshot of an ID elsewhere; where it fails, nothing is activated.

    Returns
    -------
    The manifest of the snapshot.

    Raises
    ------
    SnapshotError
        Where the base is missing, another one than then, or a delta itself.
    """
    identifier = new_id(now, snapshot_ids(data_dir))
    staging = new_staging(data_dir, identifier)
    try:
        manifest = write_contents(staging, identifier, contents, now, base)
        built = Snapshot(staging)
        if measure is not None:
            stats = measure(built)
            refused = check(built, stats) if check is not None else []
            manifest = msgspec.structs.replace(
                manifest, stats=stats, refused=refused, steps=steps()
            )
            write_manifest(staging, manifest)
        manifest = read_manifest(staging)  # with its checksum
        check_files(staging, manifest, verify=True)
        staging.rename(data_dir.snapshots / identifier)
    except BaseException:
        shutil.rmtree(staging, ignore_errors=True)
        raise
    sync_folder(data_dir.snapshots)
    if manifest.refused:
        delete(data_dir, _other_refused(data_dir, identifier))
    else:
        _activate(data_dir, identifier, upload)
    return manifest


def _activate(data_dir: DataDir, identifier: str, upload: Callable[[str], None]) -> None:
    try:
        upload(identifier)
    except BaseException:
        delete(data_dir, [identifier])  # else failing runs would fill the disk
        raise
    replace_atomically(data_dir.current, f"{identifier}\n".encode())


def new_staging(data_dir: DataDir, identifier: str) -> Path:
    """Make the folder in which a snapshot is written, and delete those of killed runs."""
    sweep(data_dir)
    staging = data_dir.snapshots / (STAGING + identifier)
    staging.mkdir(parents=True)
    return staging


def _other_refused(data_dir: DataDir, identifier: str) -> list[str]:
    """List the refused snapshots except this one, and the current one that somebody activated."""
    stored, kept = manifests(data_dir), {identifier}
    with suppress(SnapshotError):
        kept.add(current_id(data_dir))
    kept |= {manifest.base for manifest in stored}
    return [m.id for m in stored if m.refused and m.id not in kept]


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
    if not _ID.fullmatch(text):
        raise _no_current(data_dir, repr(text[:40]), snapshot_ids(data_dir))
    return text


def is_id(text: str) -> bool:
    """Return whether a text has the form of the ID of a snapshot."""
    return _ID.fullmatch(text) is not None


def check_id(text: str, place: str) -> str:
    """Return the ID of a snapshot. Nothing else is joined to a path: it could lead elsewhere.

    Raises
    ------
    SnapshotError
        The text is no ID; ``place`` says where it was read.
    """
    if not is_id(text):
        raise SnapshotError(
            f"{place}: expected the id of a snapshot, got {text[:40]!r}; run `recommender index`"
        )
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
    """Delete old snapshots, never the current one and no base of a delta that is kept.

    The newest ``keep`` stay, and apart from them the newest ``keep`` deltas: frequent deltas must
    not push out the snapshot of before the last full run. Deltas that repeat one before them are
    not kept.

    Returns
    -------
    The IDs of the deleted ones.
    """
    stored, found = snapshot_ids(data_dir), {m.id: m for m in manifests(data_dir)}
    deleted = surplus(stored, found, current_id(data_dir), keep)
    delete(data_dir, deleted)
    return deleted


def surplus(
    stored: Sequence[str], found: Mapping[str, Manifest], current: str, keep: int
) -> list[str]:
    """List what :func:`prune` deletes of ``stored``, oldest first; ``found``: manifests by ID."""
    kept, bases = {current}, {identifier: one.base for identifier, one in found.items()}
    deltas = [identifier for identifier in stored if bases.get(identifier)]
    repeated = _repeated([found[identifier] for identifier in deltas])
    kept |= _newest_besides(kept, [one for one in deltas if one not in repeated], keep)
    kept |= {bases.get(identifier, "") for identifier in kept}
    others = [identifier for identifier in stored if identifier not in deltas]
    kept |= _newest_besides(kept, others, keep)
    return [identifier for identifier in stored if identifier not in kept]


def _repeated(deltas: Sequence[Manifest]) -> set[str]:
    """Return the deltas that the next run published again: nothing had changed.

    The newest two stay: a service may be about to open the one before the current one.
    """
    return {
        old.id
        for old, new in pairwise(deltas[:-1])
        if (old.base, old.files) == (new.base, new.files) and not new.refused
    }


def _newest_besides(kept: Collection[str], identifiers: Sequence[str], keep: int) -> set[str]:
    """Return the newest others, so that with those that are kept there are ``keep``."""
    others = [identifier for identifier in identifiers if identifier not in kept]
    return set(others[max(len(identifiers) - keep, 0) :])


def delete(data_dir: DataDir, identifiers: Sequence[str]) -> None:
    """Delete stored snapshots. The caller holds the lock of the data directory."""
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
