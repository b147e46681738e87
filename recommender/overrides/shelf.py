"""Where one process puts what it knows, and looks what others have put there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from recommender.errors import DataDirError
from recommender.overrides.fallback import OverrideFallback, load, save

AGAIN = 5.0
"""Seconds after which writing is tried again where it failed."""


class FallbackFile:
    """The kept file; without a path there is none, and nothing is kept."""

    def __init__(self, path: Path | None) -> None:
        self.trouble = ""
        """Why it could not be read or written when last tried."""
        self._path = path
        self._seen: object = None
        self._holds: object = None
        self._not_before = 0.0

    @property
    def empty(self) -> bool:
        """Whether nobody has put anything there."""
        return self._path is None or not self._path.exists()

    def newer(self) -> OverrideFallback | None:
        """Read the file if it is another one than when last looked at."""
        signature = self._signature()
        if self._path is None or signature is None or signature == self._seen:
            return None
        self._seen = signature
        try:
            kept = load(self._path)
        except DataDirError as error:
            self.trouble = str(error)
            return None
        self.trouble = ""
        return kept

    def put(self, state: object, kept: Callable[[], OverrideFallback], now: float) -> None:
        """Write what ``kept`` makes, unless it is of the state that was written before.

        A folder that cannot be written is told in ``trouble``, and is no error.
        """
        if self._path is None or state == self._holds or now < self._not_before:
            return
        try:
            save(self._path, kept())
        except DataDirError as error:
            self.trouble, self._not_before = str(error), now + AGAIN
        else:
            self.trouble, self._holds = "", state

    def _signature(self) -> object:
        try:
            found = self._path.stat() if self._path else None
        except OSError:
            return None
        return found and (found.st_mtime_ns, found.st_ino, found.st_size)
