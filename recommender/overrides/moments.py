"""Starts and ends as editors write them: in the site's time zone, across summer time as well."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo

from recommender.dates import WANTED, read_date
from recommender.errors import ArticleError, OverrideError


def read_moment(name: str, text: str | None, zone: tzinfo) -> int | None:
    """Read a moment into seconds since 1970 UTC; one without a zone is in ``zone``.

    Raises :class:`OverrideError` for what is no date, and for a local time that a change of the
    clocks skips or brings twice.
    """
    if not text:
        return None
    try:
        moment = read_date(text, zone)
        bare = read_date(text, UTC).replace(tzinfo=None)
    except ArticleError as error:
        raise OverrideError(f"{name}: {error}") from error
    if moment == read_date(text, UTC):
        return int(moment.timestamp())
    _check_clock_change(name, text, bare, zone)
    return int(moment.timestamp())


def _check_clock_change(name: str, text: str, bare: datetime, zone: tzinfo) -> None:
    first, second = (bare.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return
    exists = first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == bare
    what = "is there twice" if exists else "is skipped"
    raise OverrideError(
        f"{name}: got {text!r}, which {what} when the clocks change in {zone}; write it with its "
        f"offset: {WANTED}"
    )
