"""Overviews: the active overrides by kind, the most and never recommended, the review queue."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from numpy.typing import NDArray

from recommender.catalogue.accounts import Role
from recommender.overrides.override import Kind, Override
from recommender.overrides.resolve import RowLookup
from recommender.reports.override_review import model_agreement, review_queue
from recommender.serving.filters import Query, is_public
from recommender.serving.recommend import related
from recommender.snapshots.snapshot import Snapshot
from service.desk.presenters.auth import requires
from service.desk.presenters.context import DeskContext
from service.desk.presenters.forms import parse_number
from service.desk.presenters.i18n import gettext_noop
from service.state.snapshot_watcher import ServingState

MAX_LISTED = 20
"""Articles or overrides in each list of the overview."""

MAX_RANKED = 2_000
"""Newest articles whose cards are counted. Ranking them takes about .15 s."""

PAGE_SIZE = 200
"""Overrides or articles on a page of a whole list."""


class OverrideList(NamedTuple):
    """One list of the overview."""

    title: str
    """Heading, to translate."""
    contains: Callable[[Override], bool]
    """Whether an override belongs to it."""


LISTS = {
    "held": OverrideList(gettext_noop("Related posts switched off"), lambda o: o.kind is Kind.HOLD),
    "withdrawn": OverrideList(gettext_noop("Withdrawn"), lambda o: o.kind is Kind.WITHDRAW),
    "pinned": OverrideList(gettext_noop("Pinned"), lambda o: o.kind is Kind.PIN),
    "blocked": OverrideList(
        gettext_noop("Blocked site-wide"), lambda o: o.kind is Kind.BLOCK and not o.article
    ),
    "blocked-here": OverrideList(
        gettext_noop("Blocked under one article"),
        lambda o: o.kind is Kind.BLOCK and bool(o.article),
    ),
    "boosted": OverrideList(
        gettext_noop("Recommended more or less often"), lambda o: o.kind is Kind.BOOST
    ),
}
"""The lists of active overrides, by their name in addresses."""


def blueprint(context: DeskContext) -> Blueprint:
    """Create the routes of the overviews."""
    routes = Blueprint("overview", __name__, url_prefix="/desk")

    @routes.get("/overview")
    @requires(Role.VIEWER)
    def page() -> ResponseReturnValue:
        return _overview(context, time.time())

    @routes.get("/overview/<any({}):kind>".format(", ".join(f'"{kind}"' for kind in LISTS)))
    @requires(Role.VIEWER)
    def overrides(kind: str) -> ResponseReturnValue:
        found = _active(context, kind, time.time())
        return _list_page(LISTS[kind].title, len(found), lambda part: {"entries": found[part]})

    @routes.get("/overview/never")
    @requires(Role.VIEWER)
    def never() -> ResponseReturnValue:
        state = context.state()
        rows = count_cards(state, time.time()).never
        return _list_page(
            gettext_noop("Never recommended"),
            len(rows),
            lambda part: {"cards": _cards(state.snapshot, rows[part])},
        )

    @routes.get("/attention")
    @requires(Role.VIEWER)
    def needs_attention() -> ResponseReturnValue:
        state = context.state()
        known = context.watcher.override_watcher.known.overrides
        found = review_queue(RowLookup(state.snapshot), known, state.overrides_at, time.time())
        return render_template("attention.html", found=found)

    return routes


def _overview(context: DeskContext, now: float) -> str:
    state = context.state()
    known = context.watcher.override_watcher.known.overrides
    counted = count_cards(state, now)
    return render_template(
        "overview.html",
        lists=[(kind, one.title, _active(context, kind, now)) for kind, one in LISTS.items()],
        most_recommended=_most_recommended(state.snapshot, counted.counts),
        articles=counted.articles,
        never=_cards(state.snapshot, counted.never[:MAX_LISTED]),
        never_count=len(counted.never),
        agreement=model_agreement(RowLookup(state.snapshot), known, state.overrides, now),
        limit=MAX_LISTED,
    )


def _list_page(title: str, count: int, items: Callable[[slice], dict[str, Any]]) -> str:
    """Render one page of a whole list; ``items`` returns the template's values of a slice."""
    first = parse_number(request.args.get("first", ""))
    end = first + PAGE_SIZE
    more = end if count > end else None
    values = items(slice(first, end))
    return render_template("overview_list.html", title=title, count=count, more=more, **values)


def _active(context: DeskContext, kind: str, now: float) -> list[Override]:
    """Return the active overrides of a list, newest first."""
    known = context.watcher.override_watcher.known.overrides
    return [one for one in reversed(known) if LISTS[kind].contains(one) and one.active_at(now)]


class CardCounts(NamedTuple):
    """How often articles are recommended under the newest public articles."""

    articles: int
    """Number of articles whose cards were counted."""
    counts: NDArray[np.int64]
    """Shape (n,), by row: under how many of these articles it is a card."""
    never: list[int]
    """Rows of those of these articles that are a card of none, newest first."""


def count_cards(state: ServingState, now: float) -> CardCounts:
    """Rank the newest :data:`MAX_RANKED` public articles and count their cards.

    ``now`` is in seconds since 1970 UTC.
    """
    snapshot, active = state.snapshot, state.overrides
    every = snapshot.newest_first().tolist()
    public = (row for row in every if is_public(snapshot, row, now, active))
    newest = list(islice(public, MAX_RANKED))
    cards = [pick.row for row in newest for pick in related(snapshot, row, Query(), now, active)]
    counts = np.bincount(np.array(cards, dtype=np.int64), minlength=len(snapshot))
    return CardCounts(len(newest), counts, [row for row in newest if counts[row] == 0])


def _most_recommended(
    snapshot: Snapshot, counts: NDArray[np.int64]
) -> list[tuple[dict[str, Any], int]]:
    best = np.argsort(-counts, kind="stable")[:MAX_LISTED].tolist()
    return [(snapshot.card(row), int(counts[row])) for row in best]


def _cards(snapshot: Snapshot, rows: list[int]) -> list[dict[str, Any]]:
    return [snapshot.card(row) for row in rows]
