"""The sample site in a data directory, and incremental runs over changes of it."""

import shutil
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from recommender.articles.article import Record, article_from
from recommender.catalogue.store import Catalogue
from recommender.embeddings.embed import Report
from recommender.home import DataDir
from recommender.incremental.fitted_state import folder_of
from recommender.incremental.plan import FullRun, IncrementalPlan, plan_run
from recommender.overrides.edits.withdrawals import withdraw
from recommender.overrides.log import Log
from recommender.runs.pipeline import index
from recommender.runs.results import IndexResult, RunOptions
from recommender.serving.filters import DEFAULT_QUERY
from recommender.serving.recommend import related
from recommender.settings import Incremental, Settings
from recommender.snapshots.snapshot import Snapshot
from recommender.snapshots.store import current_id
from sample_site import ENCODER, NOW, TOPICS

ALWAYS = Incremental(min_articles=0, max_changed_share=1.0)
LATER = NOW + timedelta(hours=1)
NOTICE = "This article was removed."
NO_BASE = "the snapshot of the last full run is lost or damaged"
NO_STATE = "no fitted state of the last full run"


def site_settings(home: Path) -> Settings:
    return Settings(home=home, embedding_model=ENCODER, incremental=ALWAYS)


def run(home: Path, *, force: bool = True, **changes: Any) -> IndexResult:
    options = msgspec.structs.replace(site_settings(home), **changes)
    catalogue = Catalogue(options.catalogue_url)
    try:
        return index(options, catalogue, LATER, lambda *_: None, RunOptions(force=force))
    finally:
        catalogue.close()


def full_run(home: Path, report: Report = lambda *_: None) -> IndexResult:
    options = site_settings(home)
    with closing(Catalogue(options.catalogue_url)) as catalogue:
        return index(options, catalogue, LATER, report, RunOptions(full=True, force=True))


def planned(home: Path, now: datetime = LATER, **changes: Any) -> IncrementalPlan | FullRun:
    options = msgspec.structs.replace(site_settings(home), **changes)
    with closing(Catalogue(site_settings(home).catalogue_url)) as catalogue:
        return plan_run(options, catalogue, now)


def add(home: Path, *rows: dict[str, Any]) -> None:
    catalogue = Catalogue(site_settings(home).catalogue_url)
    articles = [article_from(msgspec.convert(row, Record), LATER.tzinfo) for row in rows]
    catalogue.add(articles, "test", LATER)
    catalogue.close()


def withdraw_and_replace(home: Path, row: dict[str, Any]) -> None:
    """Withdraw an article as an editor does; then its source replaces the text by a notice."""
    with closing(Catalogue(site_settings(home).catalogue_url)) as catalogue:
        withdraw(Log("", catalogue.engine), row["id"], "ann", "", NOW.timestamp())
    add(home, row | {"body": NOTICE})


def current(home: Path) -> Snapshot:
    data_dir = DataDir(home)
    return Snapshot(data_dir.snapshots / current_id(data_dir))


def copied(home: Path, target: Path) -> Path:
    """Copy a data directory, without what incremental runs have scored so far."""
    shutil.copytree(home, target)
    for path in folder_of(DataDir(target)).iterdir():
        if path.name != "state.joblib":
            path.unlink()
    return target


def presented(snapshot: Snapshot) -> dict[str, Any]:
    """Everything about each public article, by ID: its card, list, versions and links."""
    now = LATER.timestamp() + 1
    visible = snapshot.public.at(now)
    found = {}
    for row in range(len(snapshot)):
        if not visible[row]:
            continue
        rows, relevance = snapshot.candidates.of(row)
        scores = {
            snapshot.identifier(other): round(float(value), 3)
            for other, value in zip(rows.tolist(), relevance.tolist(), strict=True)
            if other >= 0 and visible[other]
        }
        found[snapshot.identifier(row)] = {
            "card": snapshot.card(row),
            "scores": scores,
            "cards": [
                (snapshot.identifier(card.row), card.origin)
                for card in related(snapshot, row, DEFAULT_QUERY, now)
            ],
            "duplicates": sorted(map(snapshot.identifier, snapshot.duplicates_of(row).tolist())),
            "links": sorted(map(snapshot.identifier, snapshot.linked_from(row).tolist())),
        }
    return found


def new_record(number: int, topic: str) -> dict[str, Any]:
    words = TOPICS[topic].split()
    return {
        "id": f"later/{number}",
        "url": f"https://site.example/later/{number}",
        "title": f"Later {topic} report {number}: {words[number % len(words)]}",
        "body": " ".join(f"{word} y{number}x{n}" for n, word in enumerate(words)) + ".",
        "published": (LATER - timedelta(minutes=number + 1)).isoformat(),
        "section": "sport" if topic == "football" else "politics",
        "language": "en",
        "links": [f"{topic}/1"],
    }
