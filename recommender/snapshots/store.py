"""Snapshots on disk: written aside, published by one rename, kept, rolled back, pruned."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from recommender.errors import SnapshotError
from recommender.home import DataDir, replace_atomically, sync_folder, write_durably
from recommender.settings import Ranking
from recommender.snapshots.manifest import FORMAT, NAME, Manifest, checksum, read_manifest
from recommender.snapshots.snapshot import Snapshot

STAGING = ".half-built-"
"""Start of the name of a folder that is being written; no reader looks at it."""


@dataclass(frozen=True)
class SnapshotContents:
    """All that a snapshot holds; see :mod:`recommender.snapshots.snapshot` for the arrays."""

    arrays: Mapping[str, NDArray[Any]]
    blobs: Mapping[str, Sequence[bytes]]
    labels: Mapping[str, list[str]]
    encoder: str
    ranking: Ranking
    figures: Mapping[str, Any]


def new_id(now: datetime) -> str:
    """Name a snapshot: sorted by name is sorted by time."""
    return f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"


def publish(
    home: DataDir,
    contents: SnapshotContents,
    now: datetime,
    measure: Callable[[Snapshot], Mapping[str, Any]] = lambda _: {},
) -> Manifest:
    """Write a snapshot beside the others, check it, and put it in force. Returns its manifest.

    ``measure`` gets the complete snapshot; the figures it returns are added to the manifest.

    Until the last step nothing that a service reads has changed; whatever interrupts it leaves
    a half-built folder, which the next run sweeps up.
    """
    sweep(home)
    identifier = new_id(now)
    aside = home.snapshots / (STAGING + identifier)
    aside.mkdir(parents=True)
    try:
        manifest = _write(aside, identifier, contents, now)
        figures = manifest.figures | dict(measure(Snapshot(aside)))
        manifest = _written(aside, msgspec.structs.replace(manifest, figures=figures))
        Snapshot(aside, verify=True)
        aside.rename(home.snapshots / identifier)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    sync_folder(home.snapshots)
    replace_atomically(home.current, f"{identifier}\n".encode())
    return manifest


def current_id(home: DataDir) -> str:
    """Tell which snapshot is in force."""
    try:
        return home.current.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SnapshotError(
            f"{home.path}: no snapshot is published here; run `recommender index SOURCE` first"
        ) from error


def use(home: DataDir, identifier: str) -> None:
    """Put another kept snapshot in force, after checking all of it."""
    Snapshot(kept_folder(home, identifier), verify=True)
    replace_atomically(home.current, f"{identifier}\n".encode())


def snapshot_ids(home: DataDir) -> list[str]:
    """List the kept snapshots, oldest first."""
    if not home.snapshots.is_dir():
        return []
    return sorted(
        path.name
        for path in home.snapshots.iterdir()
        if not path.name.startswith(".") and (path / NAME).is_file()
    )


def kept_folder(home: DataDir, identifier: str) -> Path:
    """Find the folder of a kept snapshot."""
    if identifier not in (kept := snapshot_ids(home)):
        raise SnapshotError(
            f"snapshot: got {identifier!r}, wanted one of: {', '.join(kept) or 'none'}"
        )
    return home.snapshots / identifier


def manifests(home: DataDir) -> list[Manifest]:
    """Read the manifests of the kept snapshots, oldest first; broken ones are left out."""
    found = []
    for identifier in snapshot_ids(home):
        try:
            found.append(read_manifest(home.snapshots / identifier))
        except SnapshotError:
            continue
    return found


def prune(home: DataDir, keep: int) -> list[str]:
    """Delete all but the newest ``keep`` snapshots, never the one in force. Returns their ids."""
    in_force = current_id(home)
    others = [identifier for identifier in snapshot_ids(home) if identifier != in_force]
    doomed = others[: max(len(others) - (keep - 1), 0)]
    for identifier in doomed:
        # Renamed first: a service that is just opening it finds all of it or nothing.
        grave = home.snapshots / (STAGING + identifier)
        (home.snapshots / identifier).rename(grave)
        shutil.rmtree(grave, ignore_errors=True)
    return doomed


def sweep(home: DataDir) -> None:
    """Delete what killed runs left half-built. Only for who holds the home's lock."""
    for path in home.snapshots.glob(STAGING + "*"):
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
        encoder=contents.encoder,
        articles=len(contents.arrays["published"]),
        ranking=contents.ranking,
        labels=dict(contents.labels),
        figures=dict(contents.figures),
        files=files,
    )
    for name in files:
        _sync_file(folder / name)
    return _written(folder, manifest)


def _written(folder: Path, manifest: Manifest) -> Manifest:
    """Write the manifest, which no seal is on."""
    text = msgspec.json.format(msgspec.json.encode(manifest), indent=2)
    write_durably(folder / NAME, text + b"\n")
    sync_folder(folder)
    return manifest


def _sync_file(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
