"""Measures available memory; returns freed memory to the system or keeps it, with glibc."""

from __future__ import annotations

import ctypes
import gc
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NamedTuple, Self

import psutil

MMAP_THRESHOLD, TRIM_THRESHOLD = -3, -1
"""Parameters of ``mallopt``, from ``malloc.h``."""

LARGEST_KEPT = 2**25
"""Bytes of an array up to which its memory is kept, the most that glibc accepts."""

MOST_KEPT = 2**28
"""Bytes that are kept, more than the arrays of a batch take together."""

CGROUPS = Path("/sys/fs/cgroup")
"""Where a process in a container sees the container's limits, and what it uses.

Outside of a container it is the root of all control groups, which has no limit. The limit of a
systemd unit is not read.
"""

LIMITS = {
    "memory.max": ("memory.stat", "anon"),
    "memory/memory.limit_in_bytes": ("memory/memory.stat", "total_rss"),
}
"""File with the limit of a container, by version of control groups; the file with what it uses, and
the name there of the memory that mapped files do not take."""


class Memory(NamedTuple):
    """Memory of this machine in bytes, or of its container, if that has less."""

    total: int
    available: int

    @classmethod
    def read(cls, cgroups: Path = CGROUPS) -> Self:
        """Read the memory of the machine and the limits of the container."""
        machine = psutil.virtual_memory()
        found = cls(machine.total, machine.available)
        for limit_file, (usage_file, name) in LIMITS.items():
            try:
                limit = int((cgroups / limit_file).read_text())
                lines = (cgroups / usage_file).read_text().splitlines()
                used = int(dict(line.split() for line in lines)[name])
            except (OSError, ValueError, KeyError):  # no such files, "max" or an unknown format
                continue
            found = cls(min(found.total, limit), max(0, min(found.available, limit - used)))
        return found


def free_memory() -> None:
    """Return what large temporary objects have left behind.

    The allocator keeps freed memory between objects that live on.
    """
    with _interrupted_afterwards():
        gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


@contextmanager
def _interrupted_afterwards() -> Iterator[None]:
    """Handle SIGINT and SIGTERM at the end of the block, if they have handlers in Python.

    Python ignores an exception in a callback of a collected object, and SQLAlchemy has such
    callbacks. So an interrupt in the midst of a collection would be lost.
    """
    handlers = {}
    if threading.current_thread() is threading.main_thread():
        found = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
        handlers = {int(number): one for number, one in found.items() if callable(one)}
    received: dict[int, FrameType | None] = {}
    for number in handlers:
        signal.signal(number, received.__setitem__)
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
    for number, frame in received.items():
        handlers[number](number, frame)


def keep_freed_memory() -> None:
    """Let this process keep freed memory for its next arrays.

    Otherwise the system takes the memory of each batch back and clears it for the next one. That is
    up to a tenth of the processor time of scoring.
    """
    set_option = getattr(ctypes.CDLL(None), "mallopt", None)
    if set_option is not None:
        set_option(MMAP_THRESHOLD, LARGEST_KEPT)
        set_option(TRIM_THRESHOLD, MOST_KEPT)
