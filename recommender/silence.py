"""Queries to PostgreSQL, given up when its server has said nothing for too long.

No setting does it: TCP's own time-outs ask whether the other machine answers, which it does for a
process that hangs, and ``statement_timeout`` is kept by the process that hangs.
"""

from __future__ import annotations

import math
import time
from collections.abc import Generator
from typing import Any

import psycopg
from sqlalchemy import Engine, event


class Listening(psycopg.Connection[Any]):
    """A connection that is closed when nothing comes for ``silence`` seconds of waiting.

    A long answer that comes in parts may take any time.
    """

    silence = math.inf

    def wait(self, gen: Generator[Any, int, Any], *args: Any, **options: Any) -> Any:
        """Wait as psycopg does, which wakes up ten times a second to see whether it should."""
        try:
            return super().wait(_heard(gen, self.silence), *args, **options)
        except SilenceError:
            # What it may still say answers nothing that will be asked: the pool makes another one.
            self.close()
            raise


class SilenceError(psycopg.OperationalError):
    """A server holds a connection and says nothing."""


def limit(engine: Engine, seconds: float) -> None:
    """Let all connections of an engine of psycopg's give up after so long a silence."""

    @event.listens_for(engine, "do_connect")
    def connect(_dialect: Any, _record: Any, args: Any, options: Any) -> Listening:
        connection = Listening.connect(*args, **options)
        connection.silence = seconds
        return connection


def _heard(steps: Generator[Any, int, Any], silence: float) -> Generator[Any, int, Any]:
    """Pass on what psycopg's steps wait for, and what was ready then: 0 when nothing was."""
    heard = time.monotonic()
    try:
        wanted = next(steps)
        while True:
            ready = yield wanted
            if ready:
                heard = time.monotonic()
            elif time.monotonic() - heard > silence:
                raise SilenceError(
                    f"the server has said nothing for {silence:g} s; see what its processes do"
                )
            wanted = steps.send(ready)
    except StopIteration as end:
        return end.value
