"""When to try again what failed: after pauses that grow.

What passes is found soon, and what stays costs next to nothing.
"""

from __future__ import annotations

FIRST = 2.0
"""Seconds after the first failure: a moment without file handles, a disk that was slow."""

LONGEST = 300.0
"""Seconds between two tries at most: each may read a whole snapshot."""

URGENT = 10.0
"""The same while nothing is served at all: then reading is what there is to do."""


class Backoff:
    """Counts the failures in a row, by a clock that the caller looks at."""

    def __init__(self) -> None:
        self._pause = 0.0
        self._not_before = 0.0

    def over(self, now: float) -> bool:
        """Tell whether it may be tried (again)."""
        return now >= self._not_before

    def failed(self, now: float, *, urgent: bool = False) -> None:
        """Take note of a failure: the next pause is twice as long."""
        self._pause = min(max(2 * self._pause, FIRST), URGENT if urgent else LONGEST)
        self._not_before = now + self._pause

    def reset(self) -> None:
        """Forget the failures: it is about something else now."""
        self._pause = self._not_before = 0.0
