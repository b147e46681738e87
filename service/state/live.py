"""The snapshot and the decisions in force: followed in the background, swapped whole.

A request takes :attr:`Live.state` once and works with that to its end. A thread looks twice a
second at the file that names the snapshot in force, opens a new one thoroughly, and only then
replaces the state by one assignment. A snapshot that cannot be opened is refused, logged once,
and the one before goes on; it is tried again after growing pauses, as the trouble may pass.

Another thread asks the database twice a second for what editors decided since, and which articles
became less visible or visible again since snapshots were built. It may hang on a database that is
away without holding up anything. What it finds becomes a new state, with the answers made before
forgotten; as long as it finds nothing, the last known decisions stay in force. They are also kept
in the home, for a worker that starts while the database is away. Where nobody knows what was
decided nothing is served: an article may be held for a reason.
"""

from __future__ import annotations

import logging
import threading
import time
import weakref
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from recommender.errors import SnapshotError
from recommender.home import DataDir
from recommender.messages import Message
from recommender.overrides.active import NO_OVERRIDES, ActiveOverrides
from recommender.overrides.once import unknown
from recommender.overrides.resolve import ResolvedOverrides, RowLookup
from recommender.overrides.watcher import OverrideSet, OverrideWatcher
from recommender.snapshots.snapshot import Snapshot
from recommender.snapshots.store import current_id, snapshot_ids
from service.http.response_cache import ResponseCache
from service.state.backoff import Backoff

EVERY = 0.5
"""Seconds between two looks: with opening a big snapshot it stays under the 2 s promised."""

log = logging.getLogger("service")


@dataclass(frozen=True)
class ServingState:
    """What one request works with: a snapshot, what editors decided, answers made from both."""

    snapshot: Snapshot
    force: ActiveOverrides = NO_OVERRIDES
    answers: ResponseCache = field(default_factory=ResponseCache)
    decided: ResolvedOverrides | None = None
    """All that editors decided, whatever its dates."""

    def at(self, moment: float) -> ActiveOverrides:
        """Tell what will be in force at a moment, by what is decided so far."""
        return self.force if self.decided is None else self.decided.at(moment)


class SnapshotWatcher:
    """Holds the state in force and follows the home folder and the log of decisions."""

    def __init__(self, home: Path, catalogue_url: str) -> None:
        self.state: ServingState | None = None
        self.refused: Callable[[], None] = lambda: None
        """Called whenever a snapshot could not be opened."""
        self._home = DataDir(home)
        self.watcher = OverrideWatcher(catalogue_url, self._home.decisions)
        self._seen: object = None
        self._taken: object = None
        self._pauses = Backoff()
        # The follower looks, and the desk right after it has saved something.
        self._looking = threading.Lock()
        self._rows: RowLookup | None = None
        self._resolved: ResolvedOverrides | None = None
        self._known: OverrideSet | None = None
        self._told = ("", "")

    def refresh(self) -> None:
        """Look once; take over what is newly in force."""
        with self._looking:
            self._refresh_snapshot()
            self._refresh_force(time.time())

    def follow(self) -> None:
        """Look again and again, in threads that end with this object or the process."""
        for look in (SnapshotWatcher.refresh, SnapshotWatcher.refresh_overrides):
            threading.Thread(target=_follow, args=(weakref.ref(self), look), daemon=True).start()

    def refresh_overrides(self) -> None:
        """Ask the database once for what editors decided since."""
        now = time.time()
        self.watcher.refresh(now)
        self.watcher.keep(now)
        self._tell_troubles()

    @property
    def waits_for(self) -> Message:
        """Why there is no state yet, for whoever asks the service."""
        if not self.watcher.loaded:
            return Message(
                "editors' decisions are not known: the database is away, and none are kept here"
            )
        return Message("no snapshot is published yet: run `recommender index`")

    def _tell_troubles(self) -> None:
        """Log what has changed, once."""
        before, self._told = self._told, (self.watcher.trouble, self.watcher.shelf.trouble)
        if self._told == before:
            return
        if not self.watcher.loaded:
            log.error("%s; nothing is served until the database answers", unknown(self.watcher))
            return
        if self._told[0] != before[0]:
            log.warning("decisions: %s", self._told[0] or "the database is back")
        if self._told[1] != before[1]:
            log.warning("decisions: not kept for a restart: %s", self._told[1] or "they are again")

    def _refresh_snapshot(self) -> None:
        if not self.watcher.loaded:
            return
        seen = _signature(self._home.current)
        if seen is None or seen == self._taken:
            return
        if seen != self._seen:
            self._pauses.reset()
        if self._pauses.over(time.monotonic()):
            self._take(seen)

    def _take(self, seen: object) -> None:
        """Open what is named by a look of ours, or refuse it until the pause is over."""
        again, self._seen = seen == self._seen, seen
        try:
            identifier = current_id(self._home)
            if self.state is None or identifier != self.state.snapshot.id:
                snapshot = self._opened(identifier)
                self.state = self._state_of(snapshot, time.time())
                log.info("snapshot %s in force: %d articles", snapshot.id, len(snapshot))
            self._taken = seen
        except SnapshotError as error:
            self.refused()
            if not again:
                before = "the one before goes on" if self.state else "none was in force before"
                log.error("snapshot refused, %s: %s; trying again", before, error)
            if self.state is None:
                self._fall_back()
            self._pauses.failed(time.monotonic(), urgent=self.state is None)

    def _refresh_force(self, now: float) -> None:
        """Make a new state where editors decided something, or a start or an end has come."""
        state = self.state
        if state is None or (
            self._resolved is not None
            and self._known is self.watcher.known
            and state.force.since <= now < state.force.until
        ):
            return
        self.state = self._state_of(state.snapshot, now)

    def _state_of(self, snapshot: Snapshot, now: float) -> ServingState:
        """Put a state together; ids are looked up once for a snapshot, rows once for a version."""
        if self._rows is None or self._rows.snapshot is not snapshot:
            self._rows, self._resolved = RowLookup(snapshot), None
        if self._resolved is None or self._known is not self.watcher.known:
            self._known = self.watcher.known
            self._resolved = self.watcher.resolved(self._rows)
        force = self._resolved.at(now)
        return ServingState(snapshot, force, decided=self._resolved)

    def _opened(self, identifier: str) -> Snapshot:
        # The first one is opened by sizes alone, so that a worker is ready at once; a later one
        # is compared with its seals while the old one serves.
        return Snapshot(self._home.snapshots / identifier, verify=self.state is not None)

    def _fall_back(self) -> None:
        """At the start, with the snapshot in force broken: serve the newest whole one."""
        for identifier in reversed(snapshot_ids(self._home)):
            try:
                snapshot = Snapshot(self._home.snapshots / identifier, verify=True)
            except SnapshotError:
                continue
            self.state = self._state_of(snapshot, time.time())
            log.warning("snapshot %s serves instead, the newest whole one", identifier)
            return


def _signature(path: Path) -> object:
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_ino, stat.st_size


def _follow(
    reference: weakref.ref[SnapshotWatcher], look: Callable[[SnapshotWatcher], None]
) -> None:
    pause = threading.Event()
    while not pause.wait(EVERY):
        live = reference()
        if live is None:
            return
        try:
            look(live)
        except Exception:
            # Whatever it was: the state in force goes on, and so does following.
            log.exception("looking for what is newly in force failed")
        del live
