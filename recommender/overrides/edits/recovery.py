"""Store overrides again that a restored database lacks and the fallback file has.

Entries keep their numbers where those are free, so that running services find the entries that they
know. Their reasons and editors are not in the fallback file.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection

from recommender.catalogue.visibility import Visibility
from recommender.catalogue.visibility_table import rows_about, store_again
from recommender.errors import OverrideError
from recommender.overrides.active_log import ActiveLog
from recommender.overrides.fallback import AnonymousOverride, OverrideFallback, anonymous
from recommender.overrides.log import Log
from recommender.overrides.log_rows import entries_within, store_within
from recommender.overrides.override import Kind, Override
from recommender.overrides.replica import is_or_replaces
from recommender.overrides.validation import check_against

REASON = "recovered from decisions.json"


class Recovery(NamedTuple):
    """What was stored again."""

    entries: list[Override]
    """Overrides and undos, with their numbers."""
    rows: list[Visibility]
    """Rows of the ``visibility`` table."""


def recover(log: Log, backup: OverrideFallback, author: str, now: float) -> Recovery:
    """Store what the fallback file has and the database lacks.

    Overrides that were undone in the lost part of the log are undone again. What was saved in the
    database after the backup was written stays, also where it contradicts a lost override.

    Parameters
    ----------
    author : name for the recovered entries.
    now : time of the recovery, in seconds since 1970 UTC.
    """
    with log.transaction() as connection:
        merge = _Merge(entries_within(connection), backup, author, int(now))
        store_within(connection, merge.stored)
        rows = _lost_rows(connection, backup, author)
        store_again(connection, rows, backup.changed, now)
    return Recovery(merge.stored, rows)


class _Merge:
    """The entries that make the overrides of a log those of a fallback file."""

    def __init__(
        self, entries: Sequence[Override], backup: OverrideFallback, author: str, now: int
    ) -> None:
        self.stored: list[Override] = []
        self._log = ActiveLog(entries)
        self._by_number = {entry.id: entry for entry in entries}
        self._next = max([backup.version, *self._by_number]) + 1
        self._author = author
        self._now = now
        newest = backup.newest
        if newest is None or self._has(newest):
            return
        known = {one.id for one in backup.overrides if self._has(one)}
        later = [e for e in self._log.overrides() if e.created > newest.created]
        older = [e for e in self._log.overrides() if e.created <= newest.created]
        for one in backup.overrides:
            if one.id not in known:
                self._restore(one, later)
        if newest.kind is Kind.UNDO:
            self._restore_undo(newest)
        for entry in older:
            if entry.id not in known and entry in self._log.overrides():
                self._undo(entry)
        self.stored.sort(key=lambda entry: entry.id)

    def _has(self, one: AnonymousOverride) -> bool:
        entry = self._by_number.get(one.id)
        return entry is not None and anonymous(entry) == one

    def _restore(self, one: AnonymousOverride, later: Sequence[Override]) -> None:
        """Store an override again, and undo it where a later one contradicts it."""
        if any(_effect(one) == _effect(entry) for entry in later):
            if one.id not in self._by_number:
                self._undo(self._store(one, one.id))
            return
        entry = self._store(one, self._number(one.id))
        try:
            check_against(entry, later)
        except OverrideError:
            self._undo(entry)

    def _restore_undo(self, newest: AnonymousOverride) -> None:
        """Store the newest entry again, an undo, so that services find it."""
        target = self._by_number.get(newest.undoes or 0)
        if newest.id in self._by_number or (
            target is not None and (target.created > newest.created or not _same(target, newest))
        ):
            return
        if target is None:  # lost as well; what kind it was does not matter any more
            lost = msgspec.structs.replace(newest, undoes=None)
            self._store(lost, newest.undoes or 0)
        self._store(newest, newest.id)

    def _undo(self, entry: Override) -> None:
        undo = msgspec.structs.replace(
            entry, kind=Kind.UNDO, undoes=entry.id, place=None, factor=None, starts=None, ends=None
        )
        self._store(msgspec.structs.replace(undo, created=self._now), self._number(0))

    def _number(self, number: int) -> int:
        """Return a number if it is free, else the next one."""
        if number and number not in self._by_number:
            return number
        self._next += 1
        return self._next - 1

    def _store(self, one: Override, number: int) -> Override:
        fields = msgspec.structs.asdict(one)
        entry = Override(**fields | {"id": number, "author": self._author, "reason": REASON})
        self._log.append(entry)
        self._by_number[number] = entry
        self.stored.append(entry)
        return entry


def _effect(one: Override) -> tuple[object, ...]:
    return one.kind, one.article, one.pick, one.scope, one.place, one.factor, one.starts, one.ends


def _same(one: Override, other: Override) -> bool:
    return (one.article, one.pick, one.scope) == (other.article, other.pick, other.scope)


def _lost_rows(connection: Connection, backup: OverrideFallback, author: str) -> list[Visibility]:
    """List the rows to store: those of the backup, and those that were written after it."""
    stored = rows_about(connection, [row.article_id for row in backup.visibility])
    lost = []
    for row in backup.visibility:
        present = stored.get(row.key)
        if present is not None and is_or_replaces(present, row):
            continue
        is_later = present is not None and present.created > backup.read_at
        lost.append(
            present if present and is_later else msgspec.structs.replace(row, author=author)
        )
    return lost
