"""Decides whether an answer of the service is right: equal to the library's own, for some state.

A state is a snapshot and a version of the overrides. While it changes, the old and the new one are
right for two seconds, as the service promises.
"""

from __future__ import annotations

import json
import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Generic, TypeVar

from recommender.errors import ArticleNotFoundError
from recommender.home import DataDir
from recommender.overrides.active import ActiveOverrides
from recommender.overrides.replica import OverrideSet
from recommender.overrides.resolve import ResolvedOverrides, RowLookup
from recommender.overrides.watcher import OverrideWatcher
from recommender.serving.filters import DEFAULT_QUERY
from recommender.serving.responses import latest_answer, related_answer
from recommender.snapshots.snapshot import Snapshot

PROMISED_SECONDS = 2.0
"""Time in which each worker follows a change."""

CACHED_SECONDS = (0.0, 10.0, 20.0, 30.0)
"""Ages of a cached answer that are tried: recency decays meanwhile."""

REMEMBERED = 8
"""Values of a timeline that an answer is compared with. An older one counts as wrong."""

T = TypeVar("T")


@dataclass
class Period(Generic[T]):
    """A value, and when it may be served, in seconds since 1970 UTC."""

    value: T
    since: float
    until: float = math.inf


class Timeline(Generic[T]):
    """The values of one thing over time."""

    def __init__(self) -> None:
        self.periods: list[Period[T]] = []

    def change(self, value: T, began: float, ended: float) -> None:
        """Add a value that became active between two times."""
        if self.periods:
            self.periods[-1].until = ended + PROMISED_SECONDS
        self.periods = [*self.periods[-2 * REMEMBERED :], Period(value, began)]

    def before(self, ended: float) -> list[Period[T]]:
        """Return the last values that began before a time."""
        return [period for period in self.periods if period.since <= ended][-REMEMBERED:]

    def find(self, accepts: Callable[[T], bool]) -> T:
        """Return the first remembered value that a condition accepts."""
        return next(period.value for period in self.periods if accepts(period.value))


class Reference:
    """What the service should answer, computed by the library from the same files."""

    def __init__(self, home: Path, database_url: str) -> None:
        """Read the overrides of a data directory; snapshots are added by :meth:`record`."""
        self._home = DataDir(home)
        self._watcher = OverrideWatcher(database_url)
        self.snapshots: Timeline[str] = Timeline()
        self.overrides: Timeline[OverrideSet] = Timeline()
        # What is kept is bounded: an open snapshot keeps its disk space after it is pruned.
        self._open = lru_cache(REMEMBERED)(self._opened)
        self._active = lru_cache(3 * REMEMBERED)(self._resolved)
        self._lock, self._changing = threading.Lock(), threading.Lock()
        self.latest_seconds = 0.0
        """The longest time by which an answer was late."""
        self.record_overrides(lambda: None)

    def close(self) -> None:
        """Close the database."""
        self._watcher.close()

    def record_snapshot(self, change: Callable[[], str]) -> None:
        """Make a change that activates the snapshot whose id it returns."""
        with self._changing:
            began = time.time()
            identifier = change()
            self.snapshots.change(identifier, began, time.time())

    def record_overrides(self, change: Callable[[], object]) -> None:
        """Make a change of the overrides."""
        with self._changing:
            began = time.time()
            change()
            ended = time.time()
            self._watcher.refresh(ended)
            self.overrides.change(self._watcher.known, began, ended)

    def judge(
        self, article: str | None, status: int, body: bytes, started: float, ended: float
    ) -> str:
        """Return "right", "late" if it was right before, or "wrong".

        Parameters
        ----------
        article : id of the article; None for the latest.
        started, ended : when the request was sent, and when its answer was complete.
        """
        verdict = self._judge(article, status, body, started, ended)
        if verdict == "wrong":  # unless a change is active, but not yet recorded
            with self._changing:
                verdict = self._judge(article, status, body, started, ended)
        return verdict

    def _judge(
        self, article: str | None, status: int, body: bytes, started: float, ended: float
    ) -> str:
        answer = body if status == 200 else None
        for identifier, overrides, until in self._states(ended):
            if self._is_answer(article, answer, identifier, overrides, ended):
                late = max(started - until, 0.0)
                self.latest_seconds = max(late, self.latest_seconds)
                return "late" if late else "right"
        return "wrong"

    def _states(self, ended: float) -> list[tuple[str, OverrideSet, float]]:
        """States up to a time, each with its end; those that ended last come first."""
        found = [
            (snapshot.value, overrides.value, min(snapshot.until, overrides.until))
            for snapshot in self.snapshots.before(ended)
            for overrides in self.overrides.before(ended)
        ]
        return sorted(found, key=lambda state: -state[2])

    def _is_answer(
        self,
        article: str | None,
        answer: bytes | None,
        identifier: str,
        overrides: OverrideSet,
        ended: float,
    ) -> bool:
        if answer is not None and json.loads(answer)["snapshot"] != identifier:
            return False
        return any(
            self._answer(article, identifier, overrides, ended - age) == answer
            for age in CACHED_SECONDS
        )

    def _answer(
        self, article: str | None, identifier: str, overrides: OverrideSet, now: float
    ) -> bytes | None:
        with self._lock:
            snapshot, _ = self._open(identifier)
            active = self._active(identifier, overrides.version)
        if article is None:
            return latest_answer(snapshot, DEFAULT_QUERY, now, active).body
        try:
            return related_answer(snapshot, article, DEFAULT_QUERY, now, active).body
        except ArticleNotFoundError:
            return None

    def _opened(self, identifier: str) -> tuple[Snapshot, RowLookup]:
        snapshot = Snapshot(self._home.snapshots / identifier)
        return snapshot, RowLookup(snapshot)

    def _resolved(self, identifier: str, version: int) -> ActiveOverrides:
        """Resolve overrides without dates, as all of a soak are."""
        _, rows = self._open(identifier)
        overrides = self.overrides.find(lambda one: one.version == version)
        resolved = ResolvedOverrides(
            rows, overrides.overrides, version, self._watcher.members, overrides.visibility
        )
        return resolved.at(time.time())
