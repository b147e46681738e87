"""Following the log: only newer entries are asked for, and what is known outlives the database."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Engine, make_url

from recommender.database import connect, named
from recommender.errors import CatalogueError
from recommender.overrides.decision import Decision, Scope
from recommender.overrides.force import InForce
from recommender.overrides.log import Log, members
from recommender.overrides.resolving import Resolved, Rows
from recommender.overrides.standing import Standing
from recommender.snapshot import Snapshot

PATIENCE = 1.0
"""Seconds to wait for a locked or far database: what is known serves meanwhile."""


class Known(NamedTuple):
    """What stands by the log, as far as it was read."""

    version: int = 0
    decisions: tuple[Decision, ...] = ()


class Following:
    """Reads the log again and again, and never writes or migrates it."""

    def __init__(self, url: str, *, patience: float = PATIENCE) -> None:
        self.known = Known()
        self.trouble = ""
        """Why the log could not be read when last tried; "" where it could."""
        self._url = url
        self._patience = patience
        self._engine: Engine | None = None
        self._standing = Standing()
        self._reading = threading.Lock()
        self._members: dict[tuple[Scope, str], list[str]] = {}

    def refresh(self) -> None:
        """Read what is newer; on any trouble keep what is known, and say so."""
        with self._reading:
            self._refresh()

    def members(self, scope: Scope, name: str) -> list[str]:
        """List the ids of the articles with a tag or an author; without the database the last."""
        try:
            with named(self._url):
                self._members[scope, name] = members(self._opened(), scope, name)
        except CatalogueError as error:
            self.trouble = str(error)
        return self._members.get((scope, name), [])

    def resolved(self, rows: Rows) -> Resolved:
        """Look up what is known as rows of a snapshot."""
        known = self.known
        return Resolved(rows, known.decisions, known.version, self.members)

    def close(self) -> None:
        """Let go of the database's connections."""
        if self._engine is not None:
            self._engine.dispose()

    def _refresh(self) -> None:
        try:
            entries = Log(self._url, self._opened()).entries(after=self.known.version)
        except CatalogueError as error:
            self.trouble = str(error)
            return
        self.trouble = ""
        if entries:
            for entry in entries:
                self._standing.take(entry)
            self.known = Known(entries[-1].id, tuple(self._standing.decisions()))

    def _opened(self) -> Engine:
        if self._engine is None:
            with named(self._url):
                url = make_url(self._url)
                if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
                    raise CatalogueError(f"catalogue {url}: no such file")
                self._engine = connect(self._url, patience=self._patience)
        return self._engine


def force_at(url: str, snapshot: Snapshot, now: float) -> tuple[InForce, str]:
    """Read the log once: what is in force at a moment, and why it could not be read, or ""."""
    following = Following(url)
    try:
        following.refresh()
        return following.resolved(Rows(snapshot)).at(now), following.trouble
    finally:
        following.close()
