"""The snapshot in force: followed in the background, swapped whole, never waited for.

A request takes :attr:`Live.state` once and works with that to its end. A thread looks twice a
second at the file that names the snapshot in force, opens a new one thoroughly, and only then
replaces the state by one assignment. A snapshot that cannot be opened is refused, logged once,
and the one before goes on.
"""

from __future__ import annotations

import logging
import threading
import weakref
from dataclasses import dataclass, field
from pathlib import Path

from recommender.errors import SnapshotError
from recommender.home import Home
from recommender.publishing import current_id, snapshot_ids
from recommender.snapshot import Snapshot
from service.answers import Answers

EVERY = 0.5
"""Seconds between two looks: with opening a big snapshot it stays under the 2 s promised."""

log = logging.getLogger("service")


@dataclass(frozen=True)
class State:
    """What one request works with: a snapshot and the answers already made from it."""

    snapshot: Snapshot
    answers: Answers = field(default_factory=Answers)


class Live:
    """Holds the state in force and follows the home folder."""

    def __init__(self, home: Path) -> None:
        self.state: State | None = None
        self._home = Home(home)
        self._seen: object = None

    def refresh(self) -> None:
        """Look once; take over what is newly in force."""
        seen = _signature(self._home.current)
        if seen == self._seen or seen is None:
            return
        self._seen = seen
        try:
            identifier = current_id(self._home)
            if self.state is None or identifier != self.state.snapshot.id:
                snapshot = self._opened(identifier)
                self.state = State(snapshot)
                log.info("snapshot %s in force: %d articles", snapshot.id, len(snapshot))
        except SnapshotError as error:
            log.error("snapshot refused, the one before goes on: %s", error)
            if self.state is None:
                self._fall_back()

    def follow(self) -> None:
        """Look again and again, in a thread that ends with this object or the process."""
        threading.Thread(target=_follow, args=(weakref.ref(self),), daemon=True).start()

    def _opened(self, identifier: str) -> Snapshot:
        # The first one is opened by sizes alone, so that a worker is ready at once; a later one
        # is compared with its seals while the old one serves.
        return Snapshot(self._home.snapshots / identifier, thoroughly=self.state is not None)

    def _fall_back(self) -> None:
        """At the start, with the snapshot in force broken: serve the newest whole one."""
        for identifier in reversed(snapshot_ids(self._home)):
            try:
                self.state = State(Snapshot(self._home.snapshots / identifier, thoroughly=True))
            except SnapshotError:
                continue
            log.warning("snapshot %s serves instead, the newest whole one", identifier)
            return


def _signature(path: Path) -> object:
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_ino, stat.st_size


def _follow(reference: weakref.ref[Live]) -> None:
    pause = threading.Event()
    while not pause.wait(EVERY):
        live = reference()
        if live is None:
            return
        try:
            live.refresh()
        except Exception:
            # Whatever it was: the state in force goes on, and so does following.
            log.exception("looking for a new snapshot failed")
        del live
