"""Dates as sites write them; ambiguous ones are errors."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.dates import ambiguity, read_date, read_written_date, write_date
from recommender.errors import ArticleError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-10-30T08:05:00Z", "2026-10-30T08:05:00Z"),
        ("2026-10-30T08:05:00+01:00", "2026-10-30T07:05:00Z"),
        ("2026-10-30 08:05:00 -0400", "2026-10-30T12:05:00Z"),
        ("2020-09-09 9:00:00 -0500", "2020-09-09T14:00:00Z"),
        ("2025-06-02T9:14:22+0200", "2025-06-02T07:14:22Z"),
        ("2025-06-30T16:33:54.712000-04:00", "2025-06-30T20:33:54Z"),
        ("2019-05-06 00:01am", "2019-05-06T00:01:00Z"),
        ("2019-05-06 1:30 p.m.", "2019-05-06T13:30:00Z"),
        ("2025-11-11", "2025-11-11T00:00:00Z"),
        ("  2025-11-11T10:00 ", "2025-11-11T10:00:00Z"),
    ],
)
def test_date_formats_of_sites(text: str, expected: str) -> None:
    assert write_date(read_date(text)) == expected


def test_a_date_without_an_offset_is_in_the_sites_timezone() -> None:
    assert read_date("2026-07-01 12:00", ZoneInfo("Europe/Warsaw")).hour == 10
    assert read_date("2026-01-01 12:00", ZoneInfo("Europe/Warsaw")).hour == 11


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "02/03/2021",
        "May 2021",
        "2021-02-30",
        "2021-13-01",
        "2021-02-08 25:00",
        "2021-02-08 16:30-:00+16:30",
        "2021-02-08T10:00:00+99:99",
        "0001-01-01",
        "20210208",
        "2021-02",
        "٢٠٢١-٠٢-٠٨",
    ],
)
def test_ambiguous_dates_are_errors(text: str) -> None:
    with pytest.raises(ArticleError, match="expected RFC 3339"):
        read_date(text)


@given(st.datetimes(min_value=datetime(1000, 1, 2), timezones=st.just(UTC)))  # noqa: DTZ001
def test_written_values_are_read_back(date: datetime) -> None:
    assert read_date(write_date(date)) == date.replace(microsecond=0)


@given(st.text(max_size=40))
def test_any_text_is_a_date_or_a_clear_error(text: str) -> None:
    try:
        zone = read_date(text).tzinfo
    except ArticleError:
        return
    assert zone is UTC


FEED_DATES = {
    "Fri, 14 Aug 2026 09:30:00 CEST": "07:30",
    "Fri, 14 Aug 2026 09:30:00 +03:00": "06:30",
    "Fri, 14 Aug 2026 09:30:00 GMT+0300": "06:30",
    "Fri, 14 Aug 2026 09:30:00 UTC+3": "06:30",
    "Fri, 14 Aug 2026 09:30:00 +3": "06:30",
    "Fri, 14 Aug 2026 09:30:00 +000": "09:30",
    "Fri, 14 Aug 2026 09:30:00 -0000": "09:30",
    "Fri, Aug 14 2026 9:30:00 PM": "19:30",
    "Fri, 14 Aug 2026 09:30:00": "07:30",
    "Fri, 14 Aug 2026 09:30:00 KST": "00:30",
    "Fri, 14 Aug 2026 09:30:00 BST": "08:30",
    "Fri, 14 Aug 2026 09:30:00 PDT": "16:30",
    "Fri, 14 Aug 2026 09:30:00 +0200 (CEST)": "07:30",
    "Fri, 14 Aug 26 09:30:00 EST": "14:30",
    "Friday, 14-Aug-26 09:30:00 GMT": "09:30",
    "Fri Aug 14 09:30:00 EEST 2026": "06:30",
    "Fri Aug 14 2026 09:30:00 GMT+0200 (Central European Summer Time)": "07:30",
    "2026-08-14 09:30:00 Asia/Tokyo": "00:30",
    "2026-08-14 오후 9:30:00": "19:30",
    "2026년 8월 14일 오후 9시": "19:00",
    "2026年8月14日 下午9点30分": "19:30",
    "금, 14 8월 2026 09:30:00 +0900": "00:30",
    "пт, 14 авг 2026 09:30:00 +0300": "06:30",
    "pt., 14 sierpnia 2026, godz. 09:30": "07:30",
}


@pytest.mark.parametrize("text", FEED_DATES)
def test_dates_as_feeds_write_them(text: str) -> None:
    date = read_written_date(text, ZoneInfo("Europe/Warsaw"))
    assert write_date(date) == f"2026-08-14T{FEED_DATES[text]}:00Z"


def test_names_of_zones_and_months_depend_on_the_site() -> None:
    date = "Fri, 14 Aug 2026 09:30:00 {}"
    assert read_written_date(date.format("IST"), ZoneInfo("Asia/Kolkata")).hour == 4
    assert read_written_date(date.format("IST"), ZoneInfo("Europe/Dublin")).hour == 8
    assert read_written_date(date.format("CST"), ZoneInfo("Asia/Shanghai")).hour == 1
    assert read_written_date(date.format("CST"), ZoneInfo("Europe/Warsaw")).hour == 15
    assert read_written_date("5 listopada 2026", language="pl").month == 11
    assert read_written_date("5 listopada 2026", language="hr").month == 10


def test_an_ambiguous_date_is_an_error_with_both_days() -> None:
    expected = (
        "'11/02/2026 9:00 AM' is 2 November or 11 February; add a column language with en-US or "
        "en-GB (or the setting languages), or write 2026-11-02"
    )
    for language in ("", "en"):
        assert ambiguity("11/02/2026 9:00 AM", language) == expected
        with pytest.raises(ArticleError):
            read_written_date("11/02/2026 9:00 AM", UTC, language)
    assert read_written_date("11/02/2026 9:00 AM", UTC, "en-US").month == 11
    for text in ("00/02/2026", "11/13/2026", "tomorrow", "11/02/2026 " * 10):
        assert ambiguity(text) == ""
    assert ambiguity("11/02/2026", "en-US") == ""


@pytest.mark.parametrize(
    "text", ["Fri, 14 Aug 2026 09:30 XYZT", "Fri, 14 Aug 2026 09:30 IST", "5 listopada 2026", "May"]
)
def test_what_feeds_leave_open_is_an_error(text: str) -> None:
    with pytest.raises(ArticleError, match="expected RFC 3339"):
        read_written_date(text, ZoneInfo("Europe/Warsaw"))
