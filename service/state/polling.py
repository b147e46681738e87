"""Calls a step again and again in a thread of its own."""

from __future__ import annotations

import logging
import threading
import time
import weakref
from collections.abc import Callable
from typing import TypeVar

Owner = TypeVar("Owner")

log = logging.getLogger("service")


def poll(owner: Owner, step: Callable[[Owner], None], seconds: float, task: str) -> None:
    """Call a step every some seconds; the thread ends with its owner or with the process.

    Of equal errors in a row the first is logged, and polling goes on.

    Parameters
    ----------
    seconds
        Time before the first call, and between two.
    task
        What the step does, for the log.
    """
    arguments = (weakref.ref(owner), step, seconds, task)
    threading.Thread(target=_poll, args=arguments, daemon=True).start()


def _poll(
    reference: weakref.ref[Owner], step: Callable[[Owner], None], seconds: float, task: str
) -> None:
    logged = ""
    time.sleep(seconds)
    while (owner := reference()) is not None:
        try:
            step(owner)
            logged = ""
        except Exception as error:
            if repr(error) != logged:
                log.exception("%s failed", task)
            logged = repr(error)
        del owner  # else this thread would keep it alive
        time.sleep(seconds)
