"""Loads the snapshot that a worker serves, and another one where that is damaged.

The file ``current`` names it. A new snapshot is verified before it is served. If it cannot be
opened, the previous one stays, and further attempts follow with growing pauses. Of a delta on the
base that is served already, only its own files are opened and verified.

A large first snapshot of a worker is served by the sizes of its files, so that the worker is ready
at once. Its checksums are compared right afterwards. Where the first snapshot is damaged, the
newest valid one is served.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path

from recommender.errors import SnapshotError
from recommender.home import DataDir
from recommender.snapshots.manifest import read_manifest
from recommender.snapshots.snapshot import Snapshot
from recommender.snapshots.store import current_id, snapshot_ids
from service.state.backoff import Backoff

log = logging.getLogger("service")


class SnapshotLoader:
    """Keeps the snapshot to serve up to date.

    A first snapshot of up to ``verified_bytes`` is verified before it is served. There is no lock:
    the caller calls ``load_current`` and ``replace`` in one thread at a time. Others may read
    ``snapshot`` meanwhile.
    """

    def __init__(self, home: DataDir, verified_bytes: int) -> None:
        self.snapshot: Snapshot | None = None
        """The snapshot to serve; None until a valid one is found."""
        self.on_failure: Callable[[], None] = lambda: None
        """Called when a snapshot could not be opened, or is damaged."""
        self._home = home
        self._verified_bytes = verified_bytes
        self._tried: tuple[int, ...] | None = None
        """Signature of ``current`` at the last attempt; None before the first."""
        self._succeeded = False
        """Whether the last attempt loaded a snapshot without known damage."""
        self._backoff = Backoff()
        self._verify_backoff = Backoff()

    def load_current(self) -> None:
        """Load the current snapshot if it is a new one, or after a failure and a pause."""
        signature = _signature(self._home.current)
        is_retry = signature == self._tried
        if not is_retry:
            self._backoff.reset()
        elif self._succeeded or not self._backoff.is_over(time.monotonic()):
            return
        self._tried, self._succeeded = signature, False
        try:
            self._load(current_id(self._home), is_retry=is_retry)
            self._succeeded = bool(signature)  # else the file was written in between
        except SnapshotError as error:
            if signature or snapshot_ids(self._home):  # else nothing was ever published
                self._record_failure(error, is_retry=is_retry)

    def find_damage(self) -> tuple[Snapshot, SnapshotError] | None:
        """Verify the snapshot if it is served without that; return it if it is damaged.

        May read gigabytes. So it needs no lock: other threads may load a snapshot meanwhile.
        """
        snapshot = self.snapshot
        if snapshot is None or snapshot.is_verified:
            return None
        if self._verify_backoff.is_over(time.monotonic()):
            try:
                snapshot.verify()
            except SnapshotError as error:
                if not isinstance(error.__cause__, OSError):
                    return snapshot, error
                self._verify_backoff.record_failure(time.monotonic())  # it could not be read
        return None

    def replace(self, damaged: Snapshot, error: SnapshotError) -> None:
        """Load the newest valid snapshot in place of a damaged one, or none.

        The damaged one stays until then, since other threads serve what is loaded.
        """
        if self.snapshot is damaged:
            log.error("snapshot %s is damaged: %s", damaged.id, error)
            self._succeeded = False
            self._recover(is_damaged=True)

    def _load(self, identifier: str, *, is_retry: bool) -> None:
        if self.snapshot is not None and identifier == self.snapshot.id:
            return
        snapshot = self._open(identifier)
        is_first = self.snapshot is None and not is_retry
        may_wait = is_first and snapshot.size > self._verified_bytes
        if not (may_wait or snapshot.is_verified):
            snapshot.verify()
        self.snapshot = snapshot

    def _open(self, identifier: str) -> Snapshot:
        """Open a snapshot; the base of a delta only if it is not the one that is served now."""
        base = None if self.snapshot is None else self.snapshot.base or self.snapshot
        folder = self._home.snapshots / identifier
        if base is not None and base.id == identifier:  # back from a delta to its base
            return base if read_manifest(folder) == base.manifest else Snapshot(folder)
        return Snapshot(folder, opened=base)

    def _record_failure(self, error: SnapshotError, *, is_retry: bool) -> None:
        """Log an error once, load another snapshot where there is none, and wait."""
        if not is_retry:
            kept = "none was active before"
            if self.snapshot is not None:
                kept = f"snapshot {self.snapshot.id} stays active"
            log.error("could not open the current snapshot, %s: %s; trying again", kept, error)
        self._recover()

    def _recover(self, *, is_damaged: bool = False) -> None:
        """Count a failure, load the newest valid snapshot where there is none, and wait."""
        self.on_failure()
        if self.snapshot is None or is_damaged:
            self.snapshot = self._newest_valid()
        self._backoff.record_failure(time.monotonic(), urgent=self.snapshot is None)

    def _newest_valid(self) -> Snapshot | None:
        """Open and verify the newest snapshot without damage; None without any."""
        base: Snapshot | None = None
        for identifier in reversed(snapshot_ids(self._home)):
            try:
                snapshot = Snapshot(self._home.snapshots / identifier, opened=base)
                base = snapshot.base or base  # verified once for all deltas
                snapshot.verify()
            except SnapshotError:
                continue
            if not snapshot.manifest.refused:  # by the run that built it
                log.warning("falling back to snapshot %s, the newest valid one", identifier)
                return snapshot
        return None


def _signature(path: Path) -> tuple[int, ...]:
    """Identify the content of a file by its metadata; () if there is no such file."""
    try:
        stat = path.stat()
    except OSError:
        return ()
    return stat.st_mtime_ns, stat.st_ino, stat.st_size
