"""Decisions that an editor should look at again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

from recommender.overrides.active import ActiveOverrides
from recommender.overrides.override import Kind, Override
from recommender.overrides.resolve import RowLookup
from recommender.serving.filters import Query
from recommender.serving.recommend import related

SOON = 48 * 3600
"""Seconds before its end at which a decision is about to expire: a weekend's notice."""

MOST = 500
"""Pins that are compared with what the model would choose, or looked at as of their start; each
costs as much as a request."""

Reason = Literal[
    "withdrawn", "embargoed", "expired", "missing", "blocked", "later", "ending", "anyway"
]


class ReviewItem(NamedTuple):
    """A decision, and why somebody should look at it."""

    decision: Override
    reason: Reason


def review_queue(
    rows: RowLookup,
    standing: Sequence[Override],
    at: Callable[[float], ActiveOverrides],
    now: float,
) -> list[ReviewItem]:
    """Find pins that are skipped, decisions that end soon, pins that the model chooses anyway.

    ``at`` tells what will be in force at a moment: a pin that starts later may be skipped then.
    """
    found: list[ReviewItem] = []
    asked, force = 0, at(now)
    for one in standing:
        if not one.holds(now):
            continue
        if one.kind is Kind.PIN and (reason := _skipped(rows, one.pick, force, now)):
            found.append(ReviewItem(one, reason))
        elif one.ends is not None and one.ends - now < SOON:
            found.append(ReviewItem(one, "ending"))
        elif one.kind is Kind.PIN and asked < MOST:
            asked += 1
            if _anyway(rows, one, force, now):
                found.append(ReviewItem(one, "anyway"))
    return found + _later(rows, standing, at, now)


def _later(
    rows: RowLookup,
    standing: Sequence[Override],
    at: Callable[[float], ActiveOverrides],
    now: float,
) -> list[ReviewItem]:
    """Find pins that will be skipped when they start."""
    begins = [(one, one.starts) for one in standing if one.kind is Kind.PIN and one.starts]
    ahead = [(one, start) for one, start in begins if start > now][:MOST]
    return [
        ReviewItem(one, "later")
        for one, start in ahead
        if _skipped(rows, one.pick, at(start), start)
    ]


def _skipped(rows: RowLookup, pick: str, force: ActiveOverrides, now: float) -> Reason | None:
    """Say why a pin is not shown."""
    row, snapshot = rows.of(pick), rows.snapshot
    if row < 0:
        return "missing"
    if row in force.withdrawn:
        return "withdrawn"
    if snapshot.published[row] > now:
        return "embargoed"
    if snapshot.expires[row] <= now:
        return "expired"
    return "blocked" if force.excluded is not None and force.excluded[row] else None


def _anyway(rows: RowLookup, pin: Override, force: ActiveOverrides, now: float) -> bool:
    article = rows.of(pin.article)
    if article < 0:
        return False
    free = ActiveOverrides(excluded=force.excluded, boost=force.boost, withdrawn=force.withdrawn)
    picks = related(rows.snapshot, article, Query(fill="none"), now, free)
    return rows.of(pin.pick) in [pick.row for pick in picks]
