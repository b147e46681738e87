"""Links of an edited article count in its list as in a full run: its own do not, others do."""

from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from models.arrays import Floats
from recommender.articles.article import Record, article_from
from recommender.catalogue.store import Catalogue
from recommender.home import DataDir
from recommender.runs.pipeline import index
from recommender.runs.results import IndexResult, RunOptions
from recommender.settings import Incremental, Ranking, Settings
from recommender.snapshots.snapshot import Snapshot
from recommender.snapshots.store import current_id
from sample_site import ENCODER, NOW, publish, records, write_jsonl

LINKS = {
    "talks/0": ["talks/6", "reactor/4"],
    "talks/1": ["talks/0", "talks/5"],
    "talks/2": ["talks/0"],
    "talks/3": ["talks/0", "talks/6"],
}
PICTURE = "https://site.example/new.jpg"


def settings_of(home: Path) -> Settings:
    return Settings(
        home=home,
        embedding_model=ENCODER,
        incremental=Incremental(min_articles=0, max_changed_share=1.0),
        ranking=Ranking(minimum_relevance=0.0),
    )


def edit(home: Path, rows: list[dict[str, Any]]) -> IndexResult:
    """Store articles again, an hour later, and run."""
    settings, now = settings_of(home), NOW + timedelta(hours=1)
    with closing(Catalogue(settings.catalogue_url)) as catalogue:
        articles = [article_from(msgspec.convert(row, Record), now.tzinfo) for row in rows]
        catalogue.add(articles, "test", now)
        return index(settings, catalogue, now, lambda *_: None, RunOptions(force=True))


def links_under(home: Path, identifier: str) -> dict[str, Floats]:
    """Contribution of the links to each candidate's score, and their evidence, by its ID."""
    data_dir = DataDir(home)
    snapshot = Snapshot(data_dir.snapshots / current_id(data_dir))
    row = snapshot.row(identifier)
    assert row is not None
    lists, theme = snapshot.candidates, list(snapshot.features).index("links")
    found = {}
    for place, other in enumerate(lists.of(row)[0].tolist()):
        evidence = float(lists.evidence(row, place)[-1])
        contribution = float(lists.contributions(row, place)[theme])
        found[snapshot.identifier(other)] = np.array([contribution, evidence])
    return found


def test_links_of_edited_articles_count_as_in_a_full_run(tmp_path: Path) -> None:
    rows = {row["id"]: row | {"links": LINKS.get(row["id"], [])} for row in records()}
    home = tmp_path / "home"
    publish(settings_of(home), write_jsonl(tmp_path / "site.jsonl", list(rows.values())))
    before = {identifier: links_under(home, identifier) for identifier in LINKS}
    result = edit(home, [rows[identifier] | {"image": PICTURE} for identifier in LINKS])
    assert result.increment is not None
    assert result.increment.changed == len(LINKS)
    for identifier, expected in before.items():
        found = links_under(home, identifier)
        same = found.keys() & expected.keys() - LINKS.keys()
        assert len(same) == len(rows) - len(LINKS)
        for other in sorted(same):
            np.testing.assert_allclose(
                found[other], expected[other], atol=0.005, err_msg=f"{other} under {identifier}"
            )
