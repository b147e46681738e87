"""Overviews: what is held, withdrawn, blocked, boosted; shown most and never; to look at."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from numpy.typing import NDArray

from recommender.catalogue.accounts import Role
from recommender.overrides import import_export
from recommender.overrides.override import Kind, Override
from recommender.overrides.resolve import RowLookup
from recommender.reports.agreement import model_agreement
from recommender.reports.override_review import review_queue
from recommender.serving.filters import Query, is_public
from recommender.serving.recommend import related
from recommender.snapshots.snapshot import Snapshot
from service.desk.presenters.auth import requires
from service.desk.presenters.context import DeskContext
from service.desk.presenters.forms import number
from service.desk.presenters.i18n import marked
from service.desk.presenters.search_index import card_of
from service.state.live import ServingState

MOST = 20
"""Articles or decisions in an overview's list."""

NEWEST = 2_000
"""Articles whose cards are counted for the overview. Ranking them takes about .15 s."""

PAGE = 200
"""Decisions or articles on a page of all of them."""

KINDS: dict[str, tuple[str, Callable[[Override], bool]]] = {
    "held": (marked("Held"), lambda d: d.kind is Kind.HOLD),
    "withdrawn": (marked("Withdrawn"), lambda d: d.kind is Kind.WITHDRAW),
    "pinned": (marked("Pinned"), lambda d: d.kind is Kind.PIN),
    "blocked": (marked("Blocked everywhere"), lambda d: d.kind is Kind.BLOCK and not d.article),
    "blocked-here": (
        marked("Blocked under one article"),
        lambda d: d.kind is Kind.BLOCK and bool(d.article),
    ),
    "boosted": (marked("Boosted or buried"), lambda d: d.kind is Kind.BOOST),
}
"""What stands, by the names that addresses of pages have for it."""


def blueprint(office: DeskContext) -> Blueprint:
    """Make the routes of the overviews."""
    routes = Blueprint("overviews", __name__, url_prefix="/desk")

    @routes.get("/overview")
    @requires(Role.VIEWER)
    def overview() -> ResponseReturnValue:
        state, now = office.state(), time.time()
        groups = [(kind, name, _standing(office, kind, now)) for kind, (name, _) in KINDS.items()]
        known = office.live.watcher.known.decisions
        agreed = model_agreement(RowLookup(state.snapshot), known, state.force, now)
        found = shown(state, now)
        return render_template(
            "overview.html",
            groups=groups,
            often=_often(state.snapshot, found.counts),
            pages=found.pages,
            never=_cards(state.snapshot, found.never[:MOST]),
            count=len(found.never),
            agreed=agreed,
            most=MOST,
        )

    @routes.get("/overview/<any({}):kind>".format(", ".join(f'"{kind}"' for kind in KINDS)))
    @requires(Role.VIEWER)
    def all_of(kind: str) -> ResponseReturnValue:
        first = number(request.args.get("first", ""))
        found = _standing(office, kind, time.time())
        return render_template(
            "all.html",
            name=KINDS[kind][0],
            entries=found[first : first + PAGE],
            count=len(found),
            more=first + PAGE if len(found) > first + PAGE else None,
        )

    @routes.get("/overview/never")
    @requires(Role.VIEWER)
    def never() -> ResponseReturnValue:
        state, first = office.state(), number(request.args.get("first", ""))
        rows = shown(state, time.time()).never
        return render_template(
            "all.html",
            name=marked("Never shown"),
            cards=_cards(state.snapshot, rows[first : first + PAGE]),
            count=len(rows),
            more=first + PAGE if len(rows) > first + PAGE else None,
        )

    @routes.get("/attention")
    @requires(Role.VIEWER)
    def needing() -> ResponseReturnValue:
        state = office.state()
        standing = office.live.watcher.known.decisions
        found = review_queue(RowLookup(state.snapshot), standing, state.at, time.time())
        return render_template("attention.html", found=found)

    @routes.get("/export.<any(csv, json):form>")
    @requires(Role.VIEWER)
    def export(form: str) -> ResponseReturnValue:
        kind = "text/csv" if form == "csv" else "application/json"
        headers = {"Content-Disposition": f"attachment; filename=overrides.{form}"}
        return Response(import_export.written(office.log.standing(), form), 200, headers, kind)

    return routes


def _standing(office: DeskContext, kind: str, now: float) -> list[Override]:
    """List what holds now of a kind, newest first."""
    known = office.live.watcher.known.decisions
    return [d for d in reversed(known) if KINDS[kind][1](d) and d.holds(now)]


class Shown(NamedTuple):
    """How often articles are cards of the newest public articles."""

    pages: int
    """Number of articles whose cards were counted."""
    counts: NDArray[np.int64]
    """Shape (n,), by row: under how many of these articles it is a card."""
    never: list[int]
    """Rows of those of these articles that are a card of none, newest first."""


def shown(state: ServingState, now: float) -> Shown:
    """Rank the newest :data:`NEWEST` public articles and count their cards.

    ``now`` is in seconds since 1970 UTC.
    """
    snapshot, force = state.snapshot, state.force
    public = (row for row in range(len(snapshot)) if is_public(snapshot, row, now, force))
    newest = list(islice(public, NEWEST))
    cards = [pick.row for row in newest for pick in related(snapshot, row, Query(), now, force)]
    counts = np.bincount(np.array(cards, dtype=np.int64), minlength=len(snapshot))
    return Shown(len(newest), counts, [row for row in newest if counts[row] == 0])


def _often(snapshot: Snapshot, counts: NDArray[np.int64]) -> list[tuple[dict[str, Any], int]]:
    best = np.argsort(-counts, kind="stable")[:MOST].tolist()
    return [(card_of(snapshot, row), int(counts[row])) for row in best]


def _cards(snapshot: Snapshot, rows: list[int]) -> list[dict[str, Any]]:
    return [card_of(snapshot, row) for row in rows]
