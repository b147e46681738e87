"""The first date that changes a block, held against looking at every date there is."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from conftest import NOW, publish, records, write_jsonl

from recommender.overrides.decision import Decision, Kind, Scope
from recommender.overrides.resolving import Resolved, Rows
from recommender.picks import related
from recommender.rules import Query
from recommender.settings import Freshness, Ranking, Settings
from recommender.snapshot import NEVER, Snapshot
from service.desk.upcoming import next_change

MADE = NOW.timestamp()
HOUR = 3_600


def after(hours: float) -> str:
    return (NOW + timedelta(hours=hours)).isoformat()


def published(settings: Settings, folder: Path, rows: list[dict[str, Any]]) -> Snapshot:
    source = write_jsonl(folder / "dated.jsonl", rows)
    return Snapshot(settings.home / "snapshots" / publish(settings, source))


def found(made: Snapshot, row: int, *decisions: Decision) -> int | None:
    """Ask, and tell in whole hours from when the snapshot was made."""
    resolved = Resolved(Rows(made), decisions, 1, lambda *_: [])
    date = next_change(made, row, resolved.at, resolved.dates_of, MADE)
    return None if date is None else round((date - MADE) / HOUR)


def by_every_date(made: Snapshot, row: int, *decisions: Decision) -> int | None:
    resolved = Resolved(Rows(made), decisions, 1, lambda *_: [])
    dates = {*made.published.tolist(), *made.expires.tolist(), *resolved.dates_of(np.arange(99))}
    dates |= {moment for one in decisions for moment in (one.starts, one.ends) if moment}
    for date in sorted(date for date in dates if MADE < date < NEVER):
        before, then = (
            [pick.row for pick in related(made, row, Query(), moment, resolved.at(moment))]
            for moment in (date - 1, date)
        )
        if before != then:
            return round((date - MADE) / HOUR)
    return None


@pytest.mark.parametrize("seed", range(4))
def test_it_is_the_one_that_every_date_finds(settings: Settings, tmp_path: Path, seed: int) -> None:
    random = np.random.default_rng(seed)
    rows = records()
    for one in rows:
        if random.random() < 0.6:
            one["expires"] = after(int(random.integers(1, 900)))
        elif random.random() < 0.3:
            one["published"] = after(int(random.integers(1, 900)))
    fading = Ranking(freshness=Freshness(gain=6, half_life=3))
    made = published(msgspec.structs.replace(settings, ranking=fading), tmp_path, rows)
    moment = int(MADE + 30 * HOUR)
    sport = Decision(kind=Kind.BLOCK, pick="sport", scope=Scope.SECTION, ends=moment)
    pin = Decision(kind=Kind.PIN, article="talks/1", pick="reactor/1", place=2, starts=moment)
    different: set[int | None] = set()
    for decisions in ((), (sport,), (sport, pin)):
        answers = [found(made, row, *decisions) for row in range(len(made))]
        assert answers == [by_every_date(made, row, *decisions) for row in range(len(made))]
        different |= set(answers)
    assert len(different) > 2


def test_more_than_a_few_dates_of_what_is_not_shown_are_in_nobodys_way(
    settings: Settings, tmp_path: Path
) -> None:
    """Everything expires some day, and what is shown at last."""
    rows = many(140, "talks")
    made = published(even(settings), tmp_path, rows)
    shown = {pick.row for pick in related(made, 0, Query(), MADE)}
    for one in rows:
        row = made.row(one["id"])
        assert row is not None
        one["expires"] = after(500 if row in shown or row == 0 else 1 + row)
    made = published(even(settings), tmp_path, rows)
    assert found(made, 0) == 500


def test_what_fills_a_block_up_counts(settings: Settings, tmp_path: Path) -> None:
    rows = many(140, "talks") + many(9, "football")
    rows[141] |= {"published": after(7)}
    rows[142] |= {"expires": after(3)}
    made = published(even(settings), tmp_path, rows)
    last = made.row("talks/139")
    assert last is not None
    ends = int(MADE + 5 * HOUR)
    talks = Decision(kind=Kind.BLOCK, pick="talks", scope=Scope.SECTION)
    newest = Decision(kind=Kind.BLOCK, pick="football/0", ends=ends)
    resolved = Resolved(Rows(made), [talks, newest], 1, lambda *_: [])
    picks = related(made, last, Query(), MADE, resolved.at(MADE))
    assert {pick.origin for pick in picks} == {"latest"}
    assert found(made, last, talks, newest) == 3
    rows[142] |= {"expires": None}
    made = published(even(settings), tmp_path, rows)
    assert found(made, last, talks, newest) == 5
    assert found(made, last, talks) == 7
    # Where its candidates suffice none of it is anybody's business.
    assert found(made, last) is None


def test_an_old_article_of_the_own_section_goes_before_new_ones_of_others(
    settings: Settings, tmp_path: Path
) -> None:
    rows = many(140, "talks") + many(9, "football") + many(40, "reactor")
    for one in rows[:139]:
        one["section"] = "else"
    rows[188]["section"] = "talks"  # older than whatever the site is filled up with
    made = published(even(settings), tmp_path, rows)
    last = made.row("talks/139")
    assert last is not None
    others = Decision(kind=Kind.BLOCK, pick="else", scope=Scope.SECTION)
    until = Decision(kind=Kind.BLOCK, pick="reactor/39", ends=int(MADE + 5 * HOUR))
    assert found(made, last, others, until) == by_every_date(made, last, others, until) == 5


def many(count: int, topic: str) -> list[dict[str, Any]]:
    """Make articles of a section named after its only topic, newest first, an hour apart."""
    like = next(one for one in records() if one["id"].startswith(topic))
    return [
        like
        | {
            "id": f"{topic}/{number}",
            "url": f"https://site.example/{topic}/{number}",
            "title": f"{topic} report {number}",
            "body": " ".join(f"{word} {topic}{number}x" for word in like["body"].split()),
            "published": after(-1 - number),
            "section": topic,
        }
        for number in range(count)
    ]


def even(settings: Settings) -> Settings:
    """Let newness not count, so that nothing changes between two dates."""
    return msgspec.structs.replace(settings, ranking=Ranking(freshness=Freshness(gain=0)))
