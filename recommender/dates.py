"""Read, write and classify dates. All results are in UTC and timezone-aware.

Articles use RFC 3339 and its common variants. A date that could mean two days is an error.

There are two grammars, and each needs the other. :func:`read_date` knows few forms and refuses the
rest, so that what an editor or a native record has is never guessed. :mod:`written_dates` searches
dates in the prose of pages, in many languages, and returns what it did not understand.
:func:`read_written_date` is between them: feeds and exports may use either, but only whole.
"""

from __future__ import annotations

import re
from calendar import month_name
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

from dateutil import parser

from models.time_units import SECONDS_PER_DAY
from recommender.errors import ArticleError, OverrideError
from recommender.messages import Message, shortened
from recommender.written_dates import LAST_SHORT_YEAR, find_date, possible_days

MAX_EMBARGO = timedelta(days=3653)
"""Longest embargo that is accepted: ten years. Content systems write 2099 for "never"."""

DATE_FORMAT = "RFC 3339, such as 2026-10-30T08:05:00+01:00"
"""The expected form, as error messages name it."""

MAX_DATE_LENGTH = 100
"""Characters of a date. Longer texts are no dates and are not analysed."""

AGE_LIMITS = {"same week": 7, "month": 30, "quarter": 91, "year": 365}
"""Age groups and their limits in days. An age belongs to the first group with a greater limit."""

AGE_GROUPS = (*AGE_LIMITS, "older")

# dateutil reads the date. This pattern only rejects what it would have to guess: 02/03/2021, "May".
_TIME = (
    r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:\s*[ap]\.?m\.?)?"
    r"(?:\s*(?:Z|UTC|GMT|[+-]\d{2}:?\d{2}))?"
)
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
# The year comes first, or the month has a name. A time has minutes at least, perhaps am or pm, and
# perhaps a zone. The second alternative is RFC 822 and prose: "2 Jun 2025", "June 2, 2025".
_UNAMBIGUOUS = re.compile(
    rf"\d{{4}}-\d{{1,2}}-\d{{1,2}}(?:[T ]\s*{_TIME})?"
    rf"|(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+)?"
    rf"(?:{_DAY}\s+{_MONTH},?|{_MONTH}\s+{_DAY},?)\s+[1-9]\d{{3}}(?:,?\s+(?:at\s+)?{_TIME})?",
    re.IGNORECASE | re.ASCII,
)

_ISO = re.compile(
    r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:\d\d)?)?", re.ASCII
)

_RFC_822 = re.compile(
    r"(?:[A-Z][a-z]{2}, )?\d\d? [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d (?:GMT|[+-](?!0000)\d{4}|\+0000)"
)

_REWRITES = (
    (re.compile(r"\([^()]*\)"), " "),  # a comment of RFC 822: the name of the zone
    (re.compile(r"(?<=\d)-([^\W\d_]{3,9})-(?=\d\d)"), r" \1 "),  # 05-Aug-2026
    (re.compile(r"(?<!\d)(\d\d?) (\d\d?)[月월],? (\d{4})(?!\d)"), r"\3-\2-\1"),
    (re.compile(r"(?<=[ CT])([+-])(\d)(?::?(\d\d))?$"), r"\g<1>0\2:\g<3>"),  # +2, +530
    (re.compile(r"(?<=\d):$"), ":00"),
    (re.compile(r"((?:오[전후]|[上下]午|午[前後])\s*\d{1,2})$"), r"\1:00"),
)
"""Forms of feeds that :mod:`recommender.written_dates` does not know, and how they are written
there."""

_ZONE_NAME = re.compile(r"\b(?:[A-Z]{3,5}|[A-Z][A-Za-z]+/[A-Za-z_/+-]+)\b")
_SHORT_YEAR = re.compile(r"(\s*(?:[^\W\d_]+,?\s+)?\d{1,2} [^\W\d_]{3,9} )(\d\d)(?=\s+\d\d?:\d\d)")
_WORDS = re.compile(r"[^\W_][\w:/+-]*")
_BETWEEN = "at um à a las às alle ore o godz kl klo om uhr h r roku г года р року"
_FILLERS = frozenset(_BETWEEN.split())
"""Words between a date and its time, or after the year, in lower case."""


def read_date(text: str, zone: tzinfo = UTC) -> datetime:
    """Read a date and return it in UTC.

    Parameters
    ----------
    text : a date with or without time and zone. A date alone is its first second.
    zone : time zone of a date without one.

    Raises
    ------
    ArticleError
        The text is ambiguous, is no date (month 13, February 30), or is before the year 1000.
    """
    stripped = text.strip()
    expected, got = Message(DATE_FORMAT), shortened(stripped)
    if len(stripped) > MAX_DATE_LENGTH or not _UNAMBIGUOUS.fullmatch(stripped):
        raise ArticleError("expected %(expected)s, got %(got)r", expected=expected, got=got)
    try:
        date = _parsed(stripped)
        date = date.replace(tzinfo=date.tzinfo or zone).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ArticleError(
            "expected %(expected)s, got %(got)r, which is not a date", expected=expected, got=got
        ) from error
    if date.year < 1000:
        raise ArticleError(
            "expected %(expected)s, got %(got)r, a year before 1000", expected=expected, got=got
        )
    return date


def _parsed(text: str) -> datetime:
    if _ISO.fullmatch(text):
        return datetime.fromisoformat(text)  # 20 times as fast as dateutil
    if _RFC_822.fullmatch(text):
        return parsedate_to_datetime(text)
    return parser.parse(text, yearfirst=True, dayfirst=False)


