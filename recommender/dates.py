"""Dates as sites write them: RFC 3339 and its relatives, or a named error, never a guess."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo

from dateutil import parser

from recommender.errors import ArticleError
from recommender.messages import Message

FURTHEST = timedelta(days=3653)
"""How far ahead an embargo can be meant: ten years. 2099 is what content systems fill in."""

WANTED = "RFC 3339, such as 2026-10-30T08:05:00+01:00"

# The library reads; this only shuts out what it would have to guess (02/03/2021, "May").
_TIME = (
    r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s*(?:[ap]\.?m\.?)?"
    r"\s*(?:Z|UTC|GMT|[+-]\d{2}:?\d{2})?"
)
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
# Year first, or the month by its name; then a time with at least minutes, am or pm, and a zone
# in figures or Z. The second form is RFC 822's and what people write: "2 Jun 2025", "June 2, 2025".
_CERTAIN = re.compile(
    rf"\d{{4}}-\d{{1,2}}-\d{{1,2}}(?:[T ]\s*{_TIME})?"
    rf"|(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+)?"
    rf"(?:{_DAY}\s+{_MONTH},?|{_MONTH}\s+{_DAY},?)\s+[1-9]\d{{3}}(?:,?\s+(?:at\s+)?{_TIME})?",
    re.IGNORECASE | re.ASCII,
)


def read_date(text: str, zone: tzinfo = UTC) -> datetime:
    """Read a moment; one without a zone is in ``zone``. The answer is in UTC.

    A date alone is its first moment. Raises :class:`ArticleError` for all that cannot be read
    for certain, and for what cannot be: month 13, February 30, a year before 1000.
    """
    stripped = text.strip()
    if not _CERTAIN.fullmatch(stripped):
        raise ArticleError(
            "got %(got)r, wanted %(wanted)s", got=_shown(stripped), wanted=Message(WANTED)
        )
    try:
        moment = parser.parse(stripped, yearfirst=True, dayfirst=False)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=zone)
        moment = moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ArticleError(
            "got %(got)r, which is no date: wanted %(wanted)s",
            got=_shown(stripped),
            wanted=Message(WANTED),
        ) from error
    if moment.year < 1000:
        raise ArticleError(
            "got %(got)r, a year before 1000: wanted %(wanted)s",
            got=_shown(stripped),
            wanted=Message(WANTED),
        )
    return moment


def far_ahead(published: datetime, now: datetime) -> str:
    """Say what is wrong with an embargo that nobody can mean; "" where it is fine."""
    if published <= now + FURTHEST:
        return ""
    return f"published: got {write_date(published)}, more than ten years ahead"


def write_date(moment: datetime) -> str:
    """Write a moment in UTC to the second: ``2026-01-01T00:00:00Z``."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def from_epoch(seconds: int) -> datetime:
    """Turn seconds since 1970 UTC into a moment in UTC."""
    return datetime.fromtimestamp(seconds, UTC)


def _shown(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."
