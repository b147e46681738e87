"""Review of overrides: those that need attention, and how often the model agrees with them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
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
    "withdrawn",
    "embargoed",
    "expired",
    "missing",
    "blocked",
    "later",
    "ending",
    "hidden",
    "unmatched",
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
    unmatched: Collection[int] = (),
) -> list[ReviewItem]:
    """List what somebody must decide: skipped pins, overrides that end soon or have no effect.

    Parameters
    ----------
    overrides : the stored overrides that are not undone.
    active_at : returns the active overrides at a time. A pin that starts later may be skipped
        then.
    now : seconds since 1970 UTC.
    unmatched : numbers of the rules for a section, tag or author that no article has.
    """
    found: list[ReviewItem] = []
    active = active_at(now)
    for override in overrides:
        if not override.active_at(now):
            continue
        if override.kind is Kind.PIN and (reason := _skipped(rows, override.pick, active, now)):
            found.append(ReviewItem(override, reason))
        elif override.id in unmatched:
            found.append(ReviewItem(override, "unmatched"))
        elif override.ends is not None and override.ends - now < ENDS_SOON_SECONDS:
            found.append(ReviewItem(override, "ending"))
        elif _is_about_withdrawn(rows, override, active):
            found.append(ReviewItem(override, "hidden"))
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


def agreed_pins(
    rows: RowLookup, pins: Sequence[Override], active: ActiveOverrides, now: float
) -> frozenset[int]:
    """Return the numbers of the pins whose article the model would show at the same position.

    Parameters
    ----------
    pins : pins under articles; the first :data:`MAX_COMPARED` are compared.
    active : the overrides that are active at ``now``, in seconds since 1970 UTC.
    """
    without_pins = ActiveOverrides(
        excluded=active.excluded, boost=active.boost, withdrawn=active.withdrawn
    )
    lists: dict[int, list[int]] = {}
    found = set()
    for pin in pins[:MAX_COMPARED]:
        row, place = rows.of(pin.article), pin.place or 0
        if row < 0:
            continue
        if row not in lists:
            cards = related(rows.snapshot, row, MODEL_QUERY, now, without_pins)
            lists[row] = [card.row for card in cards]
        if lists[row][place - 1 : place] == [rows.of(pin.pick)]:
            found.add(pin.id)
    return frozenset(found)


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


def _is_about_withdrawn(rows: RowLookup, override: Override, active: ActiveOverrides) -> bool:
    """Return whether a rule has no effect, because its article is withdrawn."""
    if not active.withdrawn or override.kind in {Kind.WITHDRAW, Kind.SHOW}:
        return False
    named = override.article or (override.pick if override.scope is Scope.ARTICLE else "")
    return bool(named) and rows.of(named) in active.withdrawn


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