def read_written_date(text: str, zone: tzinfo = UTC, language: str = "") -> datetime:
    """Read a date as feeds and exports of other systems write it, and return it in UTC.

    Parameters
    ----------
    text : as for :func:`read_date`, or with names of months and zones, also of other languages.
    zone : time zone of a date without one. Its own names precede those of other zones: CST is that
        of China for a site in Shanghai.
    language : BCP 47, for names of months; decides about 02/03/2026, too.

    Raises
    ------
    ArticleError
        A part of the text is unknown, such as a zone, or its day is ambiguous.
    """
    plain = text.strip()
    if not _UNAMBIGUOUS.fullmatch(plain):
        plain = _rewritten(plain)
    if not _UNAMBIGUOUS.fullmatch(plain):
        for name in [*_ZONE_NAME.findall(plain), ""]:
            rest = plain.replace(name, " ") if name else plain
            place = _zone_of_place(name)
            found = find_date(rest, place or zone, language)
            is_own = found is not None and found.date.tzname() == name
            if found and _is_date_alone(found.rest, rest) and (not name or place or is_own):
                return found.date.astimezone(UTC)
        plain = text
    return read_date(plain, zone)


def ambiguity(text: str, language: str = "") -> str:
    """Return the error for 02/03/2026 with both days that it may mean; "" for any other text."""
    if len(text) > MAX_DATE_LENGTH or not (days := possible_days(text, language)):
        return ""
    first, second = (f"{day.day} {month_name[day.month]}" for day in days)
    return (
        f"{text.strip()!r} is {first} or {second}; add a column language with en-US or en-GB "
        f"(or the setting languages), or write {days[0]}"
    )


def _rewritten(text: str) -> str:
    text = " ".join(text.split())
    for pattern, written in _REWRITES:
        text = pattern.sub(written, text)
    short = _SHORT_YEAR.match(text)
    if short is None:
        return text
    century = 1900 if int(short[2]) > LAST_SHORT_YEAR else 2000
    return f"{short[1]}{century + int(short[2])}{text[short.end() :]}"


def _zone_of_place(name: str) -> tzinfo | None:
    """Return the zone of a place, such as Europe/Warsaw."""
    if "/" not in name:
        return None
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # an unknown zone is a KeyError
        return None


def _is_date_alone(rest: str, text: str) -> bool:
    """Return whether what is left of a date is nothing, or the day of the week before it."""
    words = [word for word in _WORDS.findall(rest) if word.casefold() not in _FILLERS]
    return not words or (len(words) == 1 and text.strip().startswith(words[0]))


def read_local_time(name: str, text: str | None, zone: tzinfo) -> int | None:
    """Read the start or end of an override, as an editor writes it.

    Parameters
    ----------
    name : the field, for messages.
    text : a date; None and "" return None.
    zone : time zone of a date without one.

    Returns
    -------
    int or None
        Seconds since 1970 UTC.

    Raises
    ------
    OverrideError
        The text is no date, or a local time that a clock change skips or repeats.
    """
    if not text:
        return None
    date, as_utc = _read_named(name, text, zone), _read_named(name, text, UTC)
    if date != as_utc:  # else the text names a zone, or the zone is UTC
        _check_clock_change(name, text, as_utc.replace(tzinfo=None), zone)
    return int(date.timestamp())


def read_day(name: str, text: str, zone: tzinfo) -> date | None:
    """Read a day of a filter; None for "".

    A day may begin when the clocks change, so no time of it is checked. ``name`` is the field, for
    messages.

    Raises
    ------
    OverrideError
        The text is no date.
    """
    return _read_named(name, text, zone).astimezone(zone).date() if text else None


def start_of_day(day: date, zone: tzinfo) -> float:
    """Return when a day begins, in seconds since 1970 UTC.

    If a clock change skips midnight, this is the change. If midnight occurs twice, it is the first.
    """
    return datetime.combine(day, time(), zone).timestamp()


def _read_named(name: str, text: str, zone: tzinfo) -> datetime:
    """Read a date; an error names the field."""
    try:
        return read_date(text, zone)
    except ArticleError as error:
        raise OverrideError(
            "%(name)s: %(problem)s", name=Message(name), problem=error.message
        ) from error


def _check_clock_change(name: str, text: str, local: datetime, zone: tzinfo) -> None:
    first, second = (local.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return
    exists = first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == local
    repeated = Message("occurs twice")
    raise OverrideError(
        "%(name)s: %(got)r %(what)s when the clocks change in %(zone)s; choose another time or add "
        "the offset: %(expected)s",
        name=Message(name),
        got=text,
        what=repeated if exists else Message("does not exist"),
        zone=zone,
        expected=Message(DATE_FORMAT),
    )


def embargo_problem(published: datetime, now: datetime) -> str:
    """Return why a publication date is too far in the future; "" where it is acceptable."""
    if published <= now + MAX_EMBARGO:
        return ""
    return f"published: expected a date in the next ten years, got {write_date(published)}"


def write_date(date: datetime) -> str:
    """Write a date in UTC, to the second: ``2026-01-01T00:00:00Z``."""
    return date.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def from_epoch(seconds: int) -> datetime:
    """Convert seconds since 1970 UTC to a date in UTC."""
    return datetime.fromtimestamp(seconds, UTC)


def age_group(seconds: float) -> str:
    """Return the age group of an age in seconds; a negative age belongs to the first group."""
    groups = (name for name, days in AGE_LIMITS.items() if seconds < days * SECONDS_PER_DAY)
    return next(groups, AGE_GROUPS[-1])
