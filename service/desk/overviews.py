"""Overviews: what is held, withdrawn, blocked, boosted; shown most and never; to look at."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from recommender.editors import Role
from recommender.overrides import exchange
from recommender.overrides.agreement import agreement
from recommender.overrides.attention import attention
from recommender.overrides.decision import Decision, Kind
from recommender.overrides.resolving import Rows
from recommender.snapshot import Snapshot
from service.desk.finding import card_of
from service.desk.languages import marked
from service.desk.office import Office
from service.desk.signing import needs

MOST = 20
"""Articles in an overview's list."""


def blueprint(office: Office) -> Blueprint:
    """Make the routes of the overviews."""
    routes = Blueprint("overviews", __name__, url_prefix="/desk")

    @routes.get("/overview")
    @needs(Role.VIEWER)
    def overview() -> ResponseReturnValue:
        state, now = office.state(), time.time()
        standing = [d for d in office.live.following.known.decisions if d.holds(now)]
        groups = [
            (marked("Held"), [d for d in standing if d.kind is Kind.HOLD]),
            (marked("Withdrawn"), [d for d in standing if d.kind is Kind.WITHDRAW]),
            (
                marked("Blocked everywhere"),
                [d for d in standing if d.kind is Kind.BLOCK and not d.article],
            ),
            (marked("Blocked under one article"), [d for d in standing if _here(d)]),
            (marked("Boosted or buried"), [d for d in standing if d.kind is Kind.BOOST]),
        ]
        often, never, count = _shown(state.snapshot)
        known = office.live.following.known.decisions
        agreed = agreement(Rows(state.snapshot), known, state.force, now)
        return render_template(
            "overview.html", groups=groups, often=often, never=never, count=count, agreed=agreed
        )

    @routes.get("/attention")
    @needs(Role.VIEWER)
    def needing() -> ResponseReturnValue:
        state = office.state()
        standing = office.live.following.known.decisions
        found = attention(Rows(state.snapshot), standing, state.force, time.time())
        return render_template("attention.html", found=found)

    @routes.get("/export.<any(csv, json):form>")
    @needs(Role.VIEWER)
    def export(form: str) -> ResponseReturnValue:
        kind = "text/csv" if form == "csv" else "application/json"
        headers = {"Content-Disposition": f"attachment; filename=overrides.{form}"}
        return Response(exchange.written(office.log.standing(), form), 200, headers, kind)

    return routes


def _here(one: Decision) -> bool:
    return one.kind is Kind.BLOCK and bool(one.article)


def _shown(snapshot: Snapshot) -> tuple[list[tuple[dict[str, Any], int]], list[Any], int]:
    """Count under how many articles each is among the six of best affinity."""
    best = snapshot.candidates[:, :6]
    counts = np.bincount(best[best >= 0], minlength=len(snapshot))
    often = [
        (card_of(snapshot, row), int(counts[row]))
        for row in np.argsort(-counts, kind="stable")[:MOST].tolist()
    ]
    never = np.flatnonzero(counts == 0)
    return often, [card_of(snapshot, row) for row in never[:MOST].tolist()], len(never)
