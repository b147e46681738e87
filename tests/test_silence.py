"""PostgreSQL's processes that hang while their machine answers: nobody waits for them for ever."""

import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest
from conftest import publish
from real_server import eventually, serving
from sqlalchemy import Engine, create_engine, text
from test_workers_follow import HOLD, PIN, health, post, token

from recommender.database import SILENCE, connect, named
from recommender.errors import CatalogueError
from recommender.settings import Settings

HELD = f"/v1/articles/{HOLD['article']}/related"

LONG = 4 * SILENCE
"""Seconds after which stopped processes go on, so that whoever waits for them fails, not hangs."""


@contextmanager
def stopped(*processes: int) -> Iterator[None]:
    for process in processes:
        os.kill(process, signal.SIGSTOP)
    later = threading.Timer(LONG, _go_on, processes)
    later.start()
    try:
        yield
    finally:
        later.cancel()
        _go_on(*processes)


def _go_on(*processes: int) -> None:
    for process in processes:
        os.kill(process, signal.SIGCONT)


def process_of(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text("SELECT pg_backend_pid()")).scalar_one())


def asked(engine: Engine, query: str) -> int:
    """Ask, and count the rows that come."""
    with named(str(engine.url)), engine.connect() as connection:
        return len(connection.execute(text(query)).all())


def test_a_query_is_given_up_when_the_process_says_nothing(postgresql: str) -> None:
    engine = connect(postgresql, silence=1.0)
    with engine.connect() as connection:
        hanging = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        began = time.monotonic()
        expected = pytest.raises(CatalogueError, match="the server has said nothing for 1 s")
        with stopped(hanging), expected, named(postgresql):
            connection.execute(text("SELECT 1"))
        assert time.monotonic() - began < 3
    assert process_of(engine) != hanging
    engine.dispose()


def test_a_connection_that_waits_in_the_pool_is_replaced(postgresql: str) -> None:
    engine = connect(postgresql, silence=1.0)
    hanging = process_of(engine)
    with stopped(hanging):
        assert process_of(engine) != hanging
    engine.dispose()


def test_a_long_answer_may_come_in_parts(postgresql: str) -> None:
    engine = connect(postgresql, silence=1.0)
    parts = "SELECT repeat('x', 20000), pg_sleep(0.25) FROM generate_series(1, 8)"
    assert asked(engine, parts) == 8
    with pytest.raises(CatalogueError, match="said nothing"):
        asked(engine, "SELECT pg_sleep(3)")
    engine.dispose()


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_service_goes_on_by_other_processes(
    settings: Settings, source: Path, database: str
) -> None:
    publish(msgspec.structs.replace(settings, catalogue=database), source)
    key = token(database)
    with serving(settings.home, RECOMMENDER_CATALOGUE=database) as server:
        assert post(server, key, PIN).status == 201
        began = time.monotonic()
        with stopped(*processes(database)):
            assert post(server, key, HOLD).status == 201
            eventually(lambda: json.loads(server.ask(HELD).body)["cards"] == [])
            eventually(lambda: health(server) == "followed")
        assert time.monotonic() - began < LONG


def processes(url: str) -> list[int]:
    """List the processes that others have at a database."""
    engine = create_engine(url)
    query = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle'"
    with engine.connect() as connection:
        found = list(connection.execute(text(query)).scalars())
    engine.dispose()
    assert found
    return found
