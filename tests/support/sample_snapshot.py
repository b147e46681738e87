"""Snapshots of the sample site with changed articles, and the ids that they recommend."""

from pathlib import Path
from typing import Any

from recommender.serving.filters import Query
from recommender.serving.recommend import related
from recommender.serving.responses import open_current
from recommender.settings import load_settings
from recommender.snapshots.snapshot import Snapshot
from sample_site import ENCODER, NOW, publish, records, write_jsonl

NOW_SECONDS = NOW.timestamp()


def recommended_ids(
    snapshot: Snapshot, article: str, now: float = NOW_SECONDS, **query: Any
) -> list[str]:
    row = snapshot.row(article)
    assert row is not None
    return [snapshot.identifier(p.row) for p in related(snapshot, row, Query(**query), now)]


def site(tmp_path: Path, *changes: dict[str, Any], **settings: Any) -> Snapshot:
    """The small site with changed or added articles."""
    rows = {row["id"]: row for row in records()}
    for change in changes:
        rows[change["id"]] = rows.get(change["id"], {}) | change
    source = write_jsonl(tmp_path / "changed.jsonl", list(rows.values()))
    made = load_settings(tmp_path / "h", environ={}, embedding_model=ENCODER, **settings)
    publish(made, source)
    return open_current(made.home)
