"""Check overrides before they are added to the log."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable

import msgspec

from recommender.articles.article import MAX_ID_LENGTH, normalize_id
from recommender.errors import OverrideError
from recommender.messages import Message
from recommender.overrides.override import Kind, Override, Scope
from recommender.text.markup.plain_text import line

PLACES = 20
"""Greatest place of a pin: the greatest number of cards in a list."""

FACTORS = (0.1, 10.0)
"""Smallest and greatest factor of a boost."""

TARGETS = {
    (True, True): Message("an article and a pick"),
    (True, False): Message("an article"),
    (False, True): Message("a pick"),
}
"""What an override names, by (has article, has pick)."""

FACET_KINDS = {Kind.BLOCK, Kind.BOOST, Kind.HOLD, Kind.UNDO}
"""Kinds of overrides that can name a section, tag or author."""

MAX_ENTRY = 2**31 - 1
"""Greatest number of an entry: PostgreSQL stores it in 32 bits."""

MAX_REASON = 2_000
"""Characters of a reason: one paragraph, as the history shows it."""


MAX_AUTHOR = 200
"""Characters of the name of an author, as the column of the log."""


def validated(override: Override, now: float) -> Override:
    """Check the fields of an override, and return it with normalised ids and reason.

    Raises
    ------
    OverrideError
        Names the field, the expected value and the value found.
    """
    ids = {"article": normalize_id(override.article), "pick": normalize_id(override.pick)}
    for name, value in ids.items():
        _check_text(Message(name), value)
    override = msgspec.structs.replace(override, **ids)
    _check_targets(override)
    _check_number(Message("place"), override.place, override.kind is Kind.PIN, (1, PLACES))
    _check_number(Message("factor"), override.factor, override.kind is Kind.BOOST, FACTORS)
    _check_dates(override, now)
    _check_author(override.author)
    if len(override.reason) > MAX_REASON:
        raise OverrideError(
            "reason: expected at most %(most)s characters, got %(got)s",
            most=MAX_REASON,
            got=len(override.reason),
        )
    return msgspec.structs.replace(override, reason=line(override.reason))


def check_against(override: Override, others: Iterable[Override]) -> None:
    """Check an override against others that are not undone.

    Raises
    ------
    OverrideError
        The place is taken, or another override contradicts or repeats this one at some time.
    """
    for other in others:
        if _overlap(override, other) and (problem := _contradiction(override, other)):
            raise OverrideError(
                "%(kind)s %(about)s: %(problem)s (entry %(entry)s by %(author)s); undo that entry "
                "first",
                kind=override.kind,
                about=override.about,
                problem=problem,
                entry=other.id,
                author=other.author,
            )


def _check_text(name: Message, value: str) -> None:
    if len(value) > MAX_ID_LENGTH or any(unicodedata.category(c) == "Cc" for c in value):
        raise OverrideError(
            "%(name)s: expected at most %(most)s characters without control characters, got "
            "%(got)r",
            name=name,
            most=MAX_ID_LENGTH,
            got=value[:60],
        )


def _check_targets(override: Override) -> None:
    kind, is_facet = override.kind, override.scope is not Scope.ARTICLE
    expected = {
        Kind.PIN: (True, True),
        Kind.BLOCK: (bool(override.article), True),
        Kind.BOOST: (False, True),
        Kind.HOLD: (not is_facet, is_facet),
        Kind.WITHDRAW: (True, False),
        Kind.SHOW: (True, False),
        Kind.UNDO: (bool(override.article), bool(override.pick)),
    }[kind]
    got = (bool(override.article), bool(override.pick))
    if got != expected:
        raise OverrideError(
            "%(kind)s: expected %(expected)s, got %(about)s",
            kind=kind,
            expected=TARGETS[expected],
            about=override.about if any(got) else Message("nothing"),
        )
    if is_facet and (kind not in FACET_KINDS or override.article):
        raise OverrideError(
            "%(kind)s: expected an article, got a %(scope)s; a section, tag or author can only be "
            "blocked or boosted in all lists, or held",
            kind=kind,
            scope=override.scope,
        )
    if not is_facet and override.article and override.article == override.pick:
        raise OverrideError(
            "%(kind)s: expected another article, got %(pick)r under itself",
            kind=kind,
            pick=override.pick,
        )


def _check_number(
    name: Message, value: float | None, required: bool, limits: tuple[float, float]
) -> None:
    low, high = limits
    if required and (value is None or not math.isfinite(value) or not low <= value <= high):
        raise OverrideError(
            "%(name)s: expected a number from %(low)s to %(high)s, got %(got)s",
            name=name,
            low=low,
            high=high,
            got=Message("nothing") if value is None else value,
        )
    if not required and value is not None:
        raise OverrideError("%(name)s: expected nothing, got %(got)s", name=name, got=value)


def _check_dates(override: Override, now: float) -> None:
    if override.ends is None:
        return
    if override.starts is not None and override.ends <= override.starts:
        raise OverrideError("The end must be after the start")
    if override.ends <= now:
        raise OverrideError("The end must be in the future")


def _check_author(author: str) -> None:
    if len(author) > MAX_AUTHOR or not author.isprintable():
        raise OverrideError(
            "author: expected a name of at most %(most)s printable characters, got %(got)r",
            most=MAX_AUTHOR,
            got=author[:40],
        )


def _overlap(one: Override, other: Override) -> bool:
    return (one.ends is None or other.starts is None or other.starts < one.ends) and (
        other.ends is None or one.starts is None or one.starts < other.ends
    )


def _contradiction(one: Override, other: Override) -> Message | None:
    """Return why two overrides cannot be active at the same time; None if they can."""
    if one.kind is other.kind is Kind.PIN and one.article == other.article:
        if one.place == other.place:
            return Message("place %(place)s is taken by %(pick)r", place=one.place, pick=other.pick)
        if one.pick == other.pick:
            return Message("it is pinned at %(place)s", place=other.place)
    if (one.pick_key, one.scope) != (other.pick_key, other.scope):
        return None
    same_list, kinds = one.article == other.article, {one.kind, other.kind}
    if kinds == {Kind.PIN, Kind.BLOCK} and (same_list or "" in {one.article, other.article}):
        pinned = Message("%(pick)r is pinned", pick=other.pick)
        return pinned if other.kind is Kind.PIN else Message("%(pick)r is blocked", pick=other.pick)
    if len(kinds) == 1 and same_list and one.kind is not Kind.PIN:
        return Message("an equal override exists already")
    return None
