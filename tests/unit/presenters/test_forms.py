"""The fields of the desk's forms: limits and days."""

from datetime import UTC
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from werkzeug.exceptions import BadRequest

from recommender.dates import read_date
from service.desk.presenters.forms import check_changes, parse_days


def test_a_request_has_at_most_1000_changes() -> None:
    """Undo, bulk rules, drafts and the overrides API count their changes and ask this."""
    with Flask(__name__).test_request_context("/v1/overrides"):
        check_changes(1_000)
        with pytest.raises(BadRequest, match="at most 1000 changes in one request, got 1001"):
            check_changes(1_001)


@pytest.mark.parametrize(
    ("zone", "day", "start", "end"),
    [
        ("Africa/Cairo", "2026-04-24", "2026-04-23T22:00:00Z", "2026-04-24T21:00:00Z"),
        ("Africa/Cairo", "2026-04-23", "2026-04-22T22:00:00Z", "2026-04-23T22:00:00Z"),
        ("America/Havana", "2026-11-01", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z"),
        ("Europe/Warsaw", "2026-03-29", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"),
    ],
)
def test_a_day_may_begin_when_the_clocks_change(zone: str, day: str, start: str, end: str) -> None:
    """Midnight of 24 April does not exist in Cairo; that of 1 November occurs twice in Havana."""
    expected = tuple(read_date(one).timestamp() for one in (start, end))
    assert parse_days(day, day, ZoneInfo(zone)) == expected


def test_a_filter_may_lack_days() -> None:
    assert parse_days("", "", UTC) == (None, None)
    assert parse_days("", "9999-12-31", UTC) == (None, None)
