"""Dates are read as sites write them; what could be two days is not read."""

from zoneinfo import ZoneInfo

import pytest

from recommender.month_names import month_of
from recommender.written_dates import day_or_month_first, find_date

WARSAW = ZoneInfo("Europe/Warsaw")


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("20210405T061500Z", "", "2021-04-05T06:15:00+00:00"),
        ("20210405T06:15:00Z", "", "2021-04-05T06:15:00+00:00"),
        ("2021-04-05T06:15:00.270+02", "", "2021-04-05T06:15:00+02:00"),
        ("2021-04-05T06:15:00-0330", "", "2021-04-05T06:15:00-03:30"),
        ("2021-04-05T06:15+02:00[Europe/Berlin]", "", "2021-04-05T06:15:00+02:00"),
        ("2021/04/05 06:15:00", "", "2021-04-05T06:15:00+02:00"),
        ("April 5, 2021, 06:15 AM EST", "en", "2021-04-05T06:15:00-05:00"),
        ("10:15 PM ET Jan 5, 2021", "en", "2021-01-05T22:15:00-05:00"),
        ("Mon Apr 05 2021 06:15:00 GMT+0300 (EEST)", "", "2021-04-05T06:15:00+03:00"),
        ("Mon Apr 05 06:15:00 CEST 2021", "", "2021-04-05T06:15:00+02:00"),
        ("Updated 2:15 p.m., Mon., Apr. 5, 2021", "en", "2021-04-05T14:15:00+02:00"),
        ("12:05 am, 5 April 2021", "en", "2021-04-05T00:05:00+02:00"),
        ("05.04.2021", "de", "2021-04-05T00:00:00+02:00"),
        ("05.04.21, 6.15 Uhr", "de", "2021-04-05T06:15:00+02:00"),
        ("5. April 2021 um 18 Uhr", "de", "2021-04-05T18:00:00+02:00"),
        ("poniedziałek, 5 kwietnia 2021, 6:15", "pl", "2021-04-05T06:15:00+02:00"),
        ("1er août 2021 à 9h30", "fr", "2021-08-01T09:30:00+02:00"),
        ("5 de abril de 2021", "es", "2021-04-05T00:00:00+02:00"),
        ("5 Nisan 2021", "tr", "2021-04-05T00:00:00+02:00"),
        ("5 апреля 2021 г., 14:30", "ru", "2021-04-05T14:30:00+02:00"),
        ("2021. április 5.", "hu", "2021-04-05T00:00:00+02:00"),
        ("2021年4月5日 14:05", "ja", "2021-04-05T14:05:00+02:00"),
        ("2021년 4월 5일", "ko", "2021-04-05T00:00:00+02:00"),
        ("5 tháng 4 năm 2021", "vi", "2021-04-05T00:00:00+02:00"),
        ("٥ أبريل ٢٠٢١", "ar", "2021-04-05T00:00:00+02:00"),
        ("04/05/2021", "en-US", "2021-04-05T00:00:00+02:00"),
        ("05/04/2021", "en-GB", "2021-04-05T00:00:00+02:00"),
        ("05/04/2021", "it", "2021-04-05T00:00:00+02:00"),
        ("25/04/2021", "", "2021-04-25T00:00:00+02:00"),
        ("5 dubna 2021", "en", "2021-04-05T00:00:00+02:00"),  # a wrong language
        ("1617603300", "", "2021-04-05T06:15:00+00:00"),
        ("1617603300000", "", "2021-04-05T06:15:00+00:00"),
        ("1617603300.25", "", "2021-04-05T06:15:00+00:00"),
        ("5.4.69", "de", "1969-04-05T00:00:00+01:00"),
        ("6:15 am est, April 5, 2021", "en", "2021-04-05T06:15:00-05:00"),
        ("5 เมษายน 2564", "th", "2021-04-05T00:00:00+02:00"),  # years of Buddhism
        ("5 เม.ย. 2564 14:05 น.", "th", "2021-04-05T14:05:00+02:00"),
        ("令和3年4月5日 午後2時5分", "ja", "2021-04-05T14:05:00+02:00"),
        ("平成元年4月5日", "ja", "1989-04-05T00:00:00+02:00"),
        ("民國110年4月5日 下午2:05", "zh-TW", "2021-04-05T14:05:00+02:00"),
        ("2021년 4월 5일 오후 2시 5분", "ko", "2021-04-05T14:05:00+02:00"),
        ("2021.04.05 오전 12:05", "ko", "2021-04-05T00:05:00+02:00"),
        ("5 באפריל 2021", "he", "2021-04-05T00:00:00+02:00"),
        ("5 نيسان/أبريل 2021", "ar", "2021-04-05T00:00:00+02:00"),
        ("5 تشرين الثاني 2021", "ar", "2021-11-05T00:00:00+01:00"),
        ("5 أفريل 2021، 2:05 م", "ar", "2021-04-05T14:05:00+02:00"),
        ("5 נובמבר 2021", "", "2021-11-05T00:00:00+01:00"),
        ("5 تموز 2021", "", "2021-07-05T00:00:00+02:00"),
        ("5 เมษายน 2564", "", "2021-04-05T00:00:00+02:00"),
        ("5 IV 2021", "pl", "2021-04-05T00:00:00+02:00"),
        ("2500/01/01", "en", "2500-01-01T00:00:00+01:00"),  # no Thai year
        ("05/04/2564", "th", "2021-04-05T00:00:00+02:00"),
        ("05 | 04 | 2021", "de", "2021-04-05T00:00:00+02:00"),
        ("5 avril 2021, 6:15 et plus", "fr", "2021-04-05T06:15:00+02:00"),  # no Eastern Time
        ("5 april 2021 06:15 met foto", "nl", "2021-04-05T06:15:00+02:00"),
    ],
)
def test_dates_of_sites_are_read(text: str, language: str, expected: str) -> None:
    found = find_date(text, WARSAW, language)
    assert found is not None
    assert found.date.isoformat() == expected


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("04/05/2021", "en"),
        ("04/05/2021", ""),
        ("1400/01/16", "fa"),  # of Iran's calendar
        ("5 i 2021", "pl"),
        ("12 | 04 | 21", "de"),  # the score of a match
        ("May 5", "en"),
        ("the 5 stars of 2021", "en"),
        ("30 February 2021", "en"),
        ("2 hours ago", "en"),
        ("+48 22 123 45 67", "pl"),
        ("", ""),
        ("World War II 12, 2026", "en"),
        ("Rocky V 12, 2023", ""),
    ],
)
def test_what_is_no_certain_date_is_not_read(text: str, language: str) -> None:
    assert find_date(text, WARSAW, language) is None


def test_the_rest_of_a_text_is_given() -> None:
    found = find_date("By Anna Kos | 5 April 2021, 06:15 CET | Sport", WARSAW, "en")
    assert found is not None
    assert found.rest.startswith("By Anna Kos |")
    assert found.rest.endswith("| Sport")
    assert "6:15" not in found.rest


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("11/13/2026 9:00 AM", "month"),
        ("13/11/2026", "day"),
        ("13-11-2026", "day"),
        ("11/02/2026", ""),
        ("13.11.2026", ""),  # everywhere
        ("26-11-13", ""),  # perhaps a year
        ("13/14/2026", ""),
        ("2026-11-13", ""),
    ],
)
def test_a_day_above_12_shows_the_order(text: str, first: str) -> None:
    assert day_or_month_first(text) == first


@pytest.mark.parametrize(
    ("word", "language", "number"),
    [
        ("Sept.", "en", 9),
        ("Mrz", "de", 3),
        ("lis.", "pl", 11),
        ("lis.", "hr", 10),
        ("Kos", "pl", 0),
    ],
)
def test_names_of_months(word: str, language: str, number: int) -> None:
    assert month_of(word, language) == number
