"""Progress and rejected records on stderr.

Progress is a bar in a terminal and one plain line a step in a pipe.
"""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING, Any

import click

from recommender.cli.formatting import count

if TYPE_CHECKING:
    from tqdm import tqdm

    from recommender.ingest.readers.record_error import RejectedRecord

MAX_PRINTED = 20
"""Rejected records that are printed; a source of the wrong kind would fill the terminal."""


class Progress:
    """Draws the progress of each step of a command. Call it as ``progress(step, done, total)``."""

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._step = ""
        self._done = 0
        self._bar: tqdm[Any] | None = None

    def __enter__(self) -> Progress:
        """Start with no step."""
        return self

    def __exit__(self, *error: object) -> None:
        """Finish the line of the last step."""
        self._end()

    def __call__(self, step: str, done: int, total: int | None) -> None:
        """Draw the progress of a step.

        Parameters
        ----------
        step : name of the step; a new name finishes the line of the previous step.
        done : number of items that are done.
        total : number of items; None if unknown, then a counter is drawn.
        """
        if step != self._step:
            self._end()
            self._step, self._done = step, 0
            self._begin(total)
        if self._bar is not None:
            self._bar.update(done - self._done)
        self._done = done

    def _begin(self, total: int | None) -> None:
        if self._terminal:
            from tqdm import tqdm  # noqa: PLC0415 - only when it is used

            # tqdm draws no bar on a terminal that reports its size as 0 x 0.
            columns, lines = shutil.get_terminal_size()
            self._bar = tqdm(
                total=total, desc=self._step, file=sys.stderr, unit="", ncols=columns, nrows=lines
            )

    def _end(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None
        elif self._done:  # a step that failed at its beginning has its error alone
            click.echo(f"{self._step}: {self._done}", err=True)
        self._step, self._done = "", 0


class RejectedRecords:
    """Prints rejected records and counts those beyond a maximum."""

    def __init__(self, max_printed: int | None = MAX_PRINTED) -> None:
        self._max_printed = max_printed
        self.count = 0

    def __call__(self, record: RejectedRecord) -> None:
        """Print a rejected record, up to the maximum; a note always, without counting it."""
        line = " ".join(str(record).split())
        if not record.is_error:
            click.echo(line, err=True)
            return
        self.count += 1
        if self._max_printed is None or self.count <= self._max_printed:
            click.echo(f"{line}; skipped", err=True)

    def print_rest(self) -> None:
        """Print how many records were skipped without a line of their own."""
        if self._max_printed is not None and self.count > self._max_printed:
            rest = count(self.count - self._max_printed, "more record")
            click.echo(f"... and {rest} skipped", err=True)
