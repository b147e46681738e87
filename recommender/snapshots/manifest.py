"""The manifest of a snapshot: its origin, its statistics, and a checksum of every file."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

import msgspec

from recommender.errors import SnapshotError
from recommender.home import sync_folder, write_durably
from recommender.settings import Ranking

FORMAT = 8
"""Version of the layout and meaning of the files. A reader refuses every other one."""

NAME = "manifest.json"

_FILE = re.compile(r"[a-z0-9_]+\.(npy|bin)")

UNSEALED = "0" * 64
"""Stands for the checksum of the manifest while that is computed."""


class Checksum(msgspec.Struct, frozen=True):
    """Size in bytes and SHA-256 of a file."""

    size: int
    sha256: str


class TopArticle(msgspec.Struct, frozen=True, kw_only=True):
    """The article that the most lists recommend."""

    id: str
    lists: int
    share: float
    """Share of all lists."""


class SnapshotStats(msgspec.Struct, frozen=True, kw_only=True):
    """Statistics of what a snapshot recommends, without overrides. Shares are from 0 to 1."""

    articles: int
    """Public articles."""
    lists: int
    """Lists that were computed: one an article, or a sample of them."""
    sampled: bool
    catalog_coverage: float
    """Share of the public articles that at least one list recommends."""
    top_article: TopArticle | None
    """None where there is no card."""
    top_1_percent_share: float
    """Share of the cards that the most recommended 1 % of the articles take."""
    same_section: float | None
    """Share of the cards in the section of their article; None where no article has a section."""
    median_age_days: float | None
    fallback_rate: float
    """Share of the lists that were filled up with the latest."""
    fallback_rate_by_section: dict[str, float] = {}
    """The same, by section of the article, of the sections that have such lists."""
    short_list_rate: float
    """Share of the lists with fewer cards than the default limit."""
    candidate_recall: float | None
    """Share of the articles' own links whose target is a candidate; None without links."""
    mean_contributions: dict[str, float] = {}
    """Mean contribution of each signal to the score of the related cards, in log-odds, greatest
    first: the themes of the ranker's features, and ``freshness``, the recency boost."""


class StepUsage(msgspec.Struct, frozen=True, kw_only=True):
    """What one step of an index run took, worker processes included."""

    step: str
    """Its name in the progress of the run."""
    seconds: float = 0.0
    """Duration."""
    cpu_seconds: float = 0.0
    peak_mb: float = 0.0
    """Most memory that all processes held together, without mapped files, in MiB."""


class Labels(msgspec.Struct, frozen=True, kw_only=True):
    """Names of the codes in the arrays."""

    sections: list[str]
    languages: list[str]
    features: list[str]
    """Themes of features."""


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """The contents of ``manifest.json``."""

    format: int
    id: str
    created: str
    """RFC 3339, UTC."""
    program: str = ""
    """Version of the program that built it."""
    encoder: str
    """Name of the embedding model."""
    articles: int
    ranking: Ranking
    labels: Labels
    figures: dict[str, Any]
    """What the index run measured: ``embeddings_computed``, ``duplicate_clusters``, ``weights``,
    and more."""
    files: dict[str, Checksum]
    stats: SnapshotStats | None = None
    """None only while the snapshot is being built."""
    steps: list[StepUsage] = []
    """Steps of the index run until the statistics; empty where they were not measured."""
    refused: list[str] = []
    """Why the run did not publish it; it is served only after `snapshots use`."""
    base: str = ""
    """ID of the snapshot that a delta rests on; "" for a snapshot that is no delta."""
    base_checksum: str = ""
    """The ``checksum`` of the manifest of the base."""
    checksum: str = UNSEALED
    """SHA-256 of the file in which this value is :data:`UNSEALED`."""

    @property
    def has_auto_threshold(self) -> bool:
        """Whether the index run chose ``ranking.minimum_relevance``, as it was "auto"."""
        return self.figures.get("threshold") is not None

    @property
    def configured_ranking(self) -> Ranking:
        """The ranking as the settings had it, with "auto" in place of what the run chose."""
        if not self.has_auto_threshold:
            return self.ranking
        return msgspec.structs.replace(self.ranking, minimum_relevance="auto")


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest with its own checksum, durably."""
    unsealed = msgspec.structs.replace(manifest, checksum=UNSEALED)
    data = msgspec.json.format(msgspec.json.encode(unsealed), indent=2) + b"\n"
    digest = hashlib.sha256(data).hexdigest()
    write_durably(folder / NAME, data.replace(UNSEALED.encode(), digest.encode()))
    sync_folder(folder)


def checksum(path: Path) -> Checksum:
    """Compute the size and SHA-256 of a file."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Checksum(path.stat().st_size, digest)


def read_manifest(folder: Path) -> Manifest:
    """Read and check the manifest in a snapshot's folder, but not the other files.

    Raises
    ------
    SnapshotError
        Where the manifest is missing, damaged or of another format.
    """
    path = folder / NAME
    try:
        data = path.read_bytes()
        found = msgspec.json.decode(data, type=_Head)
        if found.format == FORMAT:
            _check_seal(data, found.checksum)
            manifest = msgspec.json.decode(data, type=Manifest)
            _check_names(manifest)
            return manifest
    except OSError as error:
        raise SnapshotError(
            f"{path}: expected the manifest of a snapshot, got {error.strerror}; "
            "run `recommender index`"
        ) from error
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise SnapshotError(
            f"{path}: expected the manifest of a snapshot, got a damaged file; "
            "run `recommender index`"
        ) from error
    raise SnapshotError(
        f"{path}: expected snapshot format {FORMAT}, got {found.format}; run `recommender index`"
    )


def _check_seal(data: bytes, seal: str) -> None:
    unsealed = data.replace(seal.encode(), UNSEALED.encode()) if len(seal) == len(UNSEALED) else b""
    if hashlib.sha256(unsealed).hexdigest() != seal:
        raise ValueError("another checksum")


def _check_names(manifest: Manifest) -> None:
    """Refuse names that, joined to a folder, could lead elsewhere."""
    for name in manifest.files:
        if not _FILE.fullmatch(name):
            raise ValueError("another name of a file")


def check_files(folder: Path, manifest: Manifest, *, verify: bool) -> None:
    """Compare the files of a snapshot with the manifest: sizes, and with ``verify`` contents.

    Raises
    ------
    SnapshotError
        Where a file is missing or differs.
    """
    for name, expected in manifest.files.items():
        path = folder / name
        try:
            size = path.stat().st_size
            found = checksum(path) if verify and size == expected.size else None
        except OSError as error:
            raise SnapshotError(
                f"{path}: expected a file as in {NAME}, got {error.strerror}; "
                "run `recommender index`"
            ) from error
        if size != expected.size:
            raise SnapshotError(
                f"{path}: expected {expected.size} bytes, got {size}; run `recommender index`"
            )
        if found and found.sha256 != expected.sha256:
            raise SnapshotError(
                f"{path}: expected the SHA-256 in {NAME}, got another; run `recommender index`"
            )


class _Head(msgspec.Struct):
    """What is read before the rest: every format has the first field."""

    format: int
    checksum: str = ""
