"""Exponential backoff for an operation that failed."""

from __future__ import annotations

FIRST_SECONDS = 2.0
"""Pause after the first failure: a short lack of file handles, or a slow disk."""

MAX_SECONDS = 300.0
"""Longest pause: each attempt may read a whole snapshot."""

MAX_URGENT_SECONDS = 10.0
"""Longest pause while nothing can be served."""


class Backoff:
    """Pauses that double with each failure in a row.

    The caller passes the time, in seconds of any monotonic clock.
    """

    def __init__(self) -> None:
        self._pause = 0.0
        self._next_attempt = 0.0

    def is_over(self, now: float) -> bool:
        """Return whether the operation may be tried."""
        return now >= self._next_attempt

    def record_failure(self, now: float, *, urgent: bool = False) -> None:
        """Double the pause, up to the limit."""
        limit = MAX_URGENT_SECONDS if urgent else MAX_SECONDS
        self._pause = min(max(2 * self._pause, FIRST_SECONDS), limit)
        self._next_attempt = now + self._pause

    def reset(self) -> None:
        """Forget earlier failures."""
        self._pause = self._next_attempt = 0.0
