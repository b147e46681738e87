"""Detect that a file of a SQLite database was deleted or replaced.

An open connection continues to use a file that was deleted or renamed. Its writes would be lost,
and it would never see the new file. So each connection is compared with the file whenever it is
taken from the pool.

The same holds for the write-ahead log beside it: what was saved since the last checkpoint is only
there. If it was deleted, it is copied into the database while a connection still holds it.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, event, make_url
from sqlalchemy.exc import ArgumentError, DisconnectionError


def parse_url(address: str | URL) -> URL:
    """Parse a SQLAlchemy URL; a port that is no number is an ``ArgumentError``, too."""
    try:
        return make_url(address)
    except ValueError as error:
        raise ArgumentError(str(error)) from error


def file_of(address: str | URL) -> Path | None:
    """Return the file of a SQLite URL; None for PostgreSQL, a database in memory or no URL."""
    try:
        url = parse_url(address)
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
    files = _Files(path)
    event.listen(engine, "do_connect", files.check_exists)
    event.listen(engine, "connect", files.remember)
    event.listen(engine, "checkout", files.compare)
    event.listen(engine, "checkin", files.remember_log)


class _Files:
    """The files of a database, as listeners of a connection pool compare them."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._log = path.with_name(path.name + "-wal")

    def check_exists(self, *_: object) -> None:
        if not self._path.is_file():
            raise sqlite3.OperationalError("no such file")

    def remember(self, _connection: object, record: Any) -> None:
        record.info["file"] = _file_id(self._path)

    def remember_log(self, _connection: object, record: Any) -> None:
        """Remember the write-ahead log, which is open since the first statement."""
        if "log" not in record.info:
            record.info["log"] = _file_id(self._log)

    def compare(self, connection: Any, record: Any, _proxy: object) -> None:
        if record.info["file"] != _file_id(self._path):
            raise DisconnectionError("the file was replaced")
        known, found = record.info.get("log"), _file_id(self._log)
        if known and known != found:
            if found is None:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            raise DisconnectionError("the write-ahead log was deleted")


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
