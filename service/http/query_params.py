"""From a query string to a query, or a 400 that names the parameter."""

from __future__ import annotations

from typing import Literal, cast

from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

from recommender.serving.filters import Query

MOST = 20
"""Cards an answer: more is no block but an archive page."""

LONGEST_NUMBER = 9
"""Digits: what is longer is no number of cards, and Python refuses to read the longest."""

LONGEST_AGE = 36_500
"""Days: a hundred years."""


def query_from(arguments: MultiDict[str, str]) -> Query:
    """Read the parameters of a request; ones that nobody here knows are left alone.

    An empty filter is none: a page's template may have had nothing to put there.
    """
    return Query(
        limit=_limit(arguments),
        exclude=_excluded(arguments),
        section=_one(arguments, "section") or None,
        exclude_section=_one(arguments, "exclude_section") or None,
        language=_one(arguments, "language") or None,
        max_age_days=_age(arguments),
        fill=_fill(arguments),
    )


def subject_from(
    arguments: MultiDict[str, str], *, only_url: bool = False
) -> tuple[list[str], str | None]:
    """Read which articles a request is about: ids, or one address."""
    articles, url = arguments.getlist("id"), _one(arguments, "url")
    if only_url and url is None:
        raise BadRequest("url: got none, wanted the address of an article")
    if bool(articles) == (url is not None):
        raise BadRequest("wanted either url once, or id once to 20 times")
    if len(articles) > MOST:
        raise BadRequest(f"id: got {len(articles)} of them, wanted at most {MOST}")
    return list(dict.fromkeys(articles)), url


def flag(arguments: MultiDict[str, str], name: str) -> bool:
    """Read a switch: 1 or true, 0 or false."""
    value = _one(arguments, name)
    if value is None:
        return False
    if value.lower() not in {"1", "true", "0", "false"}:
        raise _wrong(name, value, "1 or 0")
    return value.lower() in {"1", "true"}


def _limit(arguments: MultiDict[str, str]) -> int:
    value = _one(arguments, "limit")
    if value is None:
        return 6
    short = value.isascii() and value.isdigit() and len(value) <= LONGEST_NUMBER
    if not (short and 1 <= int(value) <= MOST):
        raise _wrong("limit", value, f"a whole number from 1 to {MOST}")
    return int(value)


def _age(arguments: MultiDict[str, str]) -> float | None:
    value = _one(arguments, "max_age_days")
    if value is None:
        return None
    try:
        days = float(value)
    except ValueError:
        days = -1.0
    if not 0 < days <= LONGEST_AGE:
        raise _wrong("max_age_days", value, f"a number above 0, at most {LONGEST_AGE}")
    return days


def _fill(arguments: MultiDict[str, str]) -> Literal["latest", "none"]:
    value = _one(arguments, "fill") or "latest"
    if value not in {"latest", "none"}:
        raise _wrong("fill", value, "latest or none")
    return cast("Literal['latest', 'none']", value)


def _excluded(arguments: MultiDict[str, str]) -> frozenset[str]:
    """Ids, repeated or joined by commas; a value is also taken whole, as an id may hold one."""
    values = arguments.getlist("exclude")
    return frozenset(values) | {part for value in values for part in value.split(",") if part}


def _one(arguments: MultiDict[str, str], name: str) -> str | None:
    values = arguments.getlist(name)
    if len(values) > 1:
        raise BadRequest(f"{name}: got it {len(values)} times, wanted it once")
    return values[0] if values else None


def _wrong(name: str, value: str, wanted: str) -> BadRequest:
    shown = value if len(value) <= 60 else value[:57] + "..."
    return BadRequest(f"{name}: got {shown!r}, wanted {wanted}")
