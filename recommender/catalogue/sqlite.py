"""Detect that the file of a SQLite database was deleted or replaced.

An open connection continues to use a file that was deleted or renamed. Its writes would be lost,
and it would never see the new file. So each connection is compared with the file whenever it is
taken from the pool.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, event, make_url
from sqlalchemy.exc import ArgumentError, DisconnectionError


def file_of(address: str | URL) -> Path | None:
    """Return the file of a SQLite URL; None for PostgreSQL, a database in memory or no URL."""
    try:
        url = make_url(address)
    except ArgumentError:
        return None
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        return None
    return Path(url.database.removeprefix("file:").partition("?")[0])


def prepare(engine: Engine, path: Path | None) -> None:
    """Set up each connection of an engine.

    With a ``path``, only the file that exists at that path is opened.
    """
    event.listen(engine, "connect", _set_pragmas)
    if path is None:
        return

    def exists(*_: object) -> None:
        if not path.is_file():
            raise sqlite3.OperationalError("no such file")

    def remember(_connection: object, record: Any) -> None:
        record.info["file"] = _file_id(path)

    def compare(_connection: object, record: Any, _proxy: object) -> None:
        if record.info["file"] != _file_id(path):
            raise DisconnectionError("the file was replaced")

    event.listen(engine, "do_connect", exists)
    event.listen(engine, "connect", remember)
    event.listen(engine, "checkout", compare)


def _set_pragmas(connection: Any, _record: object) -> None:
    try:
        # With a write-ahead log, services can read while an index run writes.
        connection.execute("PRAGMA journal_mode=WAL")
    except sqlite3.OperationalError as error:
        # A read-only database can be read in any mode.
        if "readonly" not in str(error):
            raise
    # An acknowledged save must survive a power cut. NORMAL flushes only at a checkpoint.
    connection.execute("PRAGMA synchronous=FULL")


def _file_id(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
