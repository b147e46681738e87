"""Choosing cards ahead again beside the requests, a little at a time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from recommender.renewed import Renewed

PAUSE = 9.0
"""How many times as long as a step took it waits after it: a tenth of a processor at most, and less
where requests hold it up."""

SPELL = 5.0
"""Seconds of one look, and the longest pause in it: a machine that slept is no reason to."""

EVERY = 60.0
"""Seconds after which is looked again for cards that hold no longer."""


class Renewing:
    """Renews the cards of one worker, and begins anew whenever others are in force."""

    def __init__(self) -> None:
        self._renewed: Renewed | None = None
        self._steps: Iterator[None] = iter(())
        self._next = 0.0

    def look(self, current: Callable[[], Renewed | None]) -> None:
        """Go on for a while, as long as the same are in force."""
        renewed, started = current(), time.monotonic()
        if renewed is not self._renewed or started >= self._next:
            self._renewed, self._next = renewed, started + EVERY
            self._steps = iter(()) if renewed is None else renewed.renew(time.time)
        while current() is renewed and time.monotonic() < started + SPELL:
            before = time.monotonic()
            if next(self._steps, self) is self:
                return
            time.sleep(min(PAUSE * (time.monotonic() - before), SPELL))
