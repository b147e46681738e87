"""Snapshots in an S3 bucket, which index runs publish to and machines that serve follow.

The bucket has the same folders as a data directory, and the same file ``current``. A run uploads
the files of its snapshot first and the manifest last. Then it replaces ``current``, unless another
run has replaced it since: of two runs one wins.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from recommender.errors import BucketError, SnapshotError
from recommender.home import DataDir, replace_atomically
from recommender.settings import check_bucket
from recommender.snapshots.manifest import (
    NAME,
    Checksum,
    Manifest,
    check_files,
    checksum,
    read_manifest,
)
from recommender.snapshots.snapshot import Snapshot
from recommender.snapshots.store import check_id, delete, is_id, manifests, new_staging, surplus

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

    Raises
    ------
    SettingsError
        The package obstore is not installed.
    BucketError
        The address is not that of a bucket.
    """

    def __init__(self, url: str) -> None:
        check_bucket(url)
        from obstore.store import from_url  # noqa: PLC0415 - an optional dependency

        self._url = url
        with self._translated():
            self._store: Any = from_url(url, client_options=REQUESTS, retry_config=RETRIES)

    def published(self, *, to_replace: bool = False) -> Published:
        """Read which snapshot is current.

        Parameters
        ----------
        to_replace : a damaged file counts as one without a snapshot, so that it can be replaced.
        """
        import obstore  # noqa: PLC0415

        try:
            with self._translated():
                found = obstore.get(self._store, CURRENT)
                text = bytes(found.bytes()).decode("ascii", "replace").strip()
        except FileNotFoundError:
            return Published()
        try:
            identifier = check_id(text, f"{self._url}/{CURRENT}")
        except SnapshotError:
            if not to_replace:
                raise
            identifier = ""
        return Published(identifier, found.meta["e_tag"] or "")

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
            got = self.published(to_replace=True).snapshot or "nothing"
            raise BucketError(
                f"{self._url}: expected {before.snapshot or 'nothing'} to be current, got "
                f"{got}: another index run has published meanwhile; "
                "run `recommender index` again"
            ) from error

    def fetch(self, data_dir: DataDir, identifier: str) -> None:
        """Download a snapshot that the data directory lacks or has damaged, and verify it.

        Files with the checksum of a stored file are copied. Nothing changes where it fails, except
        that the base of a delta may have been downloaded.

        Raises
        ------
        BucketError
            The bucket cannot be read.
        SnapshotError
            A file is missing or damaged.
        """
        folder = data_dir.snapshots / identifier
        if _is_sound(folder):
            return
        with TemporaryDirectory() as aside:
            self._download(f"{identifier}/{NAME}", Path(aside) / NAME)
            manifest = read_manifest(Path(aside))
        if manifest.base:
            self.fetch(data_dir, check_id(manifest.base, f"{self._url}/{identifier}/{NAME}"))
        staging = new_staging(data_dir, identifier)
        try:
            stored = _stored_files(data_dir)
            for name, expected in manifest.files.items():
                if not _copied(stored.get(expected), staging / name, expected):
                    self._download(f"{identifier}/{name}", staging / name)
            self._download(f"{identifier}/{NAME}", staging / NAME)
            check_files(staging, manifest, verify=True)
            Snapshot(staging)
            delete(data_dir, [identifier] if folder.exists() else [])
            staging.rename(folder)
        except BaseException:
            shutil.rmtree(staging, ignore_errors=True)
            raise

    def prune(self, newest: str, keep: int) -> None:
        """Delete old snapshots, as :func:`recommender.snapshots.store.prune` does, manifests first.

        Everything else under the prefix stays. What is current is read last: another machine may
        have activated an older snapshot.

        Parameters
        ----------
        newest : the snapshot of this run; later ones of other runs stay.
        keep : number of snapshots of the bucket that stay, and number of deltas.
        """
        import obstore  # noqa: PLC0415

        with self._translated():
            folders = obstore.list_with_delimiter(self._store)["common_prefixes"]
            stored = sorted(name for f in folders if is_id(name := f.strip("/")))
            found = {one.id: one for one in map(self._manifest, stored) if one is not None}
            for identifier in surplus(stored, found, self.published().snapshot, keep):
                if identifier < newest:
                    parts = obstore.list(self._store, identifier)
                    paths = [file["path"] for part in parts for file in part]
                    for path in sorted(paths, key=lambda path: not path.endswith(NAME)):
                        obstore.delete(self._store, path)

    def _manifest(self, identifier: str) -> Manifest | None:
        """Return the manifest of a snapshot in the bucket; None where it cannot be read."""
        with TemporaryDirectory() as folder, suppress(SnapshotError):
            self._download(f"{identifier}/{NAME}", Path(folder) / NAME)
            return read_manifest(Path(folder))
        return None

    def _upload(self, folder: Path) -> None:
        """Upload the files of a snapshot that the bucket lacks or has in another size."""
        import obstore  # noqa: PLC0415

        with self._translated():
            sizes = self._sizes(folder.name)
            for name in (*read_manifest(folder).files, NAME):
                path, key = folder / name, f"{folder.name}/{name}"
                if sizes.get(key) != path.stat().st_size:
                    obstore.put(self._store, key, path)

    def _sizes(self, identifier: str) -> dict[str, int]:
        """Return the sizes of the files of a snapshot by key; none where it has no manifest."""
        import obstore  # noqa: PLC0415

        try:
            obstore.head(self._store, f"{identifier}/{NAME}")
        except FileNotFoundError:
            return {}
        parts = obstore.list(self._store, identifier)
        return {file["path"]: file["size"] for part in parts for file in part}

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


def _is_sound(folder: Path) -> bool:
    """Return whether a snapshot is stored and all of its own files are as its manifest says."""
    try:
        check_files(folder, read_manifest(folder), verify=True)
    except SnapshotError:
        return False
    return True


def _copied(source: Path | None, path: Path, expected: Checksum) -> bool:
    """Copy a stored file; return False where there is none, or a damaged one."""
    if source is None:
        return False
    shutil.copyfile(source, path)
    return checksum(path) == expected


def _stored_files(data_dir: DataDir) -> dict[Checksum, Path]:
    """Return the files of the stored snapshots by checksum."""
    return {
        expected: data_dir.snapshots / manifest.id / name
        for manifest in manifests(data_dir)
        for name, expected in manifest.files.items()
        if os.access(data_dir.snapshots / manifest.id / name, os.R_OK)
    }
