"""Open the database of the catalogue, migrate it, and translate its errors.

The database is SQLite or PostgreSQL. It holds articles, overrides and accounts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, Table, create_engine, event, inspect, text
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from recommender.catalogue import sqlite as sqlite_file
from recommender.errors import CatalogueError, CommitUncertainError, InvalidValueError
from recommender.home import make_private_file, make_private_folder
from recommender.urls import shown_url, without_secret_parameters

LOCK_SECONDS = 10
"""Seconds that a writer waits for another one."""

STATEMENT_TIMEOUT = 10.0
"""Seconds after which PostgreSQL cancels a statement of a service. A command at the shell has no
such limit: it can be interrupted."""

KEEPALIVE = {"keepalives": 1, "keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3}
"""TCP keepalive of libpq, in seconds: a connection without traffic is probed after 5, then every 2,
and is closed after 3 probes without an answer."""

REVISION = "0014"
"""The newest migration. A database with this revision is not migrated. A test compares it."""

T = TypeVar("T")

BATCH = 500
"""Values in one statement. Databases limit their number."""

FIRST = "0001"
"""Revision of a database that was created before there were migrations."""


def batches(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """Split items into parts that fit into one statement each."""
    return (items[start : start + BATCH] for start in range(0, len(items), BATCH))


def open_database(url: str, *, create: bool = True) -> Engine:
    """Open a database and migrate it.

    Parameters
    ----------
    url : SQLAlchemy URL of the database.
    create : create a missing SQLite file; without it a missing file is an error.

    Raises
    ------
    CatalogueError
        The URL is invalid or the database cannot be reached.
    """
    with translate_db_errors(url):
        engine = connect(url, create=create)
        file = sqlite_file.file_of(url)
        if not create and file is not None and not file.is_file():
            raise CatalogueError(
                f"catalogue {file}: expected a database, got no such file; `recommender index` "
                "creates it, or give another data directory with --home"
            )
        found = _revision(engine)
        if found is not None and found > REVISION:
            raise CatalogueError(
                f"catalogue {engine.url.render_as_string(hide_password=True)}: expected a database "
                f"of revision {REVISION} or older, got {found}: a newer version of this program "
                "has migrated it; install that version, or restore a backup"
            )
        if found != REVISION:
            _migrate(engine)
    return engine


def connect_service(url: str, *, timeout: float) -> Engine:
    """Make an engine for a service, with :data:`STATEMENT_TIMEOUT`.

    ``timeout``: see :func:`connect`. A SQLite file that is missing is an error.
    """
    return connect(url, timeout=timeout, create=False, statement_timeout=STATEMENT_TIMEOUT)


def connect(
    url: str,
    *,
    timeout: float = LOCK_SECONDS,
    create: bool = True,
    statement_timeout: float = 0.0,
) -> Engine:
    """Make an engine.

    Parameters
    ----------
    url
        SQLAlchemy URL of the database.
    timeout
        Seconds to wait at most for a lock, a new connection or an acknowledgement by the network.
    create
        Make the folder and the file of a SQLite database. Without it, a missing file is an error.
    statement_timeout
        Seconds after which PostgreSQL cancels a statement; 0 for no limit. SQLite ignores it.
    """
    parsed = sqlite_file.parse_url(url)
    if parsed.get_backend_name() != "sqlite":
        return _connect_server(parsed, timeout, statement_timeout)
    path = sqlite_file.file_of(parsed)
    if path and create:
        make_private_folder(path.parent)
        make_private_file(path)
    engine = create_engine(parsed, connect_args={"timeout": timeout})
    sqlite_file.prepare(engine, None if create else path)
    return engine


def _connect_server(url: URL, timeout: float, statement_timeout: float) -> Engine:
    """Make an engine for PostgreSQL or another database server."""
    seconds = max(int(timeout), 1)
    arguments = {"connect_timeout": seconds}
    if "psycopg" in url.drivername:
        arguments |= {"tcp_user_timeout": seconds * 1_000, **KEEPALIVE}
    engine = create_engine(url, pool_pre_ping=True, connect_args=arguments)
    if url.get_backend_name() == "postgresql":

        @event.listens_for(engine, "connect")
        def set_timeouts(connection: Any, _record: object) -> None:
            cursor = connection.cursor()
            cursor.execute(f"SET lock_timeout = {int(timeout * 1_000)}")
            cursor.execute(f"SET statement_timeout = {int(statement_timeout * 1_000)}")
            connection.commit()

    return engine


@contextmanager
def translate_db_errors(url: str | URL) -> Iterator[None]:
    """Translate errors of SQLAlchemy into :class:`CatalogueError`, without the password."""
    try:
        yield
    except (ArgumentError, NoSuchModuleError) as error:
        shown = shown_url(str(url))
        raise CatalogueError(
            "setting 'database_url': expected a SQLAlchemy URL such as sqlite:///path/to/file or "
            f"postgresql+psycopg://host/database, got {shown!r} ({_first_line(error)})"
        ) from error
    except (DataError, OverflowError, UnicodeEncodeError) as error:
        raise InvalidValueError(
            "expected text without NUL characters and whole numbers below 2^31, got a value that "
            "the database cannot store"
        ) from error
    except (SQLAlchemyError, OSError, ImportError) as error:
        raise CatalogueError(_message(sqlite_file.parse_url(url), error)) from error


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Open a connection, and translate errors; see :func:`translate_db_errors`."""
    with translate_db_errors(engine.url), engine.connect() as connection:
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Open a transaction, and translate errors; see :func:`translate_db_errors`."""
    with translate_db_errors(engine.url), engine.begin() as connection:
        yield connection


def insert_or_replace(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    """Insert rows, or replace those with the same primary key."""
    dialect = import_module(f"sqlalchemy.dialects.{connection.dialect.name}")
    statement = dialect.insert(table)
    replaced = {c.name: statement.excluded[c.name] for c in table.c if not c.primary_key}
    keys = list(table.primary_key)
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=replaced), rows)


Check = Callable[[Connection], None]
"""Called at the start of a write transaction; an error of it ends the transaction."""


def unchecked(_connection: Connection) -> None:
    """Let every transaction begin."""


@contextmanager
def exclusive_transaction(
    engine: Engine, table: str, check: Check = unchecked
) -> Iterator[Connection]:
    """Open a transaction that keeps other writers of a table out. Readers are not blocked.

    Without the lock, entries of two transactions could become visible in another order than that
    of their numbers. A reader that asks for greater numbers would miss some.

    Raises
    ------
    CommitUncertainError
        The connection broke during the commit.
    """
    committing = False
    with translate_db_errors(engine.url):
        try:
            with engine.begin() as connection:
                if connection.dialect.name == "sqlite":
                    connection.exec_driver_sql("BEGIN IMMEDIATE")
                else:
                    connection.execute(text(f"LOCK TABLE {table} IN EXCLUSIVE MODE"))
                check(connection)
                yield connection
                committing = True
        except DBAPIError as error:
            if committing and error.connection_invalidated:
                raise CommitUncertainError(_message(engine.url, error)) from error
            raise


def _message(url: URL, error: BaseException) -> str:
    shown = without_secret_parameters(url.render_as_string(hide_password=True))
    return f"catalogue {shown}: {_first_line(error)}"


def _first_line(error: BaseException) -> str:
    origin = getattr(error, "orig", None) or error
    return str(origin).partition("\n")[0]


def _revision(engine: Engine) -> str | None:
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _migrate(engine: Engine) -> None:
    from alembic import command  # noqa: PLC0415 - only if there is something to migrate
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent.parent / "migrations"))
    with _migration_lock(engine) as connection:
        config.attributes["connection"] = connection
        tables = inspect(connection).get_table_names()
        if "articles" in tables and "alembic_version" not in tables:
            command.stamp(config, FIRST)
        command.upgrade(config, "head")


@contextmanager
def _migration_lock(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that keeps other migrations out."""
    with engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.execute(text("SELECT pg_advisory_xact_lock(72657461)"))
        yield connection
