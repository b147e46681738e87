"""A connection lost during a commit: the user learns that the outcome is unknown."""

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import Engine, create_engine, event, text

from command_line import refused_command
from databases import run_on_commit
from override_requests import HOLD, post, token
from real_server import serving
from recommender.catalogue.accounts import Accounts
from recommender.catalogue.database import connect, exclusive_transaction
from recommender.errors import CatalogueError, CommitUncertainError
from recommender.settings import Settings
from sample_site import PUSHED, publish


@pytest.fixture
def notes(postgresql: str) -> Iterator[str]:
    """A server's URL, with a table for one test."""
    engine = create_engine(postgresql)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE notes (text text)"))
    yield postgresql
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE notes; DROP FUNCTION IF EXISTS at_the_end"))
    engine.dispose()


def note(engine: Engine) -> None:
    with exclusive_transaction(engine, "notes") as connection:
        connection.execute(text("INSERT INTO notes VALUES ('one')"))


def noted(url: str) -> int:
    engine = create_engine(url)
    with engine.connect() as connection:
        count = connection.execute(text("SELECT count(*) FROM notes")).scalar_one()
    engine.dispose()
    return int(count)


def test_a_connection_lost_during_commit_is_uncertain(notes: str) -> None:
    run_on_commit(notes, "notes", "PERFORM pg_terminate_backend(pg_backend_pid())")
    engine = connect(notes)
    with pytest.raises(CommitUncertainError, match="terminat"):
        note(engine)
    engine.dispose()


def test_a_refused_commit_is_not_saved(notes: str) -> None:
    run_on_commit(notes, "notes", "RAISE 'no more notes'")
    engine = connect(notes)
    with pytest.raises(CatalogueError, match="no more notes") as refused:
        note(engine)
    assert not isinstance(refused.value, CommitUncertainError)
    assert noted(notes) == 0
    engine.dispose()


def test_sqlite_rolls_back_a_failed_commit(tmp_path: Path) -> None:
    """A reader in the old journal mode holds up the last step: nothing stays half done."""
    url = f"sqlite:///{tmp_path / 'notes.sqlite3'}"
    engine = connect(url, timeout=0.3)
    event.listen(engine, "connect", lambda one, _: one.execute("PRAGMA journal_mode=DELETE"))
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE notes (text text)"))
    with closing(sqlite3.connect(tmp_path / "notes.sqlite3", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM notes").fetchall()
        with pytest.raises(CatalogueError, match="locked") as refused:
            note(engine)
    assert not isinstance(refused.value, CommitUncertainError)
    assert noted(url) == 0
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM notes")).scalar_one() == 0
    note(connect(url, timeout=0.3))
    assert noted(url) == 1


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_uncertain_commits_are_reported_by_api_push_and_command(
    settings: Settings,
    source: Path,
    database: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = msgspec.structs.replace(settings, database_url=database)
    monkeypatch.setenv("RECOMMENDER_DATABASE_URL", database)
    publish(settings, source)
    key = token(database)
    engine = create_engine(database)
    pushing = Accounts(engine).new_key("ann", "articles", "test", time.time())
    with serving(settings.home, RECOMMENDER_DATABASE_URL=database) as server:
        gone = "PERFORM pg_terminate_backend(pg_backend_pid())"
        run_on_commit(database, "decisions", gone)
        run_on_commit(database, "articles", gone, "at_the_end_of_a_push")
        decided = post(server, key, HOLD)
        assert decided.status == 503
        assert "may or may not be saved" in json.loads(decided.body)["detail"]
        sent = {"Authorization": f"Bearer {pushing}", "Content-Type": "application/json"}
        pushed = server.ask("/v1/articles/talks%2Fnew", "PUT", json.dumps(PUSHED), **sent)
        assert pushed.status == 503
        assert (
            "may have been saved or not; send the request again"
            in json.loads(pushed.body)["detail"]
        )
    engine.dispose()
    result = refused_command(settings.home, capsys)
    assert result.startswith("recommender: it may be saved: check `recommender override history` ")
