"""The home held for writing by a command: who comes second waits, and says for whom."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from recommender.home import DataDir

LOCK_TIMEOUT = 300
"""Seconds: as a night's run beside `--watch` has to; indexing 30,000 articles takes 3 minutes."""


@contextmanager
def locked_data_dir(home: Path, seconds: int = LOCK_TIMEOUT) -> Iterator[None]:
    """Hold the home, waiting so long for another run.

    Raises :class:`HomeError`, naming the other run, where it takes longer.
    """

    def say(holder: str) -> None:
        click.echo(f"waiting up to {seconds} s for another run: {holder}", err=True)

    with DataDir(home).locked(seconds, say):
        yield
