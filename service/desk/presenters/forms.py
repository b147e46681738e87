"""Parses the fields of the desk's forms: dates, entry ids and the page to return to."""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo
from urllib.parse import urlencode

from flask import flash, request
from werkzeug.exceptions import BadRequest

from recommender.dates import read_day, read_local_time, start_of_day
from recommender.errors import OverrideError
from recommender.overrides.validation import MAX_ENTRY
from service.desk.presenters.i18n import gettext_noop, translate

MAX_DIGITS = len(str(MAX_ENTRY))
"""Digits of a number that are read. Python refuses to convert thousands of them."""

MAX_CHANGES = 1_000
"""Overrides that one request may add or undo. The command line has no such limit."""

Dates = tuple[int | None, int | None]
"""Start and end of an override, in seconds since 1970 UTC; None where it has none."""


def parse_dates(start: str, end: str, zone: tzinfo) -> Dates:
    """Parse the start and the end of an override.

    Parameters
    ----------
    start, end
        Local times as browsers send them, such as ``2026-10-30T08:05``; "" for none.
    zone
        The site's time zone.

    Raises
    ------
    OverrideError
        A text is not a time, or is ambiguous because clocks change.
    """
    return (
        read_local_time("from", start.replace("T", " "), zone),
        read_local_time("until", end.replace("T", " "), zone),
    )


def parse_days(first: str, last: str, zone: tzinfo) -> tuple[float | None, float | None]:
    """Parse the first and the last day of a filter into a start and an exclusive end.

    A wrong date is shown as an error and filters nothing.
    """
    try:
        since, last_day = (read_day(gettext_noop("date"), day, zone) for day in (first, last))
    except OverrideError as error:
        flash(translate(error), "error")
        return None, None
    start = None if since is None else start_of_day(since, zone)
    if last_day is None or last_day == date.max:
        return start, None
    # The next midnight: a day of a change of the clocks has 23 or 25 hours.
    return start, start_of_day(last_day + timedelta(days=1), zone)


def end_presets(zone: tzinfo, now: float) -> list[tuple[str, str, float]]:
    """Return frequent ends of an override.

    Returns
    -------
    Names to translate, local times for the field, and the same in seconds since 1970 UTC.
    """
    midnight = datetime.fromtimestamp(now, zone).replace(hour=0, minute=0, second=0, microsecond=0)
    ends = [
        (gettext_noop("tomorrow"), midnight + timedelta(days=1)),
        (gettext_noop("Monday"), midnight + timedelta(days=7 - midnight.weekday())),
        (gettext_noop("in a week"), midnight + timedelta(days=7)),
    ]
    return [(name, end.strftime("%Y-%m-%dT%H:%M"), end.timestamp()) for name, end in ends]


def here() -> str:
    """Return the address of this page, without the entries that were just saved."""
    kept = {name: value for name, value in request.args.items() if name != "saved"}
    return request.path + ("?" + urlencode(kept) if kept else "")


def parse_ids(text: str) -> list[int]:
    """Parse entry ids separated by commas, such as ``4,5``.

    Raises
    ------
    BadRequest
        A part is not a whole number.
    """
    parts = [part.strip() for part in text.split(",") if part.strip()]
    # int() would also accept signs, spaces and underscores.
    if not all(map(_is_number, parts)):
        raise BadRequest(
            translate("Expected whole numbers separated by commas, got %(got)r.", got=text[:60])
        )
    return [int(part) for part in parts]


def check_changes(count: int) -> None:
    """Refuse a request that would add more than :data:`MAX_CHANGES` overrides.

    Raises
    ------
    BadRequest
        There are more.
    """
    if count > MAX_CHANGES:
        raise BadRequest(
            translate(
                "Expected at most %(most)s changes in one request, got %(got)s. Nothing was saved.",
                most=MAX_CHANGES,
                got=count,
            )
        )


def _is_number(text: str) -> bool:
    return text.isdecimal() and len(text) <= MAX_DIGITS and int(text) <= MAX_ENTRY


def parse_number(text: str) -> int:
    """Parse one whole number; 0 for an empty text."""
    return next(iter(parse_ids(text)), 0)


def safe_redirect(target: str, default: str) -> str:
    """Return ``target`` if it is a page of the desk, else ``default``: no open redirects."""
    inside = target.startswith("/desk/") and "\\" not in target and "//" not in target[:7]
    return target if inside and target.isprintable() else default
