"""Read, write and classify dates. All results are in UTC and timezone-aware.

Articles use RFC 3339 and its common variants. A date that could mean two days is an error.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo

from dateutil import parser

from recommender.errors import ArticleError, OverrideError
from recommender.messages import Message

MAX_EMBARGO = timedelta(days=3653)
"""Longest embargo that is accepted: ten years. Content systems write 2099 for "never"."""

DATE_FORMAT = "RFC 3339, such as 2026-10-30T08:05:00+01:00"
"""The expected form, as error messages name it."""

SECONDS_PER_DAY = 86_400

AGE_LIMITS = {"same week": 7, "month": 30, "quarter": 91, "year": 365}
"""Age groups and their limits in days. An age belongs to the first group with a greater limit."""

AGE_GROUPS = (*AGE_LIMITS, "older")

# dateutil reads the date. This pattern only rejects what it would have to guess: 02/03/2021, "May".
_TIME = (
    r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s*(?:[ap]\.?m\.?)?"
    r"\s*(?:Z|UTC|GMT|[+-]\d{2}:?\d{2})?"
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
    if not _UNAMBIGUOUS.fullmatch(stripped):
        raise ArticleError(
            "expected %(expected)s, got %(got)r",
            expected=Message(DATE_FORMAT),
            got=_shortened(stripped),
        )
    try:
        date = parser.parse(stripped, yearfirst=True, dayfirst=False)
        if date.tzinfo is None:
            date = date.replace(tzinfo=zone)
        date = date.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ArticleError(
            "expected %(expected)s, got %(got)r, which is not a date",
            expected=Message(DATE_FORMAT),
            got=_shortened(stripped),
        ) from error
    if date.year < 1000:
        raise ArticleError(
            "expected %(expected)s, got %(got)r, a year before 1000",
            expected=Message(DATE_FORMAT),
            got=_shortened(stripped),
        )
    return date


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
    try:
        date = read_date(text, zone)
        as_utc = read_date(text, UTC)
    except ArticleError as error:
        raise OverrideError(
            "%(name)s: %(problem)s", name=Message(name), problem=error.message
        ) from error
    if date != as_utc:  # else the text names a zone, or the zone is UTC
        _check_clock_change(name, text, as_utc.replace(tzinfo=None), zone)
    return int(date.timestamp())


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


def _shortened(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."
