"""Snapshots in an S3 bucket, which index runs publish to and machines that serve follow.

The bucket has the same folders as a data directory, and the same file ``current``. A run uploads
the files of its snapshot first and the manifest last. Then it replaces ``current``, unless another
run has replaced it since: of two runs one wins.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from recommender.errors import BucketError, SnapshotError
from recommender.home import DataDir, replace_atomically
from recommender.snapshots.manifest import NAME, Checksum, read_manifest
from recommender.snapshots.snapshot import Snapshot
from recommender.snapshots.store import check_id, manifests, new_staging, snapshot_ids

REQUESTS: Any = {"connect_timeout": "3s", "timeout": "60s", "allow_http": True}
RETRIES: Any = {"max_retries": 2}
"""How obstore requests. A service asks again a second later; an index run ends with an error."""

CURRENT = "current"

PART = 8 * 2**20
"""Bytes of a part of a file that is downloaded, so that memory does not grow with its size."""


class Published(NamedTuple):
    """What ``current`` of a bucket says: "" where nothing has been published."""

    snapshot: str = ""
    etag: str = ""


class Bucket:
    """The snapshots in a bucket.

    Parameters
    ----------
    url : ``s3://bucket/prefix``. Keys, region and endpoint come from the variables ``AWS_...``.
    """

    def __init__(self, url: str) -> None:
        try:
            from obstore.store import from_url  # noqa: PLC0415 - an optional dependency
        except ImportError as error:
            raise BucketError(
                "setting 'snapshots' needs the package obstore: pip install 'related-posts[s3]'"
            ) from error
        self._url = url
        with self._translated():
            self._store: Any = from_url(url, client_options=REQUESTS, retry_config=RETRIES)

    def published(self) -> Published:
        """Read which snapshot is current."""
        import obstore  # noqa: PLC0415

        try:
            with self._translated():
                found = obstore.get(self._store, CURRENT)
                text = bytes(found.bytes()).decode("ascii", "replace").strip()
        except FileNotFoundError:
            return Published()
        return Published(check_id(text, f"{self._url}/{CURRENT}"), found.meta["e_tag"] or "")

    def publish(self, data_dir: DataDir, identifier: str, before: Published) -> None:
        """Upload a stored snapshot, with the one that it rests on, and make it current.

        Parameters
        ----------
        before : what was current when the run began.

        Raises
        ------
        BucketError
            Another run has published meanwhile, or the bucket cannot be written.
        """
        import obstore  # noqa: PLC0415
        from obstore.exceptions import AlreadyExistsError, PreconditionError  # noqa: PLC0415

        base = read_manifest(data_dir.snapshots / identifier).base
        for one in filter(None, (base, identifier)):
            self._upload(data_dir.snapshots / one)
        mode: Any = {"e_tag": before.etag} if before.etag else "create"
        try:
            with self._translated():
                obstore.put(self._store, CURRENT, f"{identifier}\n".encode(), mode=mode)
        except (AlreadyExistsError, PreconditionError) as error:
            raise BucketError(
                f"{self._url}: expected {before.snapshot or 'nothing'} to be current, got "
                f"{self.published().snapshot}: another index run has published meanwhile; "
                "run `recommender index` again"
            ) from error

    def fetch(self, data_dir: DataDir, identifier: str) -> None:
        """Download a snapshot that the data directory lacks, and verify it.

        Files with the checksum of a stored file are copied. Nothing changes where it fails.

        Raises
        ------
        BucketError
            The bucket cannot be read.
        SnapshotError
            A file is missing or damaged.
        """
        if identifier in snapshot_ids(data_dir):
            return
        with TemporaryDirectory() as folder:
            self._download(f"{identifier}/{NAME}", Path(folder) / NAME)
            manifest = read_manifest(Path(folder))
        if manifest.base:
            self.fetch(data_dir, check_id(manifest.base, f"{self._url}/{identifier}/{NAME}"))
        staging = new_staging(data_dir, identifier)
        try:
            stored = _stored_files(data_dir)
            for name, checksum in manifest.files.items():
                if checksum in stored:
                    shutil.copyfile(stored[checksum], staging / name)
                else:
                    self._download(f"{identifier}/{name}", staging / name)
            self._download(f"{identifier}/{NAME}", staging / NAME)
            Snapshot(staging, verify=True)
            staging.rename(data_dir.snapshots / identifier)
        except BaseException:
            shutil.rmtree(staging, ignore_errors=True)
            raise

    def prune(self, kept: set[str]) -> None:
        """Delete the snapshots that are not to be kept, manifests first."""
        import obstore  # noqa: PLC0415

        with self._translated():
            folders = obstore.list_with_delimiter(self._store)["common_prefixes"]
            for folder in (name.strip("/") for name in folders):
                if folder not in kept:
                    files = [
                        file["path"] for part in obstore.list(self._store, folder) for file in part
                    ]
                    files.sort(key=lambda path: not path.endswith(NAME))
                    for path in files:
                        obstore.delete(self._store, path)

    def _upload(self, folder: Path) -> None:
        """Upload the files of a snapshot, unless the bucket has its manifest."""
        import obstore  # noqa: PLC0415

        key = f"{folder.name}/{NAME}"
        with self._translated():
            try:
                obstore.head(self._store, key)
            except FileNotFoundError:
                for name in read_manifest(folder).files:
                    obstore.put(self._store, f"{folder.name}/{name}", folder / name)
                obstore.put(self._store, key, folder / NAME)

    def _download(self, key: str, path: Path) -> None:
        import obstore  # noqa: PLC0415

        try:
            with self._translated(), path.open("wb") as file:
                for part in obstore.get(self._store, key).stream(min_chunk_size=PART):
                    file.write(part)
        except FileNotFoundError as error:
            raise SnapshotError(
                f"{self._url}/{key}: expected a file of a snapshot, got none; "
                "run `recommender index`"
            ) from error

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Turn an error of the bucket into one line."""
        from obstore.exceptions import (  # noqa: PLC0415
            AlreadyExistsError,
            BaseError,
            PreconditionError,
        )

        try:
            yield
        except (AlreadyExistsError, PreconditionError):
            raise
        except (BaseError, ValueError) as error:
            reason = str(error).partition("\n")[0][:300]
            raise BucketError(
                f"snapshots {self._url}: expected a bucket that can be read and written, got: "
                f"{reason}; check the variables AWS_ENDPOINT, AWS_REGION and the keys"
            ) from error


def follow(bucket: Bucket, data_dir: DataDir, known: Published) -> Published:
    """Make the current snapshot of a bucket current in a data directory.

    Parameters
    ----------
    known : what the last call returned. The caller holds the lock of the data directory.
    """
    published = bucket.published()
    if published.snapshot and published != known:
        bucket.fetch(data_dir, published.snapshot)
        replace_atomically(data_dir.current, f"{published.snapshot}\n".encode())
    return published


def _stored_files(data_dir: DataDir) -> dict[Checksum, Path]:
    """Return the files of the stored snapshots by checksum."""
    return {
        checksum: data_dir.snapshots / manifest.id / name
        for manifest in manifests(data_dir)
        for name, checksum in manifest.files.items()
        if os.access(data_dir.snapshots / manifest.id / name, os.R_OK)
    }
