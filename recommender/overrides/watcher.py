"""Poll the override log, the ``visibility`` table and the settings of the desk.

If the database is unavailable, the last known overrides stay active. They are also written to the
fallback file. A process that starts while the database is unavailable loads them from there.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from operator import attrgetter
from pathlib import Path

import msgspec
from sqlalchemy import Connection

from recommender.catalogue.sqlite import file_of
from recommender.catalogue.visibility import Visibility
from recommender.errors import CatalogueError, OutdatedDatabaseError
from recommender.overrides.change_reader import ChangeReader
from recommender.overrides.facets import MemberLookup
from recommender.overrides.fallback import (
    FallbackFile,
    OverrideFallback,
    anonymous,
    anonymous_row,
    database_name,
)
from recommender.overrides.override import Scope
from recommender.overrides.replica import OverrideSet, Replica
from recommender.overrides.resolve import ResolvedOverrides, RowLookup
from recommender.settings.desk import SettingChange, newest_changes

TIMEOUT = 1.0
"""Seconds to wait for a locked or slow database. The known overrides are served meanwhile."""

MAX_AGE = 10.0
"""Seconds since the last successful poll after which the database counts as unavailable.

Polls run twice a second.
"""


class OverrideWatcher:
    """Reads new entries of the log. It never writes to the database and never migrates it."""

    def __init__(self, url: str, fallback: Path | None = None, *, timeout: float = TIMEOUT) -> None:
        """Load the fallback file, if there is one.

        Parameters
        ----------
        url : SQLAlchemy URL of the catalogue.
        fallback : path of the fallback file; None uses none.
        timeout : seconds to wait for the database.
        """
        self.known = OverrideSet()
        self.error = ""
        """Why the last poll failed; "" if it succeeded."""
        self.outdated = False
        """Whether the last poll found a database without overrides that are active."""
        self.setting_changes: tuple[SettingChange, ...] = ()
        """Settings that were changed at the desk, oldest first."""
        self.read_at = 0.0
        """Time of the last successful poll, in seconds since 1970 UTC; 0 for none."""
        self.loaded = False
        """Whether the overrides are known: from the database or the fallback file, or because
        this is a new installation. If False, nothing may be served."""
        self.on_failure: Callable[[], None] = lambda: None
        """Called whenever a poll fails."""
        self.fallback = FallbackFile(fallback)
        self._database = database_name(url)
        self._path = file_of(url)
        self._reader = ChangeReader(url, timeout)
        self._replica = Replica(self._database)
        self._synced = False
        """Whether the database has been read at least once."""
        self._number: int | None = None
        """Number of changes of articles at which :attr:`known` had its names read."""
        self._lock = threading.Lock()
        self._members = MemberLookup(url, self._reader.connect)
        self._load_fallback()

    def refresh(self, now: float) -> None:
        """Poll once. On failure keep the last known overrides and set :attr:`error`."""
        with self._lock:
            try:
                self._poll()
            except CatalogueError as error:
                self.error = str(error)
                self.outdated = isinstance(error, OutdatedDatabaseError)
                self._load_fallback()
                self.loaded = self.loaded or self._never_existed()
                self.on_failure()
            else:
                self.error, self.outdated = "", False
                self.read_at, self.loaded = now, True

    def check_database(self, connection: Connection) -> None:
        """Check within a write transaction that what it saves will become active.

        Raises
        ------
        OutdatedDatabaseError
            The database lacks the newest known entry or row, so that polls refuse it.
        CatalogueError
            Polls fail.
        """
        if self.error:  # of the last poll: the database may be available again since
            self.refresh(time.time())
        if self.error:
            raise (OutdatedDatabaseError if self.outdated else CatalogueError)(self.error)
        self._replica.check_database(connection)

    def save_fallback(self, now: float) -> None:
        """Write the fallback file if the last poll succeeded and something has changed."""
        with self._lock:
            newest_setting = self.setting_changes[-1].id if self.setting_changes else 0
            known, members = self.known, self._members
            state = (known.version, known.changed, known.names, members.changes, newest_setting)
            if self.error or not self.fallback.is_due(state, now):
                return
            fallback = self._as_fallback()
        # Another process may be writing the file; a poll does not wait for that.
        self.fallback.save(fallback, state, now)

    def age(self, now: float) -> float | None:
        """Return the seconds since the last successful poll; None without one.

        A poll of the future was before the clock was set back: its age is unknown.
        """
        return abs(now - self.read_at) if self.read_at else None

    def unavailable(self, now: float) -> bool:
        """Return whether the last poll failed or is overdue."""
        age = self.age(now)
        return bool(self.error) or age is None or age > MAX_AGE

    def resolve(
        self, rows: RowLookup, visibility: Sequence[Visibility] | None = None
    ) -> ResolvedOverrides:
        """Look up the known overrides as rows of a snapshot.

        ``rows`` need not have the known names of moved articles. ``visibility`` replaces the known
        rows of the ``visibility`` table.
        """
        known = self.known
        visibility = known.visibility if visibility is None else visibility
        # After a failed poll this query would fail too, but only after the timeout.
        self._members.refresh(known.overrides, query=not self.error)
        find_members, rows = self._members.known, rows.with_names(known.names)
        return ResolvedOverrides(rows, known.overrides, known.version, find_members, visibility)

    def members(self, scope: Scope, name: str) -> list[str]:
        """List the ids of the articles with a tag or an author, from the cache after a failure."""
        return self._members.of(scope, name, query=not self.error)

    def close(self) -> None:
        """Close the connections to the database."""
        self._reader.close()

    def _poll(self) -> None:
        replica, members = self._replica, self._members
        entries = self._reader.entries(max(replica.version - 1, 0))
        is_new = replica.append(entries, self._reader.visibility(replica.changed))
        # If the last poll failed below, the replica has them already.
        is_new |= (replica.version, replica.changed) != (self.known.version, self.known.changed)
        is_new = is_new or members.served_from_cache or not self._synced
        number = self._reader.change_number()  # before the names, which may change meanwhile
        if is_new or number != self._number:
            known = replica.contents()
            known = known._replace(names=self._reader.names_of(known.ids()))
            if is_new or known.names != self.known.names:
                self.known = known
            members.served_from_cache, self._synced, self._number = False, True, number
        self.setting_changes = tuple(self._reader.setting_changes())

    def _load_fallback(self) -> None:
        """Take over the fallback file if it is newer than the known overrides."""
        stored = self.fallback.load_changed()
        same_log = stored is not None and stored.log == self._database
        if stored is None or (self._synced and not (same_log and _is_newer(stored, self.known))):
            return
        self.known = OverrideSet(
            stored.version, stored.overrides, stored.changed, stored.visibility, stored.names
        )
        newest_row = max(stored.visibility, key=attrgetter("changed"), default=None)
        # The next poll reads the whole log: the entries read so far may be those of another copy.
        newest = (stored.newest, newest_row) if same_log else ()
        self._replica = Replica(self._database, *newest)
        self._members.restore_from(stored.members)
        self.setting_changes = stored.settings
        self.read_at, self.loaded = stored.read_at, True

    def _as_fallback(self) -> OverrideFallback:
        overrides = tuple(map(anonymous, self.known.overrides))
        return OverrideFallback(
            log=self._database,
            version=self.known.version,
            newest=self._replica.newest,
            read_at=self.read_at,
            members=self._members.named_in(overrides),
            overrides=overrides,
            changed=self.known.changed,
            visibility=tuple(map(anonymous_row, self.known.visibility)),
            names=self.known.names,
            settings=tuple(
                msgspec.structs.replace(one, author="")
                for one in newest_changes(self.setting_changes).values()
            ),
        )

    def _never_existed(self) -> bool:
        """Return whether neither a SQLite database nor a fallback file exists."""
        path = self._path
        return path is not None and not path.exists() and not self.fallback.exists


def not_loaded_message(watcher: OverrideWatcher) -> str:
    """Return why the overrides are not known."""
    fallback = watcher.fallback.error or "the data directory has no backup of them"
    return f"overrides are unknown: {watcher.error}; {fallback}"


def _is_newer(stored: OverrideFallback, known: OverrideSet) -> bool:
    """Return whether the fallback file is newer in one cursor and older in none."""
    theirs, ours = (stored.version, stored.changed), (known.version, known.changed)
    return theirs != ours and theirs[0] >= ours[0] and theirs[1] >= ours[1]
