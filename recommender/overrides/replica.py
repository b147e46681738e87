"""A copy of the log of overrides and of the ``visibility`` table, as a process has read them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from types import MappingProxyType
from typing import NamedTuple

from sqlalchemy import Connection

from recommender.catalogue.former_ids import Names
from recommender.catalogue.visibility import Key, Visibility
from recommender.catalogue.visibility_table import rows_about
from recommender.errors import OutdatedDatabaseError
from recommender.overrides.active_log import ActiveLog
from recommender.overrides.fallback import AnonymousOverride, anonymous, anonymous_row
from recommender.overrides.log_rows import entry_with_number
from recommender.overrides.override import Override, Scope


class OverrideSet(NamedTuple):
    """Overrides that are not undone and rows of the ``visibility`` table, read so far."""

    version: int = 0
    """Greatest number of an entry that was read."""
    overrides: tuple[Override, ...] = ()
    changed: int = 0
    """Greatest ``changed`` of a row of the ``visibility`` table."""
    visibility: tuple[Visibility, ...] = ()
    names: Names = MappingProxyType({})
    """All IDs of the moved articles among those that these overrides and rows are about."""

    def ids(self) -> set[str]:
        """Return the ids of all articles that the overrides and rows are about."""
        found = {row.article_id for row in self.visibility}
        for one in self.overrides:
            found |= {one.article, one.pick} if one.scope is Scope.ARTICLE else {one.article}
        return found - {""}


class Replica:
    """The entries and rows read from a database, and the newest ones, which it must not lose."""

    def __init__(
        self,
        database: str,
        newest: AnonymousOverride | None = None,
        newest_row: Visibility | None = None,
    ) -> None:
        """Start without entries and rows: the next poll reads all of them.

        Parameters
        ----------
        database : its name for messages, without user and password.
        newest : newest known entry. A database without it is an older copy or another database.
        newest_row : row with the greatest ``changed``, used like the newest entry.
        """
        self.version = 0
        """Cursor of the log: greatest number of an entry read from the database."""
        self.changed = 0
        """Cursor of the ``visibility`` table: greatest ``changed`` read from the database."""
        self.newest = newest
        self._newest_row = newest_row
        self._database = database
        self._log = ActiveLog()
        self._rows: dict[Key, Visibility] = {}

    def append(self, entries: Sequence[Override], rows: Sequence[Visibility]) -> bool:
        """Add what was read from the newest known entry and row on; return whether any is new.

        Raises
        ------
        OutdatedDatabaseError
            The newest known entry or row is not among them. Nothing is added.
        """
        self._check_entries(entries, self.newest)
        self._check_rows(rows, self._newest_row)
        new_entries = [entry for entry in entries if entry.id > self.version]
        new_rows = [row for row in rows if row.changed > self.changed]
        for entry in new_entries:
            self._log.append(entry)
        self._rows |= {row.key: row for row in new_rows}
        if new_entries:
            self.version, self.newest = new_entries[-1].id, anonymous(new_entries[-1])
        if new_rows:
            self.changed, self._newest_row = new_rows[-1].changed, anonymous_row(new_rows[-1])
        return bool(new_entries or new_rows)

    def contents(self) -> OverrideSet:
        """Return the overrides that are not undone and the rows."""
        overrides, rows = tuple(self._log.overrides()), tuple(self._rows.values())
        return OverrideSet(self.version, overrides, self.changed, rows)

    def check_database(self, connection: Connection) -> None:
        """Raise an OutdatedDatabaseError if the database lacks the newest known entry or row."""
        # Another thread may append newer ones during the queries.
        if (newest := self.newest) is not None:
            self._check_entries(entry_with_number(connection, newest.id), newest)
        if (row := self._newest_row) is not None:
            self._check_rows(rows_about(connection, [row.article_id]).values(), row)

    def _check_entries(self, entries: Sequence[Override], newest: AnonymousOverride | None) -> None:
        if newest and not any(newest == anonymous(entry) for entry in entries):
            raise self._outdated(f"entry {newest.id}")

    def _check_rows(self, rows: Iterable[Visibility], newest: Visibility | None) -> None:
        if newest and not any(is_or_replaces(row, newest) for row in rows):
            raise self._outdated(f"change {newest.changed} of article {newest.article_id[:80]!r}")

    def _outdated(self, lacks: str) -> OutdatedDatabaseError:
        return OutdatedDatabaseError(
            f"catalogue {self._database}: lacks {lacks}, so it is an older copy or "
            "another database; restore it, or run `recommender override recover`"
        )


def is_or_replaces(row: Visibility, newest: Visibility) -> bool:
    """Return whether a row is the newest known row or has replaced it."""
    return row.key == newest.key and (row.changed > newest.changed or anonymous_row(row) == newest)
