"""Read dates as web sites write them: with names of months, zones by name, in many languages.

Native records use :mod:`recommender.dates`, which is stricter. A date that could mean two days is
not read here either.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError

from recommender.month_names import month_anywhere, month_of, roman_month

LAST_SHORT_YEAR = 68
"""The last year of this century that is written with two digits, as in POSIX."""

MAX_LENGTH = 300
"""Characters of a text in which a date is searched."""

_HOURS = {
    "z": 0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0, "bst": 1, "west": 1, "wat": 1, "cet": 1,
    "mez": 1, "met": 1, "cest": 2, "mesz": 2, "mest": 2, "eet": 2, "cat": 2, "sast": 2,
    "oez": 2, "eest": 3,
    "eat": 3, "msk": 3, "мск": 3, "trt": 3, "pkt": 5, "wib": 7, "ict": 7, "hkt": 8, "sgt": 8,
    "myt": 8, "pht": 8, "awst": 8, "wita": 8, "wit": 9, "jst": 9, "kst": 9, "aest": 10, "aedt": 11,
    "nzst": 12, "nzdt": 13, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6,
    "pst": -8, "pdt": -7, "akst": -9, "akdt": -8, "hst": -10, "ast": -4, "adt": -3, "brt": -3,
    "art": -3, "clt": -4, "nst": -3.5, "ndt": -2.5, "acst": 9.5, "acdt": 10.5,
}  # fmt: skip
"""Hours ahead of UTC of zones that news sites write by name. Of names with several meanings, those
of RFC 822 count. IST is missing: India, Ireland and Israel use it."""

_PLACES = {
    "et": "America/New_York",
    "ct": "America/Chicago",
    "mt": "America/Denver",
    "pt": "America/Los_Angeles",
}
"""Names that hold in summer and winter."""

_WORDS = "art ast cat ct eat est et mest met mt pt wat west wit".upper().split()
"""Names that are words in small letters: "et" is French for "and". Such a word is a zone only after
am or pm."""

_NAMES = sorted((*_HOURS, *_PLACES), key=len, reverse=True)
_NO_WORDS = [name for name in _NAMES if name.upper() not in _WORDS]


def _zones(names: str) -> str:
    return (
        rf"(?:(?:{names})(?![^\W\d_])(?:[+-]\d{{1,2}}(?::?\d{{2}})?)?"
        r"|[+-]\d{2}(?::?\d{2})?(?!\d))"
    )


_ZONE = _zones(f"{'|'.join(_NO_WORDS)}|(?-i:{'|'.join(_WORDS)})")
_ZONE_AFTER_HALF = _zones("|".join(_NAMES))
_CLOCK = (
    r"(?P<before>[오午上下][전후前後午]\s?)?(?P<hour>\d{1,2})(?:\s?[:.h时時시点點]\s?(?P<minute>\d{2}|\d(?=\s?[分분]))"
    r"(?:\s?[:.分분]\s?(?P<second>\d{2})(?:[.,]\d+)?)?(?:\s?[分분秒초])?|(?=\s*[ap]\.?m\b)"
    r"|(?=\s?(?:uhr|h)\b)|[时時시点點])"
    r"(?:\s*(?:(?P<half>[ap])\.?\s?m\b\.?|(?P<arabic>[صم])(?!\w)))?(?:\s?(?:uhr|hrs?|h)\b)?"
)
_TIME = re.compile(
    rf"(?<![\d:.]){_CLOCK}(?:\s*\(?(?P<zone>(?(half){_ZONE_AFTER_HALF}|{_ZONE}))\)?)?",
    re.IGNORECASE,
)
_ISO = re.compile(
    r"(?<!\d)(?P<year>[12]\d{3})(?P<dash>-?)(?P<month>\d{2})(?P=dash)(?P<day>\d{2})"
    r"(?:(?:\s*T\s*|\s+)(?P<hour>\d{2}):?(?P<minute>\d{2})(?::?(?P<second>\d{2})(?:[.,:]\d+)?)?"
    rf"\s*(?P<zone>{_ZONE})?(?:\[[\w/]+\])?)?(?!\d)",
    re.IGNORECASE,
)
_YEAR_FIRST = re.compile(
    r"(?<!\d)(?P<year>[12]\d{3})\s?([./-])\s?(?P<month>\d{1,2})\s?\2\s?(?P<day>\d{1,2})(?!\d)"
)
_NUMBERS = re.compile(
    r"(?<![\d./-])(?P<one>\d{1,2})\s?(?P<mark>[./|·-])\s?(?P<two>\d{1,2})\s?(?P=mark)\s?"
    r"(?P<year>[12]\d{3}|(?<![|·])(?<![|·] )\d{2})(?![\d/-]|\.\d|:)"
)
_CJK = re.compile(
    r"(?P<year>[12]\d{3})\s?[年년]\s?(?P<month>\d{1,2})\s?[月월]\s?(?P<day>\d{1,2})\s?[日일号號]?"
)
_ERA = re.compile(
    r"(?P<era>令和|平成|民[國国])\s?(?P<year>\d{1,3}|元)\s?年\s?(?P<month>\d{1,2})\s?月\s?(?P<day>\d{1,2})\s?日"
)
_ERAS = {"令": 2018, "平": 1988, "民": 1911}
"""The year before the first one of an era: two of Japan, and of Taiwan."""

BUDDHIST_LEAD = 543
BUDDHIST_YEARS = range(1900 + BUDDHIST_LEAD, 2100 + BUDDHIST_LEAD)
"""Years of Thailand, which are ahead of others."""

_THAI = re.compile(r"[\u0e00-\u0e7f]")

FIRST_YEAR = 1583
"""The first whole year of the Gregorian calendar. A year before is of another, such as Iran's."""

