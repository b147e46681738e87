"""What may be added to the log: each check answers with what was got and what was wanted."""

from __future__ import annotations

import math
from collections.abc import Iterable

import msgspec

from recommender.article import spelled
from recommender.errors import OverrideError
from recommender.overrides.decision import Decision, Kind, Scope
from recommender.plain import line

PLACES = 20
"""As many as a block can have cards."""

FACTORS = (0.1, 10.0)

LONGEST_REASON = 2_000
"""Characters: a paragraph, which is what a history can show."""


def checked(decision: Decision, now: float) -> Decision:
    """Check a decision by itself, clean its reason, and spell its names as they are kept.

    Raises :class:`OverrideError` naming the field.
    """
    names = {"article": spelled(decision.article), "pick": spelled(decision.pick)}
    decision = msgspec.structs.replace(decision, **names)
    _check_targets(decision)
    _check_number("place", decision.place, decision.kind is Kind.PIN, (1, PLACES))
    _check_number("factor", decision.factor, decision.kind is Kind.BOOST, FACTORS)
    _check_dates(decision, now)
    if len(decision.reason) > LONGEST_REASON:
        raise OverrideError(
            f"reason: got {len(decision.reason)} characters, wanted at most {LONGEST_REASON}"
        )
    return msgspec.structs.replace(decision, reason=line(decision.reason))


def check_against(decision: Decision, others: Iterable[Decision]) -> None:
    """Check a decision against those that stand.

    Raises :class:`OverrideError` for a place that is taken, and for what contradicts or repeats
    another one at some moment.
    """
    for other in others:
        if _overlap(decision, other) and (trouble := _trouble(decision, other)):
            raise OverrideError(
                f"{decision.kind} {decision.about}: {trouble} (entry {other.id} by "
                f"{other.author}); undo that one first"
            )


def _check_targets(decision: Decision) -> None:
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
        names = [n for n, w in zip(("an article", "a pick"), wanted, strict=True) if w]
        raise OverrideError(
            f"{kind}: got {decision.about or 'nothing'!r}, wanted {' and '.join(names)}"
        )
    if wide and (kind not in {Kind.BLOCK, Kind.BOOST, Kind.UNDO} or decision.article):
        raise OverrideError(
            f"{kind}: got a {decision.scope}, wanted an article; a section, tag or author can be "
            "blocked or boosted everywhere"
        )
    if not wide and decision.article and decision.article == decision.pick:
        raise OverrideError(f"{kind}: got {decision.pick!r} under itself, wanted another article")


def _check_number(
    name: str, value: float | None, wanted: bool, limits: tuple[float, float]
) -> None:
    low, high = limits
    if wanted and (value is None or not math.isfinite(value) or not low <= value <= high):
        raise OverrideError(f"{name}: got {value}, wanted a number from {low} to {high}")
    if not wanted and value is not None:
        raise OverrideError(f"{name}: got {value} where none belongs")


def _check_dates(decision: Decision, now: float) -> None:
    if decision.ends is None:
        return
    if decision.starts is not None and decision.ends <= decision.starts:
        raise OverrideError("until: got a moment that is not after from, wanted a later one")
    if decision.ends <= now:
        raise OverrideError("until: got a moment that has passed, wanted a later one")


def _overlap(one: Decision, other: Decision) -> bool:
    return (one.ends is None or other.starts is None or other.starts < one.ends) and (
        other.ends is None or one.starts is None or one.starts < other.ends
    )


def _trouble(one: Decision, other: Decision) -> str:
    """Say why two decisions of overlapping times cannot both stand; "" if they can."""
    if one.kind is other.kind is Kind.PIN and one.article == other.article:
        if one.place == other.place:
            return f"place {one.place} is taken by {other.pick!r}"
        if one.pick == other.pick:
            return f"it is pinned at {other.place}"
    if (one.pick, one.scope) != (other.pick, other.scope):
        return ""
    both, kinds = one.article == other.article, {one.kind, other.kind}
    if kinds == {Kind.PIN, Kind.BLOCK} and (both or "" in {one.article, other.article}):
        return f"{other.pick!r} is {'pinned' if other.kind is Kind.PIN else 'blocked'}"
    if len(kinds) == 1 and both and one.kind is not Kind.PIN and not (one.pushed or other.pushed):
        return "it is so already"
    return ""
