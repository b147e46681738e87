"""Keeps up to date what a worker serves: here overrides and snapshots become active.

A request reads ``StateUpdater.state`` once and uses that object until it ends. Three threads, each
every half second, keep it up to date:

1. The reading thread polls the database, in ``poll_overrides``. It may hang on an unavailable one
   without delaying the others.
2. The activating thread replaces the state by one assignment, in ``activate``. Only there overrides
   become active.
3. The loading thread, in ``refresh_and_verify``, opens a new snapshot and compares its checksums.
   That may read gigabytes, while overrides go on becoming active.

A request that saved something takes the first two steps itself, so that its worker serves the
change at once: ``refresh`` in ``service/desk/presenters/context.py``, ``_accepted`` in
``service/api/push.py``.

While the database is unavailable, the last known overrides stay active. They are also saved in
the data directory, for a worker that starts meanwhile. If the overrides are unknown, nothing is
served, because an editor may have suppressed an article for a legal reason.
"""

from __future__ import annotations

import logging
import threading
import time
from pathlib import Path

from recommender.home import DataDir
from recommender.messages import Message
from recommender.overrides.watcher import OverrideWatcher, not_loaded_message
from recommender.settings import Settings
from recommender.snapshots.store import snapshot_ids
from service.state.polling import poll
from service.state.serving_state import ServingState, next_state
from service.state.snapshot_loader import SnapshotLoader

VERIFIED_BYTES = 128 * 1024 * 1024
"""Size up to which the first snapshot is verified before it is served, in about 0.2 seconds."""

POLL_SECONDS = 0.5
"""With the time to open a large snapshot this keeps the promise of 2 seconds."""

log = logging.getLogger("service")


class StateUpdater:
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
        self._home = DataDir(home)
        self.override_watcher = OverrideWatcher(database_url, self._home.override_fallback)
        self.snapshot_loader = SnapshotLoader(self._home, verified_bytes)
        self._settings = settings or Settings(home=home)
        # A request that saved something activates it, too.
        self._activating = threading.Lock()
        self.loading = threading.Lock()
        """Held while a snapshot is opened and verified."""
        self._logged = ("", "")

    def start(self) -> None:
        """Start the three threads; they end with this object or with the process."""
        steps = (
            StateUpdater.poll_overrides,
            StateUpdater.activate,
            StateUpdater.refresh_and_verify,
        )
        for step in steps:
            poll(self, step, POLL_SECONDS, "polling for snapshots and overrides")

    def poll_overrides(self) -> None:
        """Read new overrides and save them in the data directory; none becomes active here."""
        now = time.time()
        self.override_watcher.refresh(now)
        self.override_watcher.save_fallback(now)
        self._log_override_errors()

    def refresh(self) -> None:
        """Load a new snapshot, and activate it with the overrides that were read.

        A snapshot is loaded only once overrides are known. Verifying it may take long.
        """
        with self.loading:
            if self.override_watcher.loaded:
                self.snapshot_loader.load_current()
        self.activate()

    def refresh_and_verify(self) -> None:
        """Refresh, and compare the checksums of a first snapshot, outside of any request."""
        self.refresh()
        if damage := self.snapshot_loader.find_damage():
            with self.loading:
                self.snapshot_loader.replace(*damage)
            self.activate()

    def activate(self) -> None:
        """Serve the loaded snapshot with the overrides and settings that apply now.

        Nothing else replaces the state.
        """
        with self._activating:
            now, previous = time.time(), self.state
            loaded, read = self.snapshot_loader.snapshot, self.override_watcher
            if loaded is None:
                self.state = None
            elif read.loaded and (previous is None or not previous.is_current(loaded, read, now)):
                self.state = next_state(previous, loaded, self._settings, read, now)
                if previous is None or previous.loaded is not loaded:
                    log.info("snapshot %s active: %d articles", loaded.id, loaded.manifest.articles)

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
            _log_database(new_database_error, is_serving=bool(snapshot_ids(self._home)))
        if new_backup_error != backup_error:
            _log_backup(new_backup_error)


def _log_database(error: str, *, is_serving: bool) -> None:
    if error and not is_serving:  # a data directory that is new or mistyped
        log.warning("the override database is unavailable: %s", error)
    elif error:
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
