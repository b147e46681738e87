"""The sample site: 24 articles on three topics, whose related articles are known."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from recommender.catalogue.store import Catalogue
from recommender.catalogue.visibility_table import settle, to_settle
from recommender.ingest.importer import Importer, ImportOptions
from recommender.runs.pipeline import index
from recommender.runs.results import RunOptions
from recommender.settings import Settings

NOW = datetime(2026, 10, 31, 12, tzinfo=UTC)
ENCODER = "small_encoder:SmallEncoder"

TOPICS = {
    "talks": "peace talks delegation ceasefire envoy negotiators Vilnius truce monitors",
    "reactor": "reactor nuclear plant coast concrete turbine engineers cooling licence",
    "football": "football striker goal qualifier stadium coach penalty midfielder league",
}

PUSHED = {
    "id": "talks/new",
    "title": "Envoys return to the peace talks",
    "body": "The envoy and the negotiators of the delegation met in Vilnius. " * 8,
    "published": "2026-10-31T11:00:00Z",
    "section": "politics",
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
    """The topic's words, each beside a word that occurs nowhere else."""
    return " ".join(f"{word} w{number}x{n}" for n, word in enumerate(words.split())) + "."


def write_jsonl(path: Path, rows: list[dict[str, Any]]) -> Path:
    """Write records as JSON Lines."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def publish(settings: Settings, *sources: Path, now: datetime = NOW) -> str:
    """Index sources as the command does; returns the snapshot's id."""
    catalogue = Catalogue(settings.catalogue_url)
    importer = Importer(settings, now, lambda _: None, _silent)
    importer.read([str(source) for source in sources], catalogue, ImportOptions(force=True))
    outcome = index(settings, catalogue, now, _silent, RunOptions(force=True))
    settle(catalogue.engine, to_settle(catalogue.engine), now)
    catalogue.close()
    return outcome.snapshot


def _silent(_step: str, _done: int, _total: int | None) -> None:
    pass
