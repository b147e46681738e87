"""Poll the override log and the ``visibility`` table.

If the database is unavailable, the last known overrides stay active. They are also written to the
fallback file. A process that starts while the database is unavailable loads them from there.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, Engine, inspect

from recommender.catalogue.database import connect_service, translate_db_errors
from recommender.catalogue.setting_changes import SettingLog
from recommender.catalogue.sqlite import file_of
from recommender.catalogue.visibility import Key, Visibility
from recommender.catalogue.visibility_table import rows_about, rows_since
from recommender.errors import CatalogueError, OutdatedDatabaseError
from recommender.overrides.active_log import ActiveLog
from recommender.overrides.facets import MemberLookup
from recommender.overrides.fallback import (
    AnonymousOverride,
    FallbackFile,
    OverrideFallback,
    anonymous,
    anonymous_row,
    database_name,
)
from recommender.overrides.log import Log
from recommender.overrides.log_rows import entry_with_number
from recommender.overrides.override import Override, Scope
from recommender.overrides.resolve import (
    ResolvedOverrides,
    RowLookup,
)
from recommender.settings.desk import SettingChange, newest_changes

TIMEOUT = 1.0
"""Seconds to wait for a locked or slow database. The known overrides are served meanwhile."""

MAX_AGE = 10.0
"""Seconds since the last successful poll after which the database counts as unavailable.

