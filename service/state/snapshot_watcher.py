"""Watches for new snapshots and overrides, and holds what a worker serves.

A request reads `SnapshotWatcher.state` once and uses that object until it ends. Two threads look
for changes every half second, and replace the state by one assignment.

The first thread checks the file that names the current snapshot. It verifies a new snapshot and
then activates it. If a snapshot cannot be opened, the previous one stays active, and the thread
tries again with growing pauses. Of a delta on the base that is served already, only its own files
are opened and verified. A large first snapshot of a worker is activated by the sizes of its files,
so that the worker is ready at once. Its checksums are compared right afterwards. Where the current
snapshot is damaged at the start, the newest valid one is served.

The second thread polls the database for overrides and visibility. It may hang on an unavailable
database without delaying the first one. While the database is unavailable, the last known
overrides stay active. They are also saved in the data directory, for a worker that starts
meanwhile. If the overrides are unknown, nothing is served, because an editor may have suppressed
an article for a legal reason.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

from recommender.errors import SnapshotError
from recommender.home import DataDir
from recommender.messages import Message
from recommender.overrides.watcher import OverrideWatcher, not_loaded_message
from recommender.settings import Settings
from recommender.snapshots.manifest import read_manifest
from recommender.snapshots.snapshot import Snapshot
from recommender.snapshots.store import current_id, snapshot_ids
from service.state.backoff import Backoff
from service.state.polling import poll
from service.state.serving_state import ServingState, StateBuilder

VERIFIED_BYTES = 128 * 1024 * 1024
"""Size up to which the first snapshot is verified before it is served, in about 0.2 seconds."""

POLL_SECONDS = 0.5
"""With the time to open a large snapshot this keeps the promise of 2 seconds."""

_NEVER = object()
"""Stands for the signature of the current snapshot before the first attempt to open it."""

log = logging.getLogger("service")


class SnapshotWatcher:
    """Holds the active state of a worker and keeps it up to date.

    Parameters
    ----------
    home
        Data directory.
    database_url
        SQLAlchemy URL of the database with the overrides.
    settings
        Settings of the process, which the desk can change.
    verified_bytes
        Size of a first snapshot up to which it is verified before it is served.
    """

    def __init__(
        self,
        home: Path,
        database_url: str,
        settings: Settings | None = None,
        *,
        verified_bytes: int = VERIFIED_BYTES,
    ) -> None:
        self.state: ServingState | None = None
        """The active state; None until overrides and a snapshot are known."""
        self.on_reload_failure: Callable[[], None] = lambda: None
        """Called when a snapshot could not be opened."""
        self._home = DataDir(home)
        self._verified_bytes = verified_bytes
        self.override_watcher = OverrideWatcher(database_url, self._home.override_fallback)
        self._states = StateBuilder(settings or Settings(home=home), self.override_watcher)
        self._active_signature: object = None
        self._tried_signature: object = _NEVER
        self._unverified: Snapshot | None = None
        """The active snapshot, as long as its checksums have not been compared."""
        self._opened: Snapshot | None = None
        """The active snapshot as it was opened, without other settings."""
        self._backoff = Backoff()
        self._verify_backoff = Backoff()
        # The polling thread refreshes the state, and so does a request that saved something.
        self._refresh_lock = threading.Lock()
        self._logged = ("", "")

    def refresh(self) -> None:
        """Activate a new snapshot and known changes of overrides, if there are any."""
        with self._refresh_lock:
            self._refresh_snapshot()
            self._refresh_active_overrides(time.time())

    def check_snapshots(self) -> None:
        """Refresh, and compare the checksums of the first snapshot, outside of any request."""
        self.refresh()
        snapshot = self._unverified
        if snapshot is None or not self._verify_backoff.is_over(time.monotonic()):
            return
        try:
            snapshot.verify()
        except SnapshotError as error:
            if isinstance(error.__cause__, OSError):  # it could not be read this time
                self._verify_backoff.record_failure(time.monotonic())
                return
            with self._refresh_lock:
                self._replace_damaged(snapshot, error)
        self._unverified = None

    def poll_overrides(self) -> None:
        """Read new overrides from the database and save them in the data directory."""
        now = time.time()
        self.override_watcher.refresh(now)
        self.override_watcher.save_fallback(now)
        self._log_override_errors()

    def start(self) -> None:
        """Start the polling threads; they end with this object or with the process."""
        for step in (SnapshotWatcher.check_snapshots, SnapshotWatcher.poll_overrides):
            poll(self, step, POLL_SECONDS, "polling for snapshots and overrides")

    @property
    def unavailable_reason(self) -> Message:
        """Why there is no state yet."""
        if not self.override_watcher.loaded:
            return Message(
                "overrides are unknown: expected the database or a backup in the data directory, "
                "found neither; an engineer makes the database available again"
            )
        if not snapshot_ids(self._home):
            return Message(
                "no snapshot is published yet; an engineer publishes one with: "
                "recommender index SOURCE"
            )
        return Message(
            "no snapshot can be opened: expected a valid one, found only damaged ones or ones of "
            "another format; an engineer reads the log of the service and runs: recommender index"
        )

    def _log_override_errors(self) -> None:
        """Log errors of the database and of the backup when they change."""
        database_error, backup_error = self._logged
        self._logged = (self.override_watcher.error, self.override_watcher.fallback.error)
        if self._logged == (database_error, backup_error):
            return
        if not self.override_watcher.loaded:
            reason = not_loaded_message(self.override_watcher)
            log.error("%s; nothing is served until the database is available", reason)
            return
        new_database_error, new_backup_error = self._logged
        if new_database_error != database_error:
            _log_database(new_database_error)
        if new_backup_error != backup_error:
            _log_backup(new_backup_error)

    def _refresh_snapshot(self) -> None:
        if not self.override_watcher.loaded:
            return
        signature = _signature(self._home.current)
        if signature is not None and signature == self._active_signature:
            return
        if signature != self._tried_signature:
            self._backoff.reset()
        if self._backoff.is_over(time.monotonic()):
            self._activate_current(signature)

    def _activate_current(self, signature: object) -> None:
        """Activate the current snapshot, or log the error and wait for the next attempt."""
        is_retry, self._tried_signature = signature == self._tried_signature, signature
        try:
            identifier = current_id(self._home)
            if self.state is None or identifier != self.state.snapshot.id:
                snapshot = self._open(identifier)
                is_first = self.state is None and not is_retry
                verify = not is_first or snapshot.size <= self._verified_bytes
                if verify and not snapshot.is_verified:
                    snapshot.verify()
                self._activate(snapshot)
                self._unverified = None if verify else snapshot
            self._active_signature = signature
        except SnapshotError as error:
            if signature is None and not snapshot_ids(self._home):
                return  # nothing was ever published
            self._record_failure(error, is_retry=is_retry)

    def _open(self, identifier: str) -> Snapshot:
        """Open a snapshot; the base of a delta only if it is not the one that is served now."""
        base = None if self._opened is None else self._opened.base or self._opened
        folder = self._home.snapshots / identifier
        if base is not None and base.id == identifier:  # back from a delta to its base
            return base if read_manifest(folder) == base.manifest else Snapshot(folder)
        return Snapshot(folder, opened=base)

    def _record_failure(self, error: SnapshotError, *, is_retry: bool) -> None:
        """Log an error once, serve another snapshot where none is active, and wait."""
        self.on_reload_failure()
        if not is_retry:
            _log_reload_failure(error, self.state)
        if self.state is None:
            self._activate_newest_valid()
        self._backoff.record_failure(time.monotonic(), urgent=self.state is None)

    def _replace_damaged(self, damaged: Snapshot, error: SnapshotError) -> None:
        """Serve the newest valid snapshot instead of a damaged one, and nothing without any."""
        if self.state is None or self.state.snapshot.id != damaged.id:
            return
        self._tried_signature, self._active_signature = self._active_signature, None
        self.on_reload_failure()
        log.error("snapshot %s is damaged: %s", damaged.id, error)
        if not self._activate_newest_valid():
            self.state = None
        self._backoff.record_failure(time.monotonic(), urgent=self.state is None)

    def _activate(self, snapshot: Snapshot) -> None:
        self._opened = snapshot
        self.state = self._states.build(snapshot, time.time())
        log.info("snapshot %s active: %d articles", snapshot.id, snapshot.manifest.articles)

    def _activate_newest_valid(self) -> bool:
        """Activate the newest snapshot without damage; return whether there is one."""
        base: Snapshot | None = None
        for identifier in reversed(snapshot_ids(self._home)):
            try:
                snapshot = Snapshot(self._home.snapshots / identifier, opened=base)
                base = snapshot.base or base  # verified once for all deltas
                snapshot.verify()
            except SnapshotError:
                continue
            if snapshot.manifest.refused:
                continue  # the run that built it refused to publish it
            log.warning("falling back to snapshot %s, the newest valid one", identifier)
            self._activate(snapshot)
            return True
        return False

    def _refresh_active_overrides(self, now: float) -> None:
        """Make a new state if overrides were added, have started or have ended."""
        if self.state is not None and not self._states.is_current(self.state, now):
            self.state = self._states.build(self.state.snapshot, now)


def _log_database(error: str) -> None:
    if error:
        log.warning(
            "the override database is unavailable; the last known overrides stay active: %s", error
        )
    else:
        log.warning("the override database is available again")


def _log_backup(error: str) -> None:
    if error:
        log.warning("backup of overrides (decisions.json) failed: %s", error)
    else:
        log.warning("backup of overrides (decisions.json) works again")


def _log_reload_failure(error: SnapshotError, state: ServingState | None) -> None:
    previous = f"snapshot {state.snapshot.id} stays active" if state else "none was active before"
    log.error("could not open the current snapshot, %s: %s; trying again", previous, error)


def _signature(path: Path) -> object:
    """Identify the content of a file by its metadata; None if there is no such file."""
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_ino, stat.st_size
