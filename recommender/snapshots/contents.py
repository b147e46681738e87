"""The contents of a snapshot or a delta in memory, and how they become files."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender import __version__
from recommender.settings import Ranking
from recommender.snapshots.manifest import FORMAT, Labels, Manifest, checksum, write_manifest


@dataclass(frozen=True)
class SnapshotContents:
    """The contents of a snapshot or of a delta.

    Its arrays are those of :mod:`recommender.snapshots.snapshot` or
    :mod:`recommender.snapshots.delta`.
    """

    arrays: Mapping[str, NDArray[Any]]
    """By name of the file."""
    blobs: Mapping[str, Iterable[bytes]]
    """Byte strings, by name of the file. Each may be an iterator: it is read once."""
    labels: Mapping[str, list[str]]
    """The fields of :class:`recommender.snapshots.manifest.Labels`."""
    encoder: str
    ranking: Ranking
    figures: Mapping[str, Any]


def write_contents(
    folder: Path,
    identifier: str,
    contents: SnapshotContents,
    now: datetime,
    base: Manifest | None = None,
) -> Manifest:
    """Write all files, the manifest last, durably.

    Parameters
    ----------
    identifier : ID of the snapshot.
    now : time of the run.
    base : manifest of the snapshot that a delta rests on.
    """
    for name, array in contents.arrays.items():
        with (folder / f"{name}.npy").open("wb") as file:
            np.save(file, array, allow_pickle=False)
    for name, texts in contents.blobs.items():
        with (folder / f"{name}.bin").open("wb") as file:
            sizes = np.array([0, *map(file.write, texts)], dtype=np.int64)
        np.save(folder / f"{name}_starts.npy", np.cumsum(sizes), allow_pickle=False)
    files = {path.name: checksum(path) for path in sorted(folder.iterdir())}
    manifest = Manifest(
        format=FORMAT,
        id=identifier,
        created=now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        program=__version__,
        encoder=contents.encoder,
        ranking=contents.ranking,
        labels=Labels(**contents.labels),
        figures=dict(contents.figures),
        files=files,
        articles=_size(contents, base),
        base=base.id if base else "",
        base_checksum=base.checksum if base else "",
    )
    for name in files:
        _sync_file(folder / name)
    write_manifest(folder, manifest)
    return manifest


def _size(contents: SnapshotContents, base: Manifest | None) -> int:
    """Return the number of articles of a snapshot, or of a delta on top of its base."""
    added = len(contents.arrays["published"])
    return added if base is None else base.articles + added - len(contents.arrays["removed"])


def _sync_file(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
