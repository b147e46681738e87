"""The compared search systems return six related cards, and 404 for unknown articles."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask

from benchmarks.sites.synthetic import TOPIC, identifier, publish_site
from benchmarks.systems import fts5, pgvector
from benchmarks.systems.__main__ import OURS_DISTINCT, main


def test_comparison_of_systems_and_its_chart(tmp_path: Path) -> None:
    arguments = "--articles 240 --requests 40 --rounds 1 --results"
    done = CliRunner().invoke(
        main,
        [*arguments.split(), str(tmp_path), "--picture", str(tmp_path / "latency.svg")],
    )
    assert done.exit_code == 0, (done.output, done.exception)
    result = json.loads((tmp_path / "systems.json").read_text(encoding="utf-8"))
    measured = result["articles"]["240"]
    alternatives = {"constant", "fts5", "pgvector", "semantic_search"}
    assert measured.keys() == {"ours", OURS_DISTINCT} | alternatives
    assert all(system["statuses"].keys() == {"200"} for system in measured.values())
    assert "SQLite FTS5" in (tmp_path / "latency.svg").read_text(encoding="utf-8")


def test_fts5_recommends_the_same_topic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish_site(tmp_path / "home", 3 * TOPIC)
    fts5.fill(tmp_path / "home", tmp_path / "words.sqlite3")
    monkeypatch.setenv(fts5.FILE, str(tmp_path / "words.sqlite3"))
    _finds_the_own_topic(fts5.create_app())


def test_pgvector_recommends_the_same_topic(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_site(tmp_path / "home", 3 * TOPIC)
    with pgvector.filled(tmp_path / "home", tmp_path) as (url, _):
        monkeypatch.setenv(pgvector.URL, url)
        app = pgvector.create_app()
        _finds_the_own_topic(app)
        app.extensions["pool"].close()


def _finds_the_own_topic(app: Flask) -> None:
    client = app.test_client()
    article = identifier(TOPIC + 50)
    cards = client.get(f"/v1/articles/{article}/related").get_json()["cards"]
    found = {card["id"] for card in cards}
    assert len(found) == len(cards) == 6
    assert article not in found
    assert sum(int(one.rpartition("-")[2]) // TOPIC == 1 for one in found) >= 5
    assert client.get("/v1/articles/nobody/related").status_code == 404
