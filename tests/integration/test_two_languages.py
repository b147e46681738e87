"""With the multilingual encoder, Polish and English articles on one event find each other."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from paths import ROOT
from recommender.serving.filters import Query
from recommender.serving.recommend import related
from recommender.serving.responses import open_current
from recommender.settings import load_settings
from recommender.snapshots.snapshot import Snapshot
from sample_site import publish

NEWSROOM = ROOT / "examples" / "newsroom"
THE_DAY = datetime(2026, 10, 31, 12, tzinfo=UTC)


def made(folder: Path, rule: str) -> Snapshot:
    ranking = {"language": rule}
    settings = load_settings(folder, environ={}, embedding_model="multilingual", ranking=ranking)
    publish(settings, NEWSROOM / "articles.jsonl", now=THE_DAY)
    return open_current(folder)


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return made(tmp_path_factory.mktemp("mixed"), "any")


def pairs(snapshot: Snapshot, language: str) -> list[tuple[set[str], set[str]]]:
    """For each article of a language: its cards, and its story line in the other language."""
    known = json.loads((NEWSROOM / "storylines.json").read_text(encoding="utf-8"))["lines"]
    code, found = snapshot.languages.index(language), []
    for line in known.values():
        rows = {snapshot.row(identifier) for identifier in line} - {None}
        others = {snapshot.identifier(r) for r in rows if snapshot.language[r] != code}
        for row in rows:
            if snapshot.language[row] == code and others:
                picks = related(snapshot, row, Query(), THE_DAY.timestamp())
                found.append(({snapshot.identifier(pick.row) for pick in picks}, others))
    return found


def test_articles_recommend_those_of_the_other_language(mixed: Snapshot) -> None:
    polish, english = pairs(mixed, "pl"), pairs(mixed, "en")
    assert len(polish) >= 12
    assert sum(bool(cards & others) for cards, others in polish) >= 0.9 * len(polish)
    assert sum(bool(cards & others) for cards, others in english) >= 0.6 * len(english)


def test_with_the_rule_same_they_do_not(tmp_path: Path) -> None:
    snapshot = made(tmp_path, "same")
    for language in ("pl", "en"):
        assert not any(cards & others for cards, others in pairs(snapshot, language))
