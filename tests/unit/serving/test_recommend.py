"""From candidates to cards: filters, dates, near-duplicates, languages and fallbacks."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from recommender.overrides.active import NO_OVERRIDES, ActiveOverrides
from recommender.serving.explain import Explainer
from recommender.serving.filters import Query
from recommender.serving.recommend import latest, related
from recommender.serving.responses import open_current
from recommender.settings import Settings
from recommender.snapshots.snapshot import Snapshot
from sample_site import NOW, records
from sample_snapshot import NOW_SECONDS, recommended_ids, site

HOUR = timedelta(hours=1)


@pytest.fixture
def snapshot(settings: Settings, snapshot_id: str) -> Snapshot:
    assert snapshot_id
    return open_current(settings.home)


def test_six_cards_on_the_topic_without_the_article_itself(snapshot: Snapshot) -> None:
    for topic in ("talks", "reactor", "football"):
        for number in range(8):
            cards = recommended_ids(snapshot, f"{topic}/{number}")
            assert len(set(cards)) == 6
            assert {card.partition("/")[0] for card in cards} == {topic}
            assert f"{topic}/{number}" not in cards


@pytest.mark.parametrize("limit", [1, 7, 20])
def test_the_limit_is_respected(snapshot: Snapshot, limit: int) -> None:
    assert len(recommended_ids(snapshot, "talks/0", limit=limit)) == limit


def test_filters_are_applied_over_all_candidates(snapshot: Snapshot) -> None:
    first = recommended_ids(snapshot, "talks/0")
    others = recommended_ids(snapshot, "talks/0", exclude=frozenset(first[:3]))
    assert len(others) == 6
    assert not set(first[:3]) & set(others)
    assert {c.partition("/")[0] for c in recommended_ids(snapshot, "talks/0", section="sport")} == {
        "football"
    }
    without = recommended_ids(snapshot, "talks/0", exclude_section="politics")
    assert {c.partition("/")[0] for c in without} == {"football"}


@pytest.mark.slow
def test_short_lists_fall_back_to_the_latest(tmp_path: Path) -> None:
    talk = next(row for row in records() if row["id"] == "talks/0")
    crowd = [
        talk | {"id": f"crowd/{n}", "body": f"peace talks envoy truce u{n}a u{n}b u{n}c u{n}d"}
        for n in range(300)
    ]
    old = (NOW - timedelta(days=500)).isoformat()
    rain = [
        talk
        | {"id": f"rain/{n}", "title": f"Rain {n}", "teaser": f"Wet {n}.", "body": f"r{n}q r{n}s."}
        | {"section": "weather", "published": old}
        for n in range(3)
    ]
    snapshot = site(tmp_path, *crowd, *rain)
    row = snapshot.row("talks/0")
    assert row is not None
    picks = related(snapshot, row, Query(section="weather"), NOW_SECONDS)
    assert {snapshot.identifier(pick.row) for pick in picks} == {"rain/0", "rain/1", "rain/2"}
    assert {pick.origin for pick in picks} == {"latest"}
    assert "latest" in Explainer(snapshot, row, NOW_SECONDS, NO_OVERRIDES).why(picks[0]).rule
    assert related(snapshot, row, Query(section="weather", fill="none"), NOW_SECONDS) == []
    assert related(snapshot, row, Query(section="nowhere"), NOW_SECONDS) == []


@pytest.mark.parametrize(
    "change",
    [
        {"status": "draft"},
        {"status": "withdrawn"},
        {"published": (NOW + timedelta(hours=1)).isoformat()},
        {"expires": NOW.isoformat()},
    ],
)
def test_invisible_articles_are_never_recommended(tmp_path: Path, change: dict[str, Any]) -> None:
    snapshot = site(tmp_path, {"id": "talks/3"} | change)
    for number in (0, 1, 2, 4):
        for query in ({}, {"limit": 20}, {"section": "politics"}):
            assert "talks/3" not in recommended_ids(snapshot, f"talks/{number}", **query)
    shown = [snapshot.identifier(p.row) for p in latest(snapshot, Query(limit=20), NOW_SECONDS)]
    assert "talks/3" not in shown


def test_embargo_and_expiry_take_effect_by_time(tmp_path: Path) -> None:
    hour = 3600
    snapshot = site(
        tmp_path,
        {"id": "talks/1", "published": (NOW + timedelta(hours=1)).isoformat()},
        {"id": "talks/2", "expires": (NOW + timedelta(hours=1)).isoformat()},
    )
    before, after = (
        recommended_ids(snapshot, "talks/0", limit=7),
        recommended_ids(snapshot, "talks/0", NOW_SECONDS + hour, limit=7),
    )
    assert "talks/1" not in before
    assert "talks/2" in before
    assert "talks/1" in after
    assert "talks/2" not in after


def test_near_duplicates_collapse_to_the_newest(tmp_path: Path) -> None:
    original = next(row for row in records() if row["id"] == "talks/5")
    again = original | {
        "id": "again",
        "title": original["title"] + "!",
        "published": NOW.isoformat(),
    }
    snapshot = site(tmp_path, again)
    assert "again" in recommended_ids(snapshot, "talks/0", limit=20)
    assert "talks/5" not in recommended_ids(snapshot, "talks/0", limit=20)
    assert "talks/5" not in recommended_ids(snapshot, "again", limit=20)
    assert "again" not in recommended_ids(snapshot, "talks/5", limit=20)


def test_an_older_version_replaces_an_excluded_newest_one(tmp_path: Path) -> None:
    original = next(row for row in records() if row["id"] == "talks/5")
    snapshot = site(tmp_path, original | {"id": "again", "published": NOW.isoformat()})
    again, row = snapshot.row("again"), snapshot.row("talks/0")
    assert again is not None
    assert row is not None
    shut = ActiveOverrides(excluded=np.arange(len(snapshot)) == again)
    for force, newest in (
        (ActiveOverrides(), "again"),
        (shut, "talks/5"),
        (ActiveOverrides(), "again"),
    ):
        picks = related(snapshot, row, Query(limit=20), NOW_SECONDS, force)
        shown = {snapshot.identifier(pick.row) for pick in picks}
        assert shown & {"again", "talks/5"} == {newest}


@pytest.mark.parametrize(("rule", "shown"), [("same", False), ("prefer", True), ("any", True)])
def test_the_language_rule(tmp_path: Path, rule: str, shown: bool) -> None:
    snapshot = site(
        tmp_path,
        *({"id": f"talks/{n}", "language": "pl"} for n in range(1, 4)),
        ranking={"language": rule},
    )
    polish = {"talks/1", "talks/2", "talks/3"}
    cards = recommended_ids(snapshot, "talks/0", limit=23)
    assert bool(polish & set(cards)) is shown
    if rule == "prefer":
        assert not polish & set(cards[:4])
    assert set(recommended_ids(snapshot, "talks/0", language="pl")) == polish


@pytest.mark.parametrize(
    ("rule", "languages"),
    [("same", "en" * 24), ("prefer", "en" * 24 + "pl" * 3), ("any", "pl" * 3 + "en" * 24)],
)
def test_latest_articles_obey_the_language_rule(tmp_path: Path, rule: str, languages: str) -> None:
    polish = [
        {"id": f"pl/{n}", "title": f"Pszczoły {n}", "language": "pl", "section": "politics"}
        | {"body": f"Ule, miód {n}x i pasieka {n}y.", "published": (NOW - n * HOUR).isoformat()}
        for n in range(3)
    ]
    lonely = {"id": "lonely", "title": "Apiary", "body": "Beekeeping.", "section": "politics"}
    lonely |= {"language": "en", "published": (NOW - timedelta(days=3)).isoformat()}
    snapshot = site(tmp_path, *polish, lonely, ranking={"language": rule})
    cards = recommended_ids(snapshot, "lonely", limit=27)
    shown = [snapshot.card(snapshot.row(card))["language"] for card in cards]
    assert "".join(shown) == languages
    only = recommended_ids(snapshot, "lonely", limit=20, language="pl")
    assert only == ["pl/0", "pl/1", "pl/2"]


def test_regions_of_one_language_are_one_language(tmp_path: Path) -> None:
    british = [{"id": f"talks/{n}", "language": "en-GB"} for n in range(1, 8)]
    snapshot = site(tmp_path, *british)
    assert set(recommended_ids(snapshot, "talks/0")) <= {row["id"] for row in british}
    assert recommended_ids(snapshot, "talks/0", language="en-US") == recommended_ids(
        snapshot, "talks/0"
    )


@pytest.fixture(scope="module")
def in_many_languages(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    tags = (
        "nb", "nn-NO", "no", "da", "zh-TW", "zh-HK", "zh-CN", "zh-SG", "zh-Hans",
        "sr-Latn", "sh", "sr-Cyrl", "sr-Cyrl-RS", "iw", "he-IL", "yi",
    )  # fmt: skip
    rows = [{"id": row["id"], "language": "tlh"} for row in records()]
    for row, tag in zip(rows, tags, strict=False):
        row["language"] = tag
    return site(tmp_path_factory.mktemp("languages"), *rows)


@pytest.mark.parametrize(
    ("tag", "query", "cards"),
    [
        ("nb", None, {"nn", "no"}),
        ("da", None, set()),
        ("zh-TW", None, {"zh-HK"}),
        ("zh-CN", None, {"zh-SG", "zh-Hans"}),
        ("zh-CN", "zh-TW", {"zh-TW", "zh-HK"}),
        ("da", "zh", {"zh-TW", "zh-HK", "zh-CN", "zh-SG", "zh-Hans"}),
        ("sr-Latn", None, {"sr-Latn"}),
        ("sr-Cyrl", None, {"sr-Cyrl-RS"}),
        ("da", "sr", {"sr-Latn", "sr-Cyrl", "sr-Cyrl-RS"}),
        ("he", None, {"he-IL"}),
        ("da", "iw", {"he", "he-IL"}),
        ("nb", "fr", set()),
    ],
)
def test_cards_are_in_the_language_and_script_of_the_article(
    in_many_languages: Snapshot, tag: str, query: str | None, cards: set[str]
) -> None:
    snapshot = in_many_languages
    tags = {snapshot.identifier(row): snapshot.card(row)["language"] for row in range(24)}
    article = next(identifier for identifier, own in tags.items() if own == tag)
    shown = [tags[card] for card in recommended_ids(snapshot, article, language=query)]
    assert {card.replace("nn-NO", "nn") for card in shown} == cards


def test_contributions_add_up_to_the_score(snapshot: Snapshot) -> None:
    row = snapshot.row("talks/0")
    assert row is not None
    for pick in related(snapshot, row, Query(), NOW_SECONDS):
        reason = Explainer(snapshot, row, NOW_SECONDS, NO_OVERRIDES).why(pick)
        assert reason.contributions is not None
        assert reason.relevance is not None
        assert reason.freshness is not None
        total = sum(reason.contributions.values())
        assert total == pytest.approx(reason.relevance, abs=0.01)
        assert reason.relevance + reason.freshness == pytest.approx(reason.score, abs=0.001)


def test_recency_favours_the_newer_of_two(tmp_path: Path) -> None:
    setting = {"recency": {"boost": 1000.0, "half_life_days": 3.0}, "diversity_penalty": 0.0}
    snapshot = site(tmp_path, ranking=setting)
    cards = recommended_ids(snapshot, "talks/7", limit=6)
    assert cards == sorted(cards, key=lambda c: -snapshot.published[snapshot.row(c)])
