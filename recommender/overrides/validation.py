"""What may be added to the log: each check answers with what was got and what was wanted."""

from __future__ import annotations

import math
from collections.abc import Iterable

import msgspec

from recommender.articles.article import normalize_id
from recommender.errors import OverrideError
from recommender.messages import Message
from recommender.overrides.override import Kind, Override, Scope
from recommender.text.plain_text import line

PLACES = 20
"""As many as a block can have cards."""

FACTORS = (0.1, 10.0)

TARGETS = {
    (True, True): Message("an article and a pick"),
    (True, False): Message("an article"),
    (False, True): Message("a pick"),
}
"""What a kind of decision is about: an article, a pick."""

LONGEST_REASON = 2_000
"""Characters: a paragraph, which is what a history can show."""


def checked(decision: Override, now: float) -> Override:
    """Check a decision by itself, clean its reason, and spell its names as they are kept.

    Raises :class:`OverrideError` naming the field.
    """
    names = {"article": normalize_id(decision.article), "pick": normalize_id(decision.pick)}
    decision = msgspec.structs.replace(decision, **names)
    _check_targets(decision)
    _check_number(Message("place"), decision.place, decision.kind is Kind.PIN, (1, PLACES))
    _check_number(Message("factor"), decision.factor, decision.kind is Kind.BOOST, FACTORS)
    _check_dates(decision, now)
    if len(decision.reason) > LONGEST_REASON:
        raise OverrideError(
            "reason: got %(got)s characters, wanted at most %(most)s",
            got=len(decision.reason),
            most=LONGEST_REASON,
        )
    return msgspec.structs.replace(decision, reason=line(decision.reason))


def check_against(decision: Override, others: Iterable[Override]) -> None:
    """Check a decision against those that stand.

    Raises :class:`OverrideError` for a place that is taken, and for what contradicts or repeats
    another one at some moment.
    """
    for other in others:
        if _overlap(decision, other) and (trouble := _trouble(decision, other)):
            raise OverrideError(
                "%(kind)s %(about)s: %(trouble)s (entry %(entry)s by %(author)s); undo that one "
                "first",
                kind=decision.kind,
                about=decision.about,
                trouble=trouble,
                entry=other.id,
                author=other.author,
            )


def _check_targets(decision: Override) -> None:
    kind, wide = decision.kind, decision.scope is not Scope.ARTICLE
    wanted = {
        Kind.PIN: (True, True),
        Kind.BLOCK: (bool(decision.article), True),
        Kind.BOOST: (False, True),
        Kind.HOLD: (True, False),
        Kind.WITHDRAW: (True, False),
        Kind.UNDO: (bool(decision.article), bool(decision.pick)),
    }[kind]
    got = (bool(decision.article), bool(decision.pick))
    if got != wanted:
        raise OverrideError(
            "%(kind)s: got %(about)s, wanted %(wanted)s",
            kind=kind,
            about=decision.about if any(got) else Message("nothing"),
            wanted=TARGETS[wanted],
        )
    if wide and (kind not in {Kind.BLOCK, Kind.BOOST, Kind.UNDO} or decision.article):
        raise OverrideError(
            "%(kind)s: got a %(scope)s, wanted an article; a section, tag or author can be "
            "blocked or boosted everywhere",
            kind=kind,
            scope=decision.scope,
        )
    if not wide and decision.article and decision.article == decision.pick:
        raise OverrideError(
            "%(kind)s: got %(pick)r under itself, wanted another article",
            kind=kind,
            pick=decision.pick,
        )


def _check_number(
    name: Message, value: float | None, wanted: bool, limits: tuple[float, float]
) -> None:
    low, high = limits
    if wanted and (value is None or not math.isfinite(value) or not low <= value <= high):
        raise OverrideError(
            "%(name)s: got %(got)s, wanted a number from %(low)s to %(high)s",
            name=name,
            got=Message("nothing") if value is None else value,
            low=low,
            high=high,
        )
    if not wanted and value is not None:
        raise OverrideError("%(name)s: got %(got)s where none belongs", name=name, got=value)


def _check_dates(decision: Override, now: float) -> None:
    if decision.ends is None:
        return
    if decision.starts is not None and decision.ends <= decision.starts:
        raise OverrideError("until: got a moment that is not after from, wanted a later one")
    if decision.ends <= now:
        raise OverrideError("until: got a moment that has passed, wanted a later one")


def _overlap(one: Override, other: Override) -> bool:
    return (one.ends is None or other.starts is None or other.starts < one.ends) and (
        other.ends is None or one.starts is None or one.starts < other.ends
    )


def _trouble(one: Override, other: Override) -> Message | None:
    """Say why two decisions of overlapping times cannot both stand; None if they can."""
    if one.kind is other.kind is Kind.PIN and one.article == other.article:
        if one.place == other.place:
            return Message("place %(place)s is taken by %(pick)r", place=one.place, pick=other.pick)
        if one.pick == other.pick:
            return Message("it is pinned at %(place)s", place=other.place)
    if (one.pick, one.scope) != (other.pick, other.scope):
        return None
    both, kinds = one.article == other.article, {one.kind, other.kind}
    if kinds == {Kind.PIN, Kind.BLOCK} and (both or "" in {one.article, other.article}):
        pinned = Message("%(pick)r is pinned", pick=other.pick)
        return pinned if other.kind is Kind.PIN else Message("%(pick)r is blocked", pick=other.pick)
    if len(kinds) == 1 and both and one.kind is not Kind.PIN:
        return Message("it is so already")
    return None
