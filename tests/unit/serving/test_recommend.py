"""From candidates to cards: every rule, over all candidates."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from recommender.overrides.active import ActiveOverrides
from recommender.serving.explain import Explainer
from recommender.serving.filters import Query
from recommender.serving.recommend import latest, related
from recommender.serving.responses import open_current
from recommender.settings import Settings
from recommender.snapshots.snapshot import Snapshot
from sample_site import NOW, records
from sample_snapshot import LATER, picked, site


@pytest.fixture
def snapshot(settings: Settings, snapshot_id: str) -> Snapshot:
    assert snapshot_id
    return open_current(settings.home)


def test_six_on_the_topic_and_never_itself(snapshot: Snapshot) -> None:
    for topic in ("talks", "reactor", "football"):
        for number in range(8):
            cards = picked(snapshot, f"{topic}/{number}")
            assert len(set(cards)) == 6
            assert {card.partition("/")[0] for card in cards} == {topic}
            assert f"{topic}/{number}" not in cards


@pytest.mark.parametrize("limit", [1, 7, 20])
def test_as_many_as_asked_for(snapshot: Snapshot, limit: int) -> None:
    assert len(picked(snapshot, "talks/0", limit=limit)) == limit


def test_filters_are_applied_over_all_candidates(snapshot: Snapshot) -> None:
    first = picked(snapshot, "talks/0")
    others = picked(snapshot, "talks/0", exclude=frozenset(first[:3]))
    assert len(others) == 6
    assert not set(first[:3]) & set(others)
    assert {c.partition("/")[0] for c in picked(snapshot, "talks/0", section="sport")} == {
        "football"
    }
    without = picked(snapshot, "talks/0", exclude_section="politics")
    assert {c.partition("/")[0] for c in without} == {"football"}


@pytest.mark.slow
def test_a_list_is_filled_with_the_latest_and_says_so(tmp_path: Path) -> None:
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
    picks = related(snapshot, row, Query(section="weather"), LATER)
    assert {snapshot.identifier(pick.row) for pick in picks} == {"rain/0", "rain/1", "rain/2"}
    assert {pick.origin for pick in picks} == {"latest"}
    assert "latest" in Explainer(snapshot, row, LATER).why(picks[0]).rule
    assert related(snapshot, row, Query(section="weather", fill="none"), LATER) == []
    assert related(snapshot, row, Query(section="nowhere"), LATER) == []


@pytest.mark.parametrize(
    "change",
    [
        {"status": "draft"},
        {"status": "withdrawn"},
        {"published": (NOW + timedelta(hours=1)).isoformat()},
        {"expires": NOW.isoformat()},
    ],
)
def test_who_may_not_be_shown_never_is(tmp_path: Path, change: dict[str, Any]) -> None:
    snapshot = site(tmp_path, {"id": "talks/3"} | change)
    for number in (0, 1, 2, 4):
        for query in ({}, {"limit": 20}, {"section": "politics"}):
            assert "talks/3" not in picked(snapshot, f"talks/{number}", **query)
    shown = [snapshot.identifier(p.row) for p in latest(snapshot, Query(limit=20), LATER)]
    assert "talks/3" not in shown


def test_an_embargo_ends_and_an_expiry_comes_by_themselves(tmp_path: Path) -> None:
    hour = 3600
    snapshot = site(
        tmp_path,
        {"id": "talks/1", "published": (NOW + timedelta(hours=1)).isoformat()},
        {"id": "talks/2", "expires": (NOW + timedelta(hours=1)).isoformat()},
    )
    before, after = (
        picked(snapshot, "talks/0", limit=7),
        picked(snapshot, "talks/0", LATER + hour, limit=7),
    )
    assert "talks/1" not in before
    assert "talks/2" in before
    assert "talks/1" in after
    assert "talks/2" not in after


def test_a_story_told_again_is_shown_once_and_newest(tmp_path: Path) -> None:
    told = next(row for row in records() if row["id"] == "talks/5")
    again = told | {"id": "again", "title": told["title"] + "!", "published": NOW.isoformat()}
    snapshot = site(tmp_path, again)
    assert "again" in picked(snapshot, "talks/0", limit=20)
    assert "talks/5" not in picked(snapshot, "talks/0", limit=20)
    assert "talks/5" not in picked(snapshot, "again", limit=20)
    assert "again" not in picked(snapshot, "talks/5", limit=20)


def test_the_version_before_is_shown_while_the_newest_one_is_shut(tmp_path: Path) -> None:
    told = next(row for row in records() if row["id"] == "talks/5")
    snapshot = site(tmp_path, told | {"id": "again", "published": NOW.isoformat()})
    again, row = snapshot.row("again"), snapshot.row("talks/0")
    assert again is not None
    assert row is not None
    shut = ActiveOverrides(excluded=np.arange(len(snapshot)) == again)
    for force, newest in (
        (ActiveOverrides(), "again"),
        (shut, "talks/5"),
        (ActiveOverrides(), "again"),
    ):
        picks = related(snapshot, row, Query(limit=20), LATER, force)
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
    cards = picked(snapshot, "talks/0", limit=23)
    assert bool(polish & set(cards)) is shown
    if rule == "prefer":
        assert not polish & set(cards[:4])
    assert set(picked(snapshot, "talks/0", language="pl")) == polish


def test_regions_of_one_language_are_one_language(tmp_path: Path) -> None:
    british = [{"id": f"talks/{n}", "language": "en-GB"} for n in range(1, 8)]
    snapshot = site(tmp_path, *british)
    assert set(picked(snapshot, "talks/0")) <= {row["id"] for row in british}
    assert picked(snapshot, "talks/0", language="en-US") == picked(snapshot, "talks/0")


def test_an_explanation_adds_up(snapshot: Snapshot) -> None:
    row = snapshot.row("talks/0")
    assert row is not None
    for pick in related(snapshot, row, Query(), LATER):
        reason = Explainer(snapshot, row, LATER).why(pick)
        assert reason.contributions is not None
        assert reason.relevance is not None
        assert reason.freshness is not None
        total = sum(reason.contributions.values())
        assert total == pytest.approx(reason.relevance, abs=0.01)
        assert reason.relevance + reason.freshness == pytest.approx(reason.score, abs=0.001)


def test_freshness_lifts_the_newer_of_two(tmp_path: Path) -> None:
    setting = {"recency": {"boost": 1000.0, "half_life_days": 3.0}, "diversity_penalty": 0.0}
    snapshot = site(tmp_path, ranking=setting)
    cards = picked(snapshot, "talks/7", limit=6)
    assert cards == sorted(cards, key=lambda c: -snapshot.published[snapshot.row(c)])
