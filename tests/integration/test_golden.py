"""The cards of the example newsroom, article by article, against a recorded list.

A change that means to alter the ranking records them anew:
``PYTHONPATH=tests/support python tests/integration/test_golden.py``, and says so in its commit.
"""

import json
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from paths import ROOT
from recommender.serving.filters import Query, is_public
from recommender.serving.recommend import related
from recommender.serving.responses import open_current
from recommender.settings import load_settings
from sample_site import publish, write_jsonl

RECORDED = ROOT / "tests" / "integration" / "golden" / "example_newsroom.json"
ARTICLES = ROOT / "examples" / "newsroom" / "articles.jsonl"
DAY = datetime(2026, 10, 31, 12, tzinfo=UTC)

TOLERATED = 2
"""Lists that may differ: embeddings are rounded otherwise on another processor."""


def with_half_of_the_links(folder: Path) -> Path:
    """Too few training examples for site weights: with all, rounding decides on their adoption."""
    rows = [json.loads(line) for line in ARTICLES.read_text(encoding="utf-8").splitlines()]
    for row in [row for row in rows if "links" in row][::2]:
        del row["links"]
    return write_jsonl(folder / "articles.jsonl", rows)


def cards(folder: Path) -> dict[str, list[str]]:
    """IDs of the cards of every public article, by its ID."""
    settings = load_settings(folder / "home", environ={})
    publish(settings, with_half_of_the_links(folder), now=DAY)
    snapshot, now = open_current(settings.home), DAY.timestamp()
    return {
        snapshot.identifier(row): [
            snapshot.identifier(pick.row) for pick in related(snapshot, row, Query(), now)
        ]
        for row in range(len(snapshot))
        if is_public(snapshot, row, now)
    }


def test_cards_equal_the_recorded_ones(tmp_path: Path) -> None:
    recorded = json.loads(RECORDED.read_text(encoding="utf-8"))
    found = cards(tmp_path)
    assert found.keys() == recorded.keys()
    differ = {article: ids for article, ids in found.items() if ids != recorded[article]}
    assert len(differ) <= TOLERATED, differ


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        text = json.dumps(dict(sorted(cards(Path(folder)).items())), indent=1, ensure_ascii=False)
    RECORDED.write_text(text + "\n", encoding="utf-8")
