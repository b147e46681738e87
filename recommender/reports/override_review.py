"""Review of overrides: those that need attention, and how often the model agrees with them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice
from typing import Literal, NamedTuple

from recommender.overrides.active import ActiveOverrides
from recommender.overrides.override import Kind, Override, Scope
from recommender.overrides.resolve import RowLookup
from recommender.serving.filters import Query, is_public
from recommender.serving.recommend import related

ENDS_SOON_SECONDS = 48 * 3600
"""Time before its end at which an override is listed: enough for a weekend."""

MAX_COMPARED = 500
"""Overrides that are compared with the model's lists; each costs as much as a request."""

MODEL_QUERY = Query(fill="none")
"""The model's own list: related articles only."""

Reason = Literal[
    "withdrawn", "embargoed", "expired", "missing", "blocked", "later", "ending", "anyway"
]


class ReviewItem(NamedTuple):
    """An override, and why an editor should look at it."""

    decision: Override
    reason: Reason


class ModelAgreement(NamedTuple):
    """How often the model alone agrees with pins and blocks."""

    pinned: int
    """Pins that were compared."""
    chosen: int
    """Pins whose article the model recommends too."""
    blocked: int
    """Blocks that were compared."""
    left_out: int
    """Blocks whose article the model does not recommend either."""


def review_queue(
    rows: RowLookup,
    overrides: Sequence[Override],
    active_at: Callable[[float], ActiveOverrides],
    now: float,
) -> list[ReviewItem]:
    """List pins that are skipped or needless, and overrides that end soon.

    Parameters
    ----------
    overrides : the stored overrides that are not undone.
    active_at : returns the active overrides at a time. A pin that starts later may be skipped
        then.
    now : seconds since 1970 UTC.
    """
    found: list[ReviewItem] = []
    compared, active = 0, active_at(now)
    for override in overrides:
        if not override.active_at(now):
            continue
        if override.kind is Kind.PIN and (reason := _skipped(rows, override.pick, active, now)):
            found.append(ReviewItem(override, reason))
        elif override.ends is not None and override.ends - now < ENDS_SOON_SECONDS:
            found.append(ReviewItem(override, "ending"))
        elif override.kind is Kind.PIN and compared < MAX_COMPARED:
            compared += 1
            if _is_needless(rows, override, active, now):
                found.append(ReviewItem(override, "anyway"))
    return found + _skipped_later(rows, overrides, active_at, now)


def model_agreement(
    rows: RowLookup, overrides: Sequence[Override], active: ActiveOverrides, now: float
) -> ModelAgreement:
    """Compare pins and blocks under single articles with the model's lists, ended ones included.

    Parameters
    ----------
    overrides : the stored overrides that are not undone, oldest first. The newest
        :data:`MAX_COMPARED` whose articles are both public are compared.
    now : seconds since 1970 UTC.
    """
    model_only = ActiveOverrides(withdrawn=active.withdrawn)
    lists: dict[int, set[int]] = {}
    counts = {(kind, listed): 0 for kind in (Kind.PIN, Kind.BLOCK) for listed in (True, False)}
    comparable = (one for one in reversed(overrides) if _is_comparable(rows, one, active, now))
    for override in islice(comparable, MAX_COMPARED):
        row = rows.of(override.article)
        if row not in lists:
            lists[row] = {
                card.row for card in related(rows.snapshot, row, MODEL_QUERY, now, model_only)
            }
        counts[override.kind, rows.of(override.pick) in lists[row]] += 1
    return ModelAgreement(
        pinned=counts[Kind.PIN, True] + counts[Kind.PIN, False],
        chosen=counts[Kind.PIN, True],
        blocked=counts[Kind.BLOCK, True] + counts[Kind.BLOCK, False],
        left_out=counts[Kind.BLOCK, False],
    )


def _skipped_later(
    rows: RowLookup,
    overrides: Sequence[Override],
    active_at: Callable[[float], ActiveOverrides],
    now: float,
) -> list[ReviewItem]:
    """List pins that will be skipped when they start."""
    starts = [(one, one.starts) for one in overrides if one.kind is Kind.PIN and one.starts]
    upcoming = [(one, start) for one, start in starts if start > now][:MAX_COMPARED]
    return [
        ReviewItem(one, "later")
        for one, start in upcoming
        if _skipped(rows, one.pick, active_at(start), start)
    ]


def _skipped(rows: RowLookup, pick: str, active: ActiveOverrides, now: float) -> Reason | None:
    """Return why a pin is not shown; None where it is."""
    row, snapshot = rows.of(pick), rows.snapshot
    if row < 0:
        return "missing"
    if row in active.withdrawn:
        return "withdrawn"
    if snapshot.published[row] > now:
        return "embargoed"
    if snapshot.expires[row] <= now:
        return "expired"
    return "blocked" if active.excluded is not None and active.excluded[row] else None


def _is_needless(rows: RowLookup, pin: Override, active: ActiveOverrides, now: float) -> bool:
    """Return whether the model recommends a pinned article without the pin."""
    article = rows.of(pin.article)
    if article < 0:
        return False
    without_pins = ActiveOverrides(
        excluded=active.excluded, boost=active.boost, withdrawn=active.withdrawn
    )
    cards = related(rows.snapshot, article, MODEL_QUERY, now, without_pins)
    return rows.of(pin.pick) in [card.row for card in cards]


def _is_comparable(
    rows: RowLookup, override: Override, active: ActiveOverrides, now: float
) -> bool:
    """Return whether an override is a pin or block under one article, and both are public."""
    if (
        override.kind not in {Kind.PIN, Kind.BLOCK}
        or override.scope is not Scope.ARTICLE
        or not override.article
    ):
        return False
    both = (rows.of(override.article), rows.of(override.pick))
    return all(row >= 0 and is_public(rows.snapshot, row, now, active) for row in both)
