"""Overviews: statistics, the active overrides by kind, frequent cards, and what needs attention."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from models.time_units import SECONDS_PER_DAY
from recommender.catalogue.accounts import Role
from recommender.overrides.override import Kind, Override
from recommender.reports.card_counts import FEW_RELATED, CardCounts
from recommender.reports.override_review import agreed_pins
from recommender.snapshots.snapshot import Snapshot
from service.desk.presenters.auth import requires
from service.desk.presenters.context import DeskContext
from service.desk.presenters.forms import parse_number
from service.desk.presenters.i18n import gettext_noop
from service.desk.presenters.site_stats import SiteStats
from service.state.serving_state import ServingState

MAX_LISTED = 10
"""Articles in each list of the overview."""

MAX_ATTENTION = 20
"""Articles in each list of "Needs attention"."""

PAGE_SIZE = 100
"""Overrides or articles on a page of a whole list."""

WEEK_SECONDS = 7 * SECONDS_PER_DAY


class OverrideList(NamedTuple):
    """One list of the overview."""

    title: str
    """Heading, to translate."""
    contains: Callable[[Override, float], bool]
    """Whether an override belongs to it at a time."""


def _is(kind: Kind, override: Override, _now: float) -> bool:
    return override.kind is kind


LISTS = {
    "active": OverrideList(gettext_noop("All active changes"), lambda _, __: True),
    "ending": OverrideList(
        gettext_noop("Ending within a week"),
        lambda o, now: o.ends is not None and o.ends - now < WEEK_SECONDS,
    ),
    "held": OverrideList(
        gettext_noop("Rules that switch related posts off"), partial(_is, Kind.HOLD)
    ),
    "withdrawn": OverrideList(gettext_noop("Withdrawn articles"), partial(_is, Kind.WITHDRAW)),
    "pinned": OverrideList(gettext_noop("Pins"), partial(_is, Kind.PIN)),
    "blocked": OverrideList(
        gettext_noop("Never recommended, site-wide"),
        lambda o, _: o.kind is Kind.BLOCK and not o.article,
    ),
    "blocked-here": OverrideList(
        gettext_noop("Blocked under one article"),
        lambda o, _: o.kind is Kind.BLOCK and bool(o.article),
    ),
    "boosted": OverrideList(
        gettext_noop("Recommended more or less often"), partial(_is, Kind.BOOST)
    ),
}
"""The lists of active overrides, by their name in addresses."""


def blueprint(context: DeskContext, stats: SiteStats) -> Blueprint:
    """Create the routes of the overviews."""
    routes = Blueprint("overview", __name__, url_prefix="/desk")

    @routes.get("/overview")
    @requires(Role.VIEWER)
    def page() -> ResponseReturnValue:
        return _overview(stats, context.state(), time.time())

    @routes.get("/overview/<any({}):kind>".format(", ".join(f'"{kind}"' for kind in LISTS)))
    @requires(Role.VIEWER)
    def overrides(kind: str) -> ResponseReturnValue:
        return _override_list(kind, stats, context.state(), time.time())

    @routes.get("/overview/never")
    @requires(Role.VIEWER)
    def never() -> ResponseReturnValue:
        state = context.state()
        rows = stats.card_counts(state, time.time()).never
        return _list_page(
            gettext_noop("Articles in no list"),
            len(rows),
            lambda part: {"cards": _cards(state.snapshot, rows[part])},
        )

    @routes.get("/attention")
    @requires(Role.VIEWER)
    def needs_attention() -> ResponseReturnValue:
        return _attention(stats, context.state(), time.time())

    return routes


def _overview(stats: SiteStats, state: ServingState, now: float) -> str:
    snapshot, counted = state.snapshot, stats.card_counts(state, now)
    active = _active(stats, state, now)
    return render_template(
        "overview.html",
        lists=[(kind, one.title, len(active[kind])) for kind, one in LISTS.items()],
        most_recommended=_most_recommended(snapshot, counted),
        counted=counted,
        never=_cards(snapshot, counted.never[:MAX_LISTED]),
        agreement=stats.model_agreement(state, now),
    )


def _override_list(kind: str, stats: SiteStats, state: ServingState, now: float) -> str:
    found = _active(stats, state, now)[kind]

    def values(part: slice) -> dict[str, Any]:
        pins = [one for one in found[part] if one.kind is Kind.PIN]
        agreed = agreed_pins(state.rows, pins, state.overrides, now)
        return {"entries": found[part], "agreed": agreed}

    return _list_page(LISTS[kind].title, len(found), values)


def _attention(stats: SiteStats, state: ServingState, now: float) -> str:
    """Render what somebody must decide: overrides first, then articles."""
    snapshot, counted = state.snapshot, stats.card_counts(state, now)
    found = stats.review_queue(state, now)
    return render_template(
        "attention.html",
        found=found[:PAGE_SIZE],
        found_count=len(found),
        few=[(snapshot.card(row), count) for row, count in counted.few[:MAX_ATTENTION]],
        few_count=len(counted.few),
        few_limit=FEW_RELATED,
        unpictured=_unpictured(snapshot, counted),
    )


def _unpictured(snapshot: Snapshot, counted: CardCounts) -> list[tuple[dict[str, Any], int]]:
    """List frequent cards without a picture, where most cards of the site have one."""
    shown = np.argsort(-counted.counts, kind="stable")[: 10 * MAX_ATTENTION].tolist()
    cards = [(snapshot.card(row), int(counted.counts[row])) for row in shown]
    without = [(card, count) for card, count in cards if count and not card["image"]]
    return without[:MAX_ATTENTION] if 2 * len(without) < len(cards) else []


def _list_page(title: str, count: int, items: Callable[[slice], dict[str, Any]]) -> str:
    """Render one page of a whole list; ``items`` returns the template's values of a slice."""
    first = parse_number(request.args.get("first", ""))
    end = first + PAGE_SIZE
    more = end if count > end else None
    values = items(slice(first, end))
    return render_template("overview_list.html", title=title, count=count, more=more, **values)


def _active(stats: SiteStats, state: ServingState, now: float) -> dict[str, list[Override]]:
    """Return the active overrides of each list, newest first."""
    return stats.active({kind: one.contains for kind, one in LISTS.items()}, state, now)


def _most_recommended(snapshot: Snapshot, counted: CardCounts) -> list[tuple[dict[str, Any], int]]:
    best = np.argsort(-counted.counts, kind="stable")[:MAX_LISTED].tolist()
    return [(snapshot.card(row), int(counted.counts[row])) for row in best]


def _cards(snapshot: Snapshot, rows: list[int]) -> list[dict[str, Any]]:
    return [snapshot.card(row) for row in rows]
