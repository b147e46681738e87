"""Ends a command at SIGTERM as at Ctrl-C, so that its processes and files do not outlive it."""

from __future__ import annotations

import atexit
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

TERMINATED = "terminated; finished steps are kept, the last snapshot stays active"


@contextmanager
def interrupted_by_sigterm() -> Iterator[None]:
    """Interrupt the block at SIGTERM; the process then ends by the signal, as its sender expects.

    Without a handler the process would end at once, and the processes that score for it would wait
    for minutes. To be used in the main thread.
    """
    is_terminated = is_leaving = False

    def interrupt(*_: object) -> None:
        nonlocal is_terminated
        is_terminated = True
        raise KeyboardInterrupt

    # Exit functions run in reverse order: those that the block registers delete their files first.
    atexit.register(_end_by_sigterm)
    previous = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    except KeyboardInterrupt:
        if is_terminated:
            click.echo(f"recommender: {TERMINATED}", err=True)
            is_leaving = True
            sys.exit(1)
        raise
    finally:
        signal.signal(signal.SIGTERM, previous)
        if not is_leaving:
            atexit.unregister(_end_by_sigterm)


def _end_by_sigterm() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.kill(os.getpid(), signal.SIGTERM)
