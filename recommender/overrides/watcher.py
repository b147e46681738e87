"""Following the log: only newer entries are asked for, and what is known outlives the database.

It also outlives the process: what is known is kept in the home, and taken from there by who starts
while the database is away.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Engine, inspect

from recommender.catalogue.database import connect_service, translate_db_errors
from recommender.catalogue.sqlite import file_of
from recommender.catalogue.visibility import Key, Visibility, rows_since
from recommender.errors import CatalogueError
from recommender.overrides.fallback import Line, OverrideFallback, bare, name_of, unsigned
from recommender.overrides.log import Log
from recommender.overrides.membership import Membership
from recommender.overrides.override import Override, Scope
from recommender.overrides.resolve import ResolvedOverrides, RowLookup
from recommender.overrides.shelf import FallbackFile
from recommender.overrides.standing import ActiveLog

PATIENCE = 1.0
"""Seconds to wait for a locked or far database: what is known serves meanwhile."""

OVERDUE = 10.0
"""Seconds without an answer, looking twice a second, after which a database counts as away."""


class OverrideSet(NamedTuple):
    """What stands by the log and the table of visibility, as far as they were read."""

    version: int = 0
    decisions: tuple[Override, ...] = ()
    changed: int = 0
    """The greatest number of a row of visibility."""
    visibility: tuple[Visibility, ...] = ()


class OverrideWatcher:
    """Reads the log again and again, and never writes or migrates it."""

    def __init__(self, url: str, kept: Path | None = None, *, patience: float = PATIENCE) -> None:
        self.known = OverrideSet()
        self.trouble = ""
        """Why the log could not be read when last tried; "" where it could."""
        self.read_at = 0.0
        """When what is known was last compared with the log; 0 for never."""
        self.loaded = False
        """Whether it is known what was decided: by the log, or by the kept file, or because
        there has never been either, so that nobody can have decided anything."""
        self.failed: Callable[[], None] = lambda: None
        """Called whenever the log could not be read."""
        self.shelf = FallbackFile(kept)
        self._url = url
        self._patience = patience
        self._engine: Engine | None = None
        self._standing = ActiveLog()
        self._followed = False
        self._taken = 0
        self._newest: Line | None = None
        self._rows: dict[Key, Visibility] = {}
        self._changed = 0
        self._last: Visibility | None = None
        """The row with the greatest number, to notice an older database or another one."""
        self._reading = threading.Lock()
        self._membership = Membership(url, self._opened)
        self._recall()

    def refresh(self, now: float) -> None:
        """Read what is newer; on any trouble keep what is known, and say so."""
        with self._reading:
            try:
                self._take(self._newer(), self._changes())
            except CatalogueError as error:
                self.trouble = str(error)
                self._recall()
                self.loaded = self.loaded or self._never_there()
                self.failed()
            else:
                self.trouble, self.read_at, self.loaded = "", now, True

    def keep(self, now: float) -> None:
        """Put what was read into the home, where it is not there yet."""
        with self._reading:
            if not self.trouble:
                state = (self._taken, self._changed, self._membership.changes)
                self.shelf.put(state, self._as_kept, now)

    def age(self, now: float) -> float | None:
        """Tell how long ago what is known was compared with the log; None for never."""
        return max(now - self.read_at, 0.0) if self.read_at else None

    def away(self, now: float) -> bool:
        """Tell whether the log is not followed: it cannot be read, or an answer is overdue."""
        age = self.age(now)
        return bool(self.trouble) or age is None or age > OVERDUE

    def resolved(
        self, rows: RowLookup, visibility: Sequence[Visibility] | None = None
    ) -> ResolvedOverrides:
        """Look up what is known as rows of a snapshot; with ``visibility`` instead of the known."""
        known = self.known
        visibility = known.visibility if visibility is None else visibility
        return ResolvedOverrides(rows, known.decisions, known.version, self.members, visibility)

    def members(self, scope: Scope, name: str) -> list[str]:
        """List the ids of the articles with a tag or an author; without the database the last."""
        # Where the log cannot be read this could not either, only after a while.
        return self._membership.of(scope, name, ask=not self.trouble)

    def close(self) -> None:
        """Let go of the database's connections."""
        if self._engine is not None:
            self._engine.dispose()

    def _newer(self) -> list[Override]:
        """Load the entries from the newest known one on, that one included."""
        try:
            entries = Log(self._url, self._opened()).entries(after=max(self._taken - 1, 0))
        except CatalogueError as error:
            if "decisions" not in str(error) or self._has_table("decisions"):
                raise
            entries = []  # a catalogue of before there were decisions
        if self._newest and not any(self._newest == bare(entry) for entry in entries):
            raise CatalogueError(
                f"catalogue {name_of(self._url)}: its log lacks entry {self._newest.id}, which is "
                "in force, so that it is an older one or another's; restore the database, or "
                "delete decisions.json in every home and restart the services to go on with it"
            )
        return entries

    def _changes(self) -> list[Visibility]:
        """Load the rows of visibility from the newest known one on, that one included."""
        try:
            with translate_db_errors(self._url), self._opened().connect() as connection:
                rows = rows_since(connection, self._changed)
        except CatalogueError as error:
            if "visibility" not in str(error) or self._has_table("visibility"):
                raise
            rows = []  # a catalogue of before there was this table
        last = self._last
        if last and not any(_follows(row, last) for row in rows):
            raise CatalogueError(
                f"catalogue {name_of(self._url)}: its visibility lacks change {last.changed} of "
                f"article {last.article_id[:80]!r}, so that it is an older one or another's; "
                "restore the database, or delete decisions.json in every home and restart the "
                "services to go on with it"
            )
        return rows

    def _take(self, entries: Sequence[Override], rows: Sequence[Visibility]) -> None:
        fresh = [entry for entry in entries if entry.id > self._taken]
        for entry in fresh:
            self._standing.take(entry)
        if fresh:
            self._taken, self._newest = fresh[-1].id, bare(fresh[-1])
        newer = [row for row in rows if row.changed > self._changed]
        for row in newer:
            self._rows[row.key] = row
        if newer:
            self._changed, self._last = newer[-1].changed, unsigned(newer[-1])
        if fresh or newer or self._membership.stale or not self._followed:
            self._membership.stale, self._followed = False, True
            standing = tuple(self._standing.decisions())
            self.known = OverrideSet(
                self._taken, standing, self._changed, tuple(self._rows.values())
            )

    def _recall(self) -> None:
        """Take what is kept in the home, if that is more than what is known."""
        kept = self.shelf.newer()
        ours = kept is not None and kept.log == name_of(self._url)
        if kept is None or (self._followed and not (ours and _knows_more(kept, self.known))):
            return
        self.known = OverrideSet(kept.version, kept.decisions, kept.changed, kept.visibility)
        self._newest = kept.newest if ours else None
        self._last = max(kept.visibility, key=_number, default=None) if ours else None
        self._membership.restore_from(kept.members)
        self.read_at, self.loaded = kept.read, True

    def _as_kept(self) -> OverrideFallback:
        decisions = tuple(map(bare, self.known.decisions))
        return OverrideFallback(
            log=name_of(self._url),
            version=self.known.version,
            newest=self._newest,
            read=self.read_at,
            members=self._membership.about(decisions),
            decisions=decisions,
            changed=self.known.changed,
            visibility=tuple(map(unsigned, self.known.visibility)),
        )

    def _never_there(self) -> bool:
        path = file_of(self._url)
        return path is not None and not path.exists() and self.shelf.empty

    def _has_table(self, name: str) -> bool:
        with translate_db_errors(self._url):
            return inspect(self._opened()).has_table(name)

    def _opened(self) -> Engine:
        if self._engine is None:
            with translate_db_errors(self._url):
                self._engine = connect_service(self._url, patience=self._patience)
        return self._engine


_number = attrgetter("changed")


def _follows(row: Visibility, last: Visibility) -> bool:
    """Whether a row is the last known one, or has replaced it."""
    return row.key == last.key and (row.changed > last.changed or unsigned(row) == last)


def _knows_more(kept: OverrideFallback, known: OverrideSet) -> bool:
    """Whether a kept file is newer in one of both, and older in neither."""
    theirs, ours = (kept.version, kept.changed), (known.version, known.changed)
    return theirs != ours and theirs[0] >= ours[0] and theirs[1] >= ours[1]
