"""Timeouts of PostgreSQL connections: statements, TCP and the connection pool."""

import time
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import Engine, create_engine, text

from databases import run_on_commit
from override_requests import HOLD, post, token
from real_server import serving
from recommender.catalogue.database import (
    KEEPALIVE,
    connect,
    connect_service,
    open_database,
    translate_db_errors,
)
from recommender.errors import CatalogueError
from recommender.settings import Settings
from sample_site import publish


def ask(engine: Engine, query: str) -> Any:
    """Ask for one value."""
    with translate_db_errors(str(engine.url)), engine.connect() as connection:
        return connection.execute(text(query)).scalar_one()


def test_a_slow_statement_is_cancelled(postgresql: str) -> None:
    engine = connect(postgresql, statement_timeout=0.5)
    began = time.monotonic()
    with pytest.raises(CatalogueError, match="statement timeout"):
        ask(engine, "SELECT pg_sleep(5)")
    assert time.monotonic() - began < 3
    assert ask(engine, "SELECT 1") == 1
    engine.dispose()


def test_commands_have_no_statement_timeout(postgresql: str) -> None:
    engine = open_database(postgresql)
    assert ask(engine, "SHOW statement_timeout") == "0"
    assert ask(engine, "SHOW lock_timeout") == "10s"
    engine.dispose()


def test_tcp_keepalive_ends_dead_connections(postgresql: str) -> None:
    engine = connect_service(postgresql, timeout=2.0)
    with engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        parameters = driver.info.get_parameters()
    expected = KEEPALIVE | {"connect_timeout": 2, "tcp_user_timeout": 2_000}
    assert {name: parameters[name] for name in expected} == {
        name: str(value) for name, value in expected.items()
    }
    engine.dispose()


def test_a_dead_pooled_connection_is_replaced(postgresql: str) -> None:
    engine, other = connect_service(postgresql, timeout=1.0), create_engine(postgresql)
    ended = ask(engine, "SELECT pg_backend_pid()")
    assert ask(other, f"SELECT pg_terminate_backend({ended}, 5000)")
    assert ask(engine, "SELECT pg_backend_pid()") != ended
    engine.dispose()
    other.dispose()


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_service_connections_have_a_statement_timeout(
    settings: Settings, source: Path, database: str
) -> None:
    publish(msgspec.structs.replace(settings, database_url=database), source)
    key = token(database)
    engine = create_engine(database)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE seen (timeout text)"))
    record = "INSERT INTO seen VALUES (current_setting('statement_timeout'))"
    run_on_commit(database, "decisions", record)
    with serving(settings.home, RECOMMENDER_DATABASE_URL=database) as server:
        assert post(server, key, HOLD).status == 201
    assert ask(engine, "SELECT timeout FROM seen") == "10s"
    engine.dispose()
