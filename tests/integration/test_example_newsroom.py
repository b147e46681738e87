"""The example newsroom with the real encoder: articles of one story line find each other."""

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest

from paths import ROOT
from recommender.overrides.active import ActiveOverrides
from recommender.serving.filters import Query, is_public
from recommender.serving.recommend import latest, related
from recommender.serving.responses import open_current, related_answer
from recommender.settings import load_settings
from recommender.snapshots.snapshot import Snapshot
from sample_site import publish

NEWSROOM = ROOT / "examples" / "newsroom"
THE_DAY = datetime(2026, 10, 31, 12, tzinfo=UTC)
NOW = THE_DAY.timestamp()


@pytest.fixture(scope="module")
def known() -> dict[str, Any]:
    read: dict[str, Any] = json.loads((NEWSROOM / "storylines.json").read_text(encoding="utf-8"))
    return read


@pytest.fixture(scope="module")
def newsroom(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    settings = load_settings(tmp_path_factory.mktemp("newsroom"), environ={})
    publish(settings, NEWSROOM / "articles.jsonl", now=THE_DAY)
    return open_current(settings.home)


def cards(newsroom: Snapshot, article: str, **query: Any) -> list[str]:
    row = newsroom.row(article)
    assert row is not None
    return [newsroom.identifier(pick.row) for pick in related(newsroom, row, Query(**query), NOW)]


def test_explanations_of_the_peace_talks(newsroom: Snapshot) -> None:
    """Whole sentences, as an editor reads them, under the accord that ends the talks."""
    article = "world/2026/vilnius-accord-initialled"
    answer = json.loads(
        related_answer(newsroom, article, Query(), NOW, ActiveOverrides(), explain=True).body
    )
    reasons = {card["id"]: "\n".join(card["why"]["reasons"]) for card in answer["cards"]}
    opening = reasons["world/2026/vilnius-talks-open"]
    assert re.search(r"^both texts have: Vilnius, .*Kolvia", opening, re.MULTILINE)
    assert re.search(
        r"^close in meaning: similarity 0\.\d\d, random articles 0\.", opening, re.MULTILINE
    )
    assert "same tags: vilnius talks, tarsenia, kolvia" in opening
    assert "similar articles link to it: “Sixty-day ceasefire" in opening
    assert "same author: Lena Adler" in opening
    assert answer["runners_up"]
    for one in answer["runners_up"]:
        assert one["id"] not in reasons
        assert all(
            re.search(r"^duplicate of|^already linked|^too similar to card \d| -\d\.\d\d", r)
            for r in one["missing"]
        )


def test_every_article_gets_six_cards_in_its_language(newsroom: Snapshot) -> None:
    for row in range(len(newsroom)):
        if is_public(newsroom, row, NOW):
            picks = related(newsroom, row, Query(), NOW)
            assert len(picks) == 6
            assert {int(newsroom.language[pick.row]) for pick in picks} == {
                int(newsroom.language[row])
            }


def test_story_lines_recommend_themselves(newsroom: Snapshot, known: dict[str, Any]) -> None:
    line_of = {article: line for line, ids in known["lines"].items() for article in ids}
    found = possible = 0
    for article, line in line_of.items():
        row = newsroom.row(article)
        if row is None or not is_public(newsroom, row, NOW):
            continue
        found += sum(line_of.get(card) == line for card in cards(newsroom, article))
        possible += min(6, len(stories_beside(newsroom, row, known["lines"][line])))
    assert found >= 0.92 * possible


def stories_beside(newsroom: Snapshot, row: int, line: list[str]) -> set[int]:
    """The other stories of a line that may be shown, which the article does not link to."""
    rows = [found for article in line if (found := newsroom.row(article)) is not None]
    return {
        int(newsroom.cluster_id[other])
        for other in rows
        if is_public(newsroom, other, NOW) and newsroom.language[other] == newsroom.language[row]
    } - {int(newsroom.cluster_id[one]) for one in (row, *newsroom.linked_from(row))}


def test_the_peace_talks_recommend_the_peace_talks(
    newsroom: Snapshot, known: dict[str, Any]
) -> None:
    talks = set(known["lines"]["vilnius-peace-talks"])
    assert set(cards(newsroom, "world/2026/vilnius-talks-open")) <= talks


@pytest.mark.parametrize("case", ["draft", "withdrawn", "embargoed", "expired"])
def test_invisible_articles_are_never_recommended(
    newsroom: Snapshot, known: dict[str, Any], case: str
) -> None:
    hidden = known["special"][case]
    shown = [newsroom.identifier(pick.row) for pick in latest(newsroom, Query(limit=20), NOW)]
    for article in (row for row in range(len(newsroom)) if is_public(newsroom, row, NOW)):
        shown += cards(newsroom, newsroom.identifier(article), limit=20)
    assert hidden not in shown


@pytest.mark.parametrize("case", ["updated", "republished"])
def test_near_duplicates_are_recommended_once(
    newsroom: Snapshot, known: dict[str, Any], case: str
) -> None:
    older, newer = known["special"][case]
    line = next(ids for ids in known["lines"].values() if older in ids)
    lists = {article: cards(newsroom, article) for article in line if newsroom.row(article)}
    for article, shown in lists.items():
        assert older not in shown
        if article in (older, newer):
            assert newer not in shown
    assert any(newer in shown for shown in lists.values())


def test_exactly_the_two_known_near_duplicates_are_found(
    newsroom: Snapshot, known: dict[str, Any]
) -> None:
    twice = {
        frozenset(newsroom.identifier(other) for other in newsroom.duplicates_of(row))
        for row in range(len(newsroom))
        if len(newsroom.duplicates_of(row)) > 1
    }
    assert twice == {frozenset(known["special"][case]) for case in ("updated", "republished")}


def test_a_missing_teaser_is_made_of_whole_sentences(
    newsroom: Snapshot, known: dict[str, Any]
) -> None:
    row = newsroom.row(known["special"]["no_teaser"])
    assert row is not None
    teaser = json.loads(newsroom.cards[row] + b"}")["teaser"]
    assert 30 <= len(teaser.split()) <= 80
    assert teaser.endswith((".", "!", "?", "”", '"'))
