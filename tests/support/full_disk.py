"""A full disk below SQLite."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event


@contextmanager
def full_disk() -> Iterator[None]:
    """Let SQLite find no room for another page, in every connection that is made meanwhile."""

    def limit(connection: Any, _record: object) -> None:
        connection.execute("PRAGMA max_page_count=1")  # which it takes as: what there is

    event.listen(Engine, "connect", limit)
    yield
    event.remove(Engine, "connect", limit)
