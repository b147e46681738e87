"""The file of a SQLite database: found from its URL, and noticed when it is gone or another one.

An open connection goes on with a file that was deleted or renamed: what is written through it is
lost, and what is written to the new file is never seen. So each connection is compared with the
file of that name whenever it is taken from the pool.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, event, make_url
from sqlalchemy.exc import ArgumentError, DisconnectionError


def file_of(address: str | URL) -> Path | None:
    """Find the file that a URL names; None where there is none: PostgreSQL, in memory, no URL."""
    try:
        url = make_url(address)
    except ArgumentError:
        return None
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        return None
    return Path(url.database.removeprefix("file:").partition("?")[0])


def prepare(engine: Engine, path: Path | None) -> None:
    """Set up each connection; with a path, connect only to the file that is there under it."""
    event.listen(engine, "connect", _ready)
    if path is None:
        return

    def exists(*_: object) -> None:
        if not path.is_file():
            raise sqlite3.OperationalError("no such file")

    def remember(_connection: object, record: Any) -> None:
        record.info["file"] = _number(path)

    def compare(_connection: object, record: Any, _proxy: object) -> None:
        if record.info["file"] != _number(path):
            raise DisconnectionError("the file is another one")

    event.listen(engine, "do_connect", exists)
    event.listen(engine, "connect", remember)
    event.listen(engine, "checkout", compare)


def _ready(connection: Any, _record: object) -> None:
    try:
        # With a write-ahead log, services read on while an index run writes.
        connection.execute("PRAGMA journal_mode=WAL")
    except sqlite3.OperationalError as error:
        # A database that is opened to be read alone can be read in any mode.
        if "readonly" not in str(error):
            raise
    connection.execute("PRAGMA synchronous=NORMAL")


def _number(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
