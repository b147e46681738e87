"""Progress: a bar on a terminal, one plain line a step in a pipe; always on stderr."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Any

import click


class Progress:
    """Shows how far each step is; call it with the step's name, what is done, and of how much."""

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._step = ""
        self._done = 0
        self._bar: Any = None

    def __enter__(self) -> Progress:
        """Start with no step."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the last step's line."""
        self._end()

    def __call__(self, step: str, done: int, total: int | None) -> None:
        """Take note that of a step this much is done; a total of None is not known."""
        if step != self._step:
            self._end()
            self._step, self._done = step, 0
            self._begin(total)
        if self._bar is not None:
            self._bar.update(done - self._done)
        self._done = done

    def _begin(self, total: int | None) -> None:
        if self._terminal:
            bar: Any = click.progressbar(length=total, label=self._step, file=sys.stderr)
            self._bar = bar.__enter__()

    def _end(self) -> None:
        if self._bar is not None:
            self._bar.render_finish()
            self._bar = None
        elif self._step:
            click.echo(f"{self._step}: {self._done}", err=True)
        self._step = ""