_VIETNAMESE = re.compile(
    r"(?P<day>\d{1,2})\s+tháng\s+(?P<month>\d{1,2})(?:,|\s+năm)?\s+(?P<year>[12]\d{3})",
    re.IGNORECASE,
)
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|re|ro|º|ª|\.|-a|-е|-го)?"
_WORD = r"(?P<month>[^\W\d_](?:[^\W\d_]|[\u0900-\u0dff\u0e00-\u0eff])*+)"
_START = r"(?<![^\W\d_])"  # within a word it would be searched once for each letter
_OF = r"(?:\s*[-/,.]\s*|\s+(?:de|del|do|da|of|di)\s+|\s+d['’]|\s*)"
_NAMED = (
    re.compile(
        rf"(?<!\d){_DAY}{_OF}{_WORD}\.?(?:\s?/\s?[^\W\d_]+)?{_OF}(?P<year>[12]\d{{3}})(?!\d)",
        re.IGNORECASE,
    ),
    re.compile(rf"{_START}{_WORD}\.?\s*{_DAY}\s*,?\s+(?P<year>[12]\d{{3}})(?!\d)", re.IGNORECASE),
    re.compile(
        rf"(?<!\d)(?P<year>[12]\d{{3}})[.,]?\s+(?:m\.\s+)?{_WORD}\.?\s+{_DAY}(?!\d)", re.IGNORECASE
    ),
    re.compile(rf"(?<!\d)(?P<year>[12]\d{{3}})\.?\s+gada\s+{_DAY}\s+{_WORD}", re.IGNORECASE),
    # Java and C: Mon Mar 02 09:00:00 GMT 2026
    re.compile(
        rf"{_START}{_WORD}\s+{_DAY}\s+(?P<between>\d\d:\d\d(?::\d\d)?\s*(?:{_ZONE})?)\s+(?P<year>[12]\d{{3}})",
        re.IGNORECASE,
    ),
)  # fmt: skip
_EPOCH = re.compile(r"((?:1\d|2[1-9])\d{8})(?:\d{3})?(?:\.\d+)?")
"""Seconds or milliseconds since 1970, from 2001 on. 2026030210 is a day and an hour."""

_TWO_WORDS = {
    "كانون الثاني": "يناير",
    "تشرين الأول": "أكتوبر",
    "تشرين الثاني": "نوفمبر",
    "كانون الأول": "ديسمبر",
}
"""Months whose names have two words, and their other names."""


@dataclass(frozen=True)
class WrittenDate:
    """A date that was found in a text."""

    date: datetime
    """With the zone that the text names, or the given one."""
    rest: str
    """The text around it; ``|`` takes the place of the date and of its time."""


def find_date(text: str, zone: tzinfo = UTC, language: str = "") -> WrittenDate | None:
    """Find the first date in a short text.

    Parameters
    ----------
    text : such as a byline, the value of a meta element, or ``11:11 PM EST Mar 2, 2026``.
    zone : time zone of a date without one.
    language : BCP 47 tag of the text, which decides about names of months and about 02/03/2026.

    Returns
    -------
    WrittenDate or None
        None if there is none, or if its day is ambiguous. Without a time it is the first second.
    """
    text = _plain(text)
    if seconds := _EPOCH.fullmatch(text):
        return WrittenDate(datetime.fromtimestamp(int(seconds[1]), UTC), "")
    thai = language.partition("-")[0].casefold() == "th" or _THAI.search(text)
    for match, (year, month, day) in _days(text, language):
        groups = match.groupdict()
        rest = f"{text[: match.start()]} | {text[match.end() :]}"
        clock = match if groups.get("hour") else _TIME.search(groups.get("between") or rest)
        try:
            lead = BUDDHIST_LEAD if thai and year in BUDDHIST_YEARS else 0
            found = _at((year - lead, month, day), clock, zone)
        except (ValueError, OverflowError):
            continue
        if clock is not None and clock is not match and not groups.get("between"):
            rest = f"{rest[: clock.start()]} | {rest[clock.end() :]}"
        return WrittenDate(found, re.sub(r"^[\s|,]+|[\s|,]+$", "", " ".join(rest.split())))
    return None


_THAI_DOT = re.compile(r"(?<=[\u0e00-\u0e7f])\.(?=[\u0e00-\u0e7f\s])")
"""A dot in the abbreviation of a month."""


