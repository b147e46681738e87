"""Ends a command at SIGTERM as at Ctrl-C, so that its processes and files do not outlive it."""

from __future__ import annotations

import os
import signal
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
    is_terminated = False

    def interrupt(*_: object) -> None:
        nonlocal is_terminated
        is_terminated = True
        raise KeyboardInterrupt

    previous = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    except KeyboardInterrupt:
        if is_terminated:
            click.echo(f"recommender: {TERMINATED}", err=True)
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            os.kill(os.getpid(), signal.SIGTERM)
        raise
    finally:
        signal.signal(signal.SIGTERM, previous)
