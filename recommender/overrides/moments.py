"""Starts and ends as editors write them: in the site's time zone, across summer time as well."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo

from recommender.dates import WANTED, read_date
from recommender.errors import ArticleError, OverrideError
from recommender.messages import Message


def read_local_time(name: str, text: str | None, zone: tzinfo) -> int | None:
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
        raise OverrideError(
            "%(name)s: %(trouble)s", name=Message(name), trouble=error.phrase
        ) from error
    if moment == read_date(text, UTC):
        return int(moment.timestamp())
    _check_clock_change(name, text, bare, zone)
    return int(moment.timestamp())


def _check_clock_change(name: str, text: str, bare: datetime, zone: tzinfo) -> None:
    first, second = (bare.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return
    exists = first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == bare
    twice = Message("is there twice")
    raise OverrideError(
        "%(name)s: got %(got)r, which %(what)s when the clocks change in %(zone)s; choose another "
        "time, or write it with its offset: %(wanted)s",
        name=Message(name),
        got=text,
        what=twice if exists else Message("is skipped"),
        zone=zone,
        wanted=Message(WANTED),
    )
