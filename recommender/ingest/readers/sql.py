"""Read the database of a CMS: a SQLAlchemy URL, ``#``, and a query with the columns.

For example ``postgresql+psycopg://reader@host/cms#SELECT slug AS id, headline AS title, date AS
published FROM posts``.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from datetime import tzinfo
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from recommender.articles.article import Article
from recommender.errors import SourceError
from recommender.ingest.readers.field_names import ALIASES, REQUIRED, keyed
from recommender.ingest.readers.record_error import RejectedRecord
from recommender.ingest.readers.tables import Table, is_known, table_fields

BATCH = 500
"""Rows of a fetch: bounds the memory for tables of any size."""

EXPECTED = (
    "a SQLAlchemy URL, # and a query, such as "
    "'sqlite:///cms.db#SELECT slug AS id, title, date AS published, text AS body FROM posts'"
)


def is_database(source: str) -> bool:
    """Return whether a source is the URL of a database, not of the web."""
    return bool(re.match(r"(?!https?:)[a-z][a-z0-9_]*(?:\+[a-z0-9_]+)?://", source))


def shown(source: str) -> str:
    """Return the source for messages: without the password."""
    url = source.partition("#")[0]
    try:
        return make_url(url).render_as_string(hide_password=True)
    except (ArgumentError, ValueError):
        return url.partition(":")[0] + "://..."


def read(source: str, zone: tzinfo, language: str = "") -> Iterator[Article | RejectedRecord]:
    """Read the articles of a query; a rejected record names its row."""
    place = shown(source)
    try:
        rows = _rows(source, place)
        table = Table(place, next(rows), EXPECTED, zone, language=language)
        placed = ((f"{place} row {number}", row) for number, row in enumerate(rows, start=1))
        for where, row in table.look_ahead(placed):
            yield from table.items(where, row)
        yield from table.notes()
    except (ArgumentError, NoSuchModuleError) as error:
        raise SourceError(
            f"{place}: expected {EXPECTED}, got an error: {_reason(error)}"
        ) from error
    except (SQLAlchemyError, ImportError, OSError) as error:
        raise SourceError(
            f"{place}: expected a database that answers, got an error: {_reason(error)}"
        ) from error


def _rows(source: str, place: str) -> Iterator[dict[str, Any]]:
    """Yield the columns, then the rows."""
    url, _, query = source.partition("#")
    if not query.strip():
        raise SourceError(f"{place}: expected {EXPECTED}, got no query")
    engine = _engine(make_url(url))
    try:
        with engine.connect().execution_options(yield_per=BATCH) as connection:
            answer = connection.execute(text(query))
            _check_columns(place, list(answer.keys()), is_whole=bool(_WHOLE.match(query)))
            yield dict.fromkeys(answer.keys())
            for row in answer.mappings():
                yield dict(row)
    finally:
        engine.dispose()


def _engine(url: URL) -> Engine:
    """Make an engine that creates no file: not for a mistyped name, nor by ATTACH in a query."""
    if url.get_backend_name() != "sqlite":
        return create_engine(url)
    path = quote(url.database or "")
    engine = create_engine(url.set(database=f"file:{path}", query={"mode": "ro", "uri": "true"}))

    @event.listens_for(engine, "connect")
    def forbid_attach(connection: Any, _record: object) -> None:
        connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)

    return engine


_WHOLE = re.compile(r"\s*select\s+(?:\w+\s*\.\s*)?\*", re.IGNORECASE)
"""A query of all columns of a table, of which some are not those of an article."""


def _check_columns(place: str, names: list[str], *, is_whole: bool) -> None:
    known = table_fields(keyed(dict.fromkeys(names, "x")))
    missing = [name for name in REQUIRED if name not in known]
    unknown = [name for name in names if not (is_whole or is_known(name))]
    if missing or unknown:
        got = (
            f"no {', '.join(map(repr, missing))}"
            if missing
            else f"an unknown column {unknown[0]!r}"
        )
        raise SourceError(
            f"{place}: expected a query with the columns {', '.join(ALIASES)}, got {got}; "
            "rename columns with AS"
        )


def _reason(error: BaseException) -> str:
    return str(getattr(error, "orig", None) or error).partition("\n")[0]