def _plain(text: str) -> str:
    """Return the text with ASCII digits and single spaces."""
    others = {ord(c) for c in text if c.isdigit() and not c.isascii()}
    digits = {code: str(unicodedata.digit(chr(code))) for code in others}
    plain = _THAI_DOT.sub("", " ".join(text[:MAX_LENGTH].translate(digits).split()))
    for name, other in _TWO_WORDS.items():
        plain = plain.replace(name, other)
    return plain


def _days(text: str, language: str) -> Iterator[tuple[re.Match[str], tuple[int, int, int]]]:
    """Yield the dates of a text as matches with year, month and day, the certain forms first."""
    for pattern in (_ISO, _YEAR_FIRST, _CJK, _VIETNAMESE):
        if match := pattern.search(text):
            yield match, (int(match["year"]), int(match["month"]), int(match["day"]))
    yield from _named_days(text, language)
    if match := _ERA.search(text):
        year = 1 if match["year"] == "元" else int(match["year"])
        yield match, (_ERAS[match["era"][0]] + year, int(match["month"]), int(match["day"]))
    for match in _NUMBERS.finditer(text):
        if day := _numeric_day(match, language):
            yield match, day


def _named_days(text: str, language: str) -> Iterator[tuple[re.Match[str], tuple[int, int, int]]]:
    for pattern in _NAMED:
        for match in pattern.finditer(text):
            name = match["month"]
            month = month_of(name, language) or month_anywhere(name)
            if pattern is _NAMED[0]:  # "2 XII 2026", but "World War II 12, 2026"
                month = month or roman_month(name)
            if month:
                yield match, (int(match["year"]), month, int(match["day"]))


def _numeric_day(match: re.Match[str], language: str) -> tuple[int, int, int] | None:
    """Return year, month and day of 02.03.2026; None where the language leaves the order open."""
    one, two, year = int(match["one"]), int(match["two"]), int(match["year"])
    if year < 100:
        year += 1900 if year > LAST_SHORT_YEAR else 2000
    if one > 12 or one == two:
        return year, two, one
    if two > 12:
        return year, one, two
    if match["mark"] == ".":
        return year, two, one  # everywhere
    order = _order(language)
    if not order:
        return None
    return (year, one, two) if order == "month" else (year, two, one)


def day_or_month_first(text: str) -> str:
    """Return what is first in a date of numbers whose day is above 12: "day", "month"; else ""."""
    match = _NUMBERS.search(_plain(text))
    if match is None or match["mark"] == "." or len(match["year"]) == 2:
        return ""  # 26-11-13 may begin with the year
    one, two = int(match["one"]), int(match["two"])
    return "" if (one > 12) == (two > 12) else "day" if one > 12 else "month"


def possible_days(text: str, language: str = "") -> tuple[date, date] | None:
    """Return the days that 02/03/2026 may mean, the one with the month first at the beginning.

    None if the text has no such date, or if the language decides.
    """
    for match in _NUMBERS.finditer(_plain(text)):
        if _numeric_day(match, language) is None:
            first, second = (_numeric_day(match, fixed) for fixed in ("en-US", "en-GB"))
            if first and second and min(*first, *second):
                return date(*first), date(*second)
    return None


@lru_cache(maxsize=256)
def _order(language: str) -> str:
    """Return whether "day" or "month" is first in 02/03/2026; "" where both are usual."""
    if language.casefold() in {"", "en"}:
        return ""
    try:
        pattern = Locale.parse(language, sep="-").date_formats["short"].pattern.casefold()
    except (UnknownLocaleError, ValueError, KeyError):
        return ""
    return "day" if pattern.find("d") < pattern.find("m") else "month"


def _at(day: tuple[int, int, int], clock: re.Match[str] | None, zone: tzinfo) -> datetime:
    if day[0] < FIRST_YEAR:
        raise ValueError(day)
    if clock is None:
        return datetime(*day, tzinfo=zone)
    hour = int(clock["hour"])
    named = clock.groupdict()
    half = "".join(named.get(name) or "" for name in ("before", "half", "arabic")).casefold()
    if half and hour <= 12:
        hour = hour % 12 + (12 if _AFTERNOON.search(half) else 0)
    time = hour, int(clock["minute"] or 0), int(clock["second"] or 0)
    return datetime(*day, *time, tzinfo=_zone(clock["zone"]) or zone)


_AFTERNOON = re.compile("[p후後م]|下午")


def _zone(name: str | None) -> tzinfo | None:
    """Read a zone: a name, an offset, or both (``GMT+0100``)."""
    if not name:
        return None
    word = name.casefold().rstrip("+-:0123456789")
    if offset := name[len(word) :]:
        digits = offset[1:].replace(":", "")
        hours, minutes = (digits[:-2], digits[-2:]) if len(digits) > 2 else (digits, "0")
        ahead = timedelta(hours=int(hours), minutes=int(minutes))
        return timezone(-ahead if offset[0] == "-" else ahead)
    if word in _PLACES:
        return ZoneInfo(_PLACES[word])
    return timezone(timedelta(hours=_HOURS[word]))
