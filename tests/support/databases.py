"""Databases for the tests: SQLite files and databases on a PostgreSQL server."""

import secrets
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text


def empty_database(request: pytest.FixtureRequest, folder: Path) -> str:
    """Make a database of the kind that the fixture's parameter names; answers with its URL."""
    if request.param == "sqlite":
        return f"sqlite:///{folder / 'catalogue.sqlite3'}"
    first = create_engine(request.getfixturevalue("postgresql"), isolation_level="AUTOCOMMIT")
    name = f"test_{secrets.token_hex(8)}"
    with first.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    first.dispose()
    return first.url.set(database=name).render_as_string(hide_password=False)


ON_COMMIT = """
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {what}; RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER {name} AFTER INSERT OR UPDATE ON {table} DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION {name}()
"""
"""What a database does when a change is committed, and not before."""


def run_on_commit(url: str, table: str, what: str, name: str = "at_the_end") -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(ON_COMMIT.format(name=name, table=table, what=what)))
    engine.dispose()