Polls run twice a second.
"""


class OverrideSet(NamedTuple):
    """Overrides that are not undone and rows of the ``visibility`` table, read so far."""

    version: int = 0
    """Greatest number of an entry that was read."""
    overrides: tuple[Override, ...] = ()
    changed: int = 0
    """Greatest ``changed`` of a row of the ``visibility`` table."""
    visibility: tuple[Visibility, ...] = ()


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
        self._url = url
        self._timeout = timeout
        self._engine: Engine | None = None
        self._log = ActiveLog()
        self._synced = False
        """Whether the database has been read at least once."""
        self._version = 0
        """Cursor of the log: greatest number of an entry read from the database."""
        self._newest: AnonymousOverride | None = None
        """Newest known entry. A database without it is an older copy or another database."""
        self._rows: dict[Key, Visibility] = {}
        """Rows of the ``visibility`` table by key."""
        self._changed = 0
        """Cursor of the ``visibility`` table: greatest ``changed`` read from the database."""
        self._newest_row: Visibility | None = None
        """Row with the greatest ``changed``, used like the newest entry."""
        self._lock = threading.Lock()
        self._members = MemberLookup(url, self._connect)
        self._load_fallback()

    def refresh(self, now: float) -> None:
        """Poll once. On failure keep the last known overrides and set :attr:`error`."""
        with self._lock:
            try:
                self._apply(*self._read_changes())
                self.setting_changes = self._read_setting_changes()
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
        if (newest := self._newest) is not None:
            self._check_newest(entry_with_number(connection, newest.id), newest)
        if (row := self._newest_row) is not None:
            self._check_newest_row(rows_about(connection, [row.article_id]).values(), row)

    def save_fallback(self, now: float) -> None:
        """Write the fallback file if the last poll succeeded and something has changed."""
        with self._lock:
            newest_setting = self.setting_changes[-1].id if self.setting_changes else 0
            state = (self._version, self._changed, self._members.changes, newest_setting)
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

        ``visibility`` replaces the known rows of the ``visibility`` table.
        """
        known = self.known
        visibility = known.visibility if visibility is None else visibility
        return ResolvedOverrides(rows, known.overrides, known.version, self.members, visibility)

    def members(self, scope: Scope, name: str) -> list[str]:
        """List the ids of the articles with a tag or an author, from the cache after a failure."""
        # After a failed poll this query would fail too, but only after the timeout.
        return self._members.of(scope, name, query=not self.error)

    def close(self) -> None:
        """Close the connections to the database."""
        if self._engine is not None:
            self._engine.dispose()

    def _read_changes(self) -> tuple[list[Override], list[Visibility]]:
        try:
            return self._new_entries(), self._new_rows()
        except ValueError as error:
            raise CatalogueError(
                f"catalogue {database_name(self._url)}: expected entries that this version knows, "
                f"got: {error}; a newer version has written them: upgrade and restart the services"
            ) from error

    def _new_entries(self) -> list[Override]:
        """Load the entries from the newest known entry on, including it."""
        try:
            log = Log(self._url, self._connect())
            entries = log.entries_as_stored(max(self._version - 1, 0))
        except CatalogueError as error:
            if "decisions" not in str(error) or self._has_table("decisions"):
                raise
            entries = []  # the first versions had no table of overrides
        self._check_newest(entries, self._newest)
        return entries

    def _new_rows(self) -> list[Visibility]:
        """Load the rows of the ``visibility`` table from the newest known row on, including it."""
        try:
            with translate_db_errors(self._url), self._connect().connect() as connection:
                rows = rows_since(connection, self._changed)
        except CatalogueError as error:
            if "visibility" not in str(error) or self._has_table("visibility"):
                raise
            rows = []  # version 0.1 had no visibility table
        self._check_newest_row(rows, self._newest_row)
        return rows

    def _read_setting_changes(self) -> tuple[SettingChange, ...]:
        """Read the changed settings: a few rows, as admins seldom change one."""
        try:
            return tuple(SettingLog(self._url, self._connect()).changes())
        except CatalogueError as error:
            if "setting_changes" not in str(error) or self._has_table("setting_changes"):
                raise
            return ()  # the database was not migrated yet

    # Both get what was the newest when the query began: a poll may read newer ones meanwhile.
    def _check_newest(self, entries: Sequence[Override], newest: AnonymousOverride | None) -> None:
        if newest and not any(newest == anonymous(entry) for entry in entries):
            raise self._outdated(f"entry {newest.id}")

    def _check_newest_row(self, rows: Iterable[Visibility], newest: Visibility | None) -> None:
        if newest and not any(is_or_replaces(row, newest) for row in rows):
            raise self._outdated(f"change {newest.changed} of article {newest.article_id[:80]!r}")

    def _outdated(self, lacks: str) -> OutdatedDatabaseError:
        return OutdatedDatabaseError(
            f"catalogue {database_name(self._url)}: lacks {lacks}, so it is an older copy or "
            "another database; restore it, or run `recommender override recover`"
        )

    def _apply(self, entries: Sequence[Override], rows: Sequence[Visibility]) -> None:
        new_entries = [entry for entry in entries if entry.id > self._version]
        for entry in new_entries:
            self._log.append(entry)
        if new_entries:
            self._version, self._newest = new_entries[-1].id, anonymous(new_entries[-1])
        new_rows = [row for row in rows if row.changed > self._changed]
        for row in new_rows:
            self._rows[row.key] = row
        if new_rows:
            self._changed, self._newest_row = new_rows[-1].changed, anonymous_row(new_rows[-1])
        if new_entries or new_rows or self._members.served_from_cache or not self._synced:
            self._members.served_from_cache, self._synced = False, True
            overrides, visibility = tuple(self._log.overrides()), tuple(self._rows.values())
            self.known = OverrideSet(self._version, overrides, self._changed, visibility)

    def _load_fallback(self) -> None:
        """Take over the fallback file if it is newer than the known overrides."""
        stored = self.fallback.load_changed()
        same_log = stored is not None and stored.log == database_name(self._url)
        if stored is None or (self._synced and not (same_log and _is_newer(stored, self.known))):
            return
        self.known = OverrideSet(
            stored.version, stored.overrides, stored.changed, stored.visibility
        )
        self._newest = stored.newest if same_log else None
        newest_row = max(stored.visibility, key=attrgetter("changed"), default=None)
        self._newest_row = newest_row if same_log else None
        # The next poll reads the whole log: the entries read so far may be those of another copy.
        self._version = self._changed = 0
        self._log, self._rows = ActiveLog(), {}
        self._members.restore_from(stored.members)
        self.setting_changes = stored.settings
        self.read_at, self.loaded = stored.read_at, True

    def _as_fallback(self) -> OverrideFallback:
        overrides = tuple(map(anonymous, self.known.overrides))
        return OverrideFallback(
            log=database_name(self._url),
            version=self.known.version,
            newest=self._newest,
            read_at=self.read_at,
            members=self._members.named_in(overrides),
            overrides=overrides,
            changed=self.known.changed,
            visibility=tuple(map(anonymous_row, self.known.visibility)),
            settings=tuple(
                msgspec.structs.replace(one, author="")
                for one in newest_changes(self.setting_changes).values()
            ),
        )

    def _never_existed(self) -> bool:
        """Return whether neither a SQLite database nor a fallback file exists."""
        path = file_of(self._url)
        return path is not None and not path.exists() and not self.fallback.exists

    def _has_table(self, name: str) -> bool:
        with translate_db_errors(self._url):
            return inspect(self._connect()).has_table(name)

    def _connect(self) -> Engine:
        if self._engine is None:
            with translate_db_errors(self._url):
                self._engine = connect_service(self._url, timeout=self._timeout)
        return self._engine


def not_loaded_message(watcher: OverrideWatcher) -> str:
    """Return why the overrides are not known."""
    fallback = watcher.fallback.error or "the data directory has no backup of them"
    return f"overrides are unknown: {watcher.error}; {fallback}"


def is_or_replaces(row: Visibility, newest: Visibility) -> bool:
    """Return whether a row is the newest known row or has replaced it."""
    return row.key == newest.key and (row.changed > newest.changed or anonymous_row(row) == newest)


def _is_newer(stored: OverrideFallback, known: OverrideSet) -> bool:
    """Return whether the fallback file is newer in one cursor and older in none."""
    theirs, ours = (stored.version, stored.changed), (known.version, known.changed)
    return theirs != ours and theirs[0] >= ours[0] and theirs[1] >= ours[1]
