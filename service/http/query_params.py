"""Query string parsing: to a query, or to a 400 that names the parameter."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Literal, cast

from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

from recommender.messages import shortened
from recommender.serving.filters import Query

MAX_LIMIT = 20
"""Largest number of cards in a list, and of articles in a batch."""

MAX_LIMIT_DIGITS = 9
"""Longer numbers are rejected unread: ``int`` raises for more than 4,300 digits."""

MAX_LANGUAGE_TAG = 100
"""Characters; RFC 5646, section 4.4.1, asks for 35. Parsed tags are cached."""

MAX_AGE_DAYS = 36_500
"""A hundred years."""


FILTERS = ("limit", "exclude", "section", "exclude_section", "language", "max_age_days", "fill")
"""Parameters of every list."""

MAX_EXCLUDED = 1_000
"""Values of ``exclude``. An endless page has shown a tenth of that."""

MAX_SECTION = 1_000
"""Characters of the name of a section."""

MAX_NAME = 40
"""Characters of an unknown parameter that a message repeats."""


def parse_query(arguments: MultiDict[str, str], *others: str) -> Query:
    """Parse the parameters that limit and filter a list.

    An empty filter counts as no filter, because page templates often write one.

    Parameters
    ----------
    others : names of further parameters of the route.

    Raises
    ------
    BadRequest
        If a parameter is unknown, a value is invalid, or a parameter is repeated that may not be.
    """
    _check_names(arguments, (*FILTERS, *others))
    return Query(
        limit=_limit(arguments),
        exclude=_excluded_ids(arguments),
        section=_section(arguments, "section"),
        exclude_section=_section(arguments, "exclude_section"),
        language=_language(arguments),
        max_age_days=_max_age_days(arguments),
        fill=_fill(arguments),
    )


def parse_subject(arguments: MultiDict[str, str]) -> tuple[list[str], str | None]:
    """Parse the articles that a request is about: ``id`` values, or one ``url``.

    Returns
    -------
    article_ids
        Ids without repetitions, in order; empty if there is a URL.
    url
        The URL, or None if there are ids.

    Raises
    ------
    BadRequest
        If there are neither or both, or more than ``MAX_LIMIT`` ids.
    """
    article_ids, url = arguments.getlist("id"), _single(arguments, "url")
    if not article_ids and url is None:  # a misspelled name is the likely reason
        _check_names(arguments, ("url", "id", *FILTERS, "explain"))
    if bool(article_ids) == (url is not None):
        got = "both" if article_ids else "neither"
        raise BadRequest(f"expected either url, or id 1 to {MAX_LIMIT} times, got {got}")
    if len(article_ids) > MAX_LIMIT:
        raise BadRequest(f"id: expected at most {MAX_LIMIT} values, got {len(article_ids)}")
    return list(dict.fromkeys(article_ids)), url


def parse_url(arguments: MultiDict[str, str]) -> str:
    """Parse the required parameter ``url``.

    Raises
    ------
    BadRequest
        If it is missing or repeated, or if there is an ``id`` as well.
    """
    if _single(arguments, "url") is None:
        _check_names(arguments, ("url", "id", *FILTERS, "why", "spare"))
        raise BadRequest("url: expected the URL of an article, got nothing")
    return str(parse_subject(arguments)[1])


def parse_flag(arguments: MultiDict[str, str], name: str) -> bool:
    """Parse a switch: ``1`` or ``true``, ``0`` or ``false``; missing is false."""
    value = _single(arguments, name)
    if value is None:
        return False
    if value.lower() not in {"1", "true", "0", "false"}:
        raise _invalid(name, "1 or 0", value)
    return value.lower() in {"1", "true"}


def parse_choice(arguments: MultiDict[str, str], name: str, choices: Sequence[str]) -> str | None:
    """Parse the only parameter of a route: one of some values; None if missing or empty.

    Raises
    ------
    BadRequest
        If the value is another one, or if there is another parameter.
    """
    _check_names(arguments, (name,))
    value = _single(arguments, name) or None
    if value is not None and value not in choices:
        raise _invalid(name, " or ".join(choices), value)
    return value


def parse_spare(arguments: MultiDict[str, str]) -> int:
    """Parse the number of cards beyond the limit, for a client that drops some; missing is 0."""
    return _whole_number(arguments, "spare", 0) or 0


def _check_names(arguments: MultiDict[str, str], known: tuple[str, ...]) -> None:
    unknown = [name for name in arguments if name not in known]
    if not unknown:
        return
    names = ", ".join(repr(name[:MAX_NAME]) for name in unknown[:3])
    close = get_close_matches(unknown[0][:MAX_NAME].lower(), known, n=1)
    fix = f"did you mean {close[0]!r}?" if close else f"expected {', '.join(known)}"
    if "url" in arguments:
        fix += " (a & within url is written %26)"
    many = "s" if len(unknown) > 1 else ""
    raise BadRequest(f"unknown parameter{many} {names}; {fix}")


def _limit(arguments: MultiDict[str, str]) -> int | None:
    return _whole_number(arguments, "limit", 1)


def _whole_number(arguments: MultiDict[str, str], name: str, least: int) -> int | None:
    value = _single(arguments, name)
    if value is None:
        return None
    # isdigit() alone accepts digits of other scripts.
    readable = value.isascii() and value.isdigit() and len(value) <= MAX_LIMIT_DIGITS
    if not (readable and least <= int(value) <= MAX_LIMIT):
        raise _invalid(name, f"a whole number from {least} to {MAX_LIMIT}", value)
    return int(value)


def _section(arguments: MultiDict[str, str], name: str) -> str | None:
    value = _single(arguments, name) or None
    if value is not None and len(value) > MAX_SECTION:
        raise _invalid(name, f"at most {MAX_SECTION} characters", value)
    return value


def _language(arguments: MultiDict[str, str]) -> str | None:
    value = _single(arguments, "language") or None
    if value is not None and len(value) > MAX_LANGUAGE_TAG:
        raise _invalid("language", "a BCP 47 tag such as en or pt-BR", value)
    return value


def _max_age_days(arguments: MultiDict[str, str]) -> float | None:
    value = _single(arguments, "max_age_days")
    if value is None:
        return None
    try:
        days = float(value)
    except ValueError:
        days = -1.0
    if not 0 < days <= MAX_AGE_DAYS:
        raise _invalid("max_age_days", f"a number above 0, at most {MAX_AGE_DAYS}", value)
    return days


def _fill(arguments: MultiDict[str, str]) -> Literal["latest", "none"] | None:
    value = _single(arguments, "fill") or None
    if value not in {"latest", "none", None}:
        raise _invalid("fill", "latest or none", str(value))
    return cast("Literal['latest', 'none'] | None", value)


def _excluded_ids(arguments: MultiDict[str, str]) -> frozenset[str]:
    """Collect ids, repeated or comma-separated; whole values count too, as ids may hold commas."""
    values = arguments.getlist("exclude")
    if (count := sum(value.count(",") + 1 for value in values)) > MAX_EXCLUDED:
        raise BadRequest(f"exclude: expected at most {MAX_EXCLUDED} ids, got {count}")
    return frozenset(values) | {part for value in values for part in value.split(",") if part}


def _single(arguments: MultiDict[str, str], name: str) -> str | None:
    values = arguments.getlist(name)
    if len(values) > 1:
        raise BadRequest(f"{name}: expected one value, got {len(values)}")
    return values[0] if values else None


def _invalid(name: str, expected: str, value: str) -> BadRequest:
    return BadRequest(f"{name}: expected {expected}, got {shortened(value)!r}")
