"""The manifest of a snapshot: what it is, what made it, and a seal on every file."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import msgspec

from recommender.errors import SnapshotError
from recommender.settings import Ranking

FORMAT = 7
"""Version of the files' layout and meaning; a reader refuses every other one."""

NAME = "manifest.json"


class Checksum(msgspec.Struct, frozen=True):
    """Size in bytes and sha256 of a file."""

    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What stands in ``manifest.json``."""

    format: int
    id: str
    created: str
    encoder: str
    articles: int
    ranking: Ranking
    labels: dict[str, list[str]]
    """Names behind the codes in the arrays: sections, languages, features."""
    figures: dict[str, Any]
    """What the run measured: counts, seconds, coverage."""
    files: dict[str, Checksum]


def checksum(path: Path) -> Checksum:
    """Take the size and sha256 of a file."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Checksum(path.stat().st_size, digest)


def read_manifest(folder: Path) -> Manifest:
    """Read and check the manifest of a snapshot's folder, but not its files."""
    path = folder / NAME
    try:
        manifest = msgspec.json.decode(path.read_bytes(), type=Manifest)
    except (OSError, msgspec.DecodeError) as error:
        raise SnapshotError(f"{path}: {error}; wanted the manifest of a snapshot") from error
    if manifest.format != FORMAT:
        raise SnapshotError(
            f"{path}: got format {manifest.format}, wanted {FORMAT}; run `recommender index`"
        )
    return manifest


def check_files(folder: Path, manifest: Manifest, *, verify: bool) -> None:
    """Compare the files with their seals: sizes always, contents where ``thoroughly``."""
    for name, wanted in manifest.files.items():
        path = folder / name
        try:
            size = path.stat().st_size
            got = checksum(path) if verify and size == wanted.size else None
        except OSError as error:
            raise SnapshotError(f"{path}: {error.strerror}; wanted as in {NAME}") from error
        if size != wanted.size:
            raise SnapshotError(f"{path}: got {size} bytes, wanted {wanted.size}")
        if got and got.sha256 != wanted.sha256:
            raise SnapshotError(f"{path}: its sha256 is not the one in {NAME}")
