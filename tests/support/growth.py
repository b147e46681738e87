"""Measure how the processor time of a function grows with the length of its text."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

GROWTH = 4
"""How many times as long the second text is."""

MAX_RATIO = 9.0
"""Ratio of the two times, at most: linear functions need 4 times as long, quadratic ones 16."""

NEGLIGIBLE = 0.003
"""Seconds for the longer text that are too few to measure a ratio."""

TRIES = 4
"""Measurements that must all show a steep growth: the machine may be busy during one of them."""

LIMIT = 3.0
"""Seconds after which a call is interrupted, as the time may be exponential. Machines that are
shared can be several times as slow as usual."""


def superlinear(make: Callable[[int], str], function: Callable[[str], object], size: int) -> str:
    """Return how the time grows more than linearly, or "" if it does not.

    Parameters
    ----------
    make : returns a text of about so many characters.
    function : what is measured. Its errors are ignored.
    size : characters of the shorter text.
    """
    short, long = make(size), make(GROWTH * size)
    try:
        return _growth(function, short, long)
    except TimeoutError:
        return f"more than {LIMIT} s: {short[:40]!r}..."


def _growth(function: Callable[[str], object], short: str, long: str) -> str:
    if _seconds(function, short) < NEGLIGIBLE / GROWTH**2:
        return ""  # even a quadratic function would be fast enough for the longer text
    for _ in range(TRIES):
        before = min(_seconds(function, short) for _ in range(3))
        after = min(_seconds(function, long) for _ in range(3))
        if after < NEGLIGIBLE or after < MAX_RATIO * before:
            return ""
    return f"{before:.4f} s for {len(short)}, {after:.4f} s for {len(long)}: {short[:40]!r}..."


def _seconds(function: Callable[[str], object], text: str) -> float:
    """Return the processor time of a call in seconds, not counting other threads."""
    started = time.thread_time()
    try:
        with _limited():
            function(text)
    except TimeoutError:
        raise
    except Exception:  # noqa: BLE001 - the time matters, not the result
        pass
    return time.thread_time() - started


@contextmanager
def _limited() -> Iterator[None]:
    """Raise a TimeoutError in what takes longer than :data:`LIMIT`, also in the module ``re``."""

    def interrupt(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGVTALRM, interrupt)
    signal.setitimer(signal.ITIMER_VIRTUAL, LIMIT)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
