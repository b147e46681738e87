"""Boosting, burying and blocking an article, section, tag or author in every block."""

from __future__ import annotations

import time
from typing import Any

from flask import Blueprint, Response, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest

from recommender.catalogue.accounts import Role
from recommender.errors import ConflictError, OverrideError
from recommender.messages import Message
from recommender.overrides.override import Kind, Override, Scope
from recommender.overrides.standing import ActiveLog
from recommender.overrides.validation import FACTORS, checked
from service.desk.presenters.auth import requires
from service.desk.presenters.context import DeskContext
from service.desk.presenters.forms import dates, number
from service.desk.presenters.i18n import said
from service.desk.presenters.impact import impact_preview
from service.desk.presenters.search_index import card_of
from service.desk.presenters.targets import Target, entries_about, target_of

NEWEST = 10
"""Articles of a section, tag or author that its page names."""


def blueprint(office: DeskContext) -> Blueprint:
    """Make the routes of a target's page."""
    routes = Blueprint("everywhere", __name__, url_prefix="/desk")

    @routes.get("/everywhere")
    @requires(Role.VIEWER)
    def target() -> ResponseReturnValue:
        return _page(office, _target(office))

    @routes.post("/everywhere")
    @requires(Role.EDITOR)
    def decide() -> ResponseReturnValue:
        target, now = _target(office), time.time()
        try:
            one = decision_from(office, target.scope, target.name)
            if request.form.get("do") == "save":
                entry = _saved(office, target, one, now)
                return redirect(f"{target.url}&saved={entry.id}", 303)
            state, checked_one = office.state(), checked(one, now)
        except ConflictError as error:
            newest = error.newer[-1].id
            return _page(office, target, status=412, newer=error.newer, seen=newest)
        except OverrideError as error:
            flash(said(error), "trouble")
            return _page(office, target, status=422)
        shown = impact_preview(state.snapshot, state.force, checked_one, target.rows, now)
        return _page(office, target, effect=shown)

    return routes


def _target(office: DeskContext) -> Target:
    scope, name = request.args.get("scope", ""), request.args.get("name", "")
    return target_of(office, office.state().snapshot, scope, name)


def decision_from(office: DeskContext, scope: Scope, pick: str) -> Override:
    """Read the form: a boost, a block, or, of many articles, a hold."""
    form = request.form
    kinds = {"boost": Kind.BOOST, "block": Kind.BLOCK, "hold": Kind.HOLD}
    kind = kinds.get(form.get("kind", ""))
    if kind is None:
        raise BadRequest(said("kind: wanted boost, block or hold"))
    start, end = dates(form.get("start", ""), form.get("end", ""), office.settings.zone)
    return Override(
        kind=kind,
        pick=pick,
        scope=scope,
        factor=_factor(form.get("factor", "")) if kind is Kind.BOOST else None,
        reason=form.get("reason", ""),
        author=g.editor.name,
        starts=start,
        ends=end,
    )


def _factor(text: str) -> float:
    try:
        return float(text.replace(",", "."))
    except ValueError as error:
        raise OverrideError(
            "%(name)s: got %(got)r, wanted a number from %(low)s to %(high)s",
            name=Message("factor"),
            got=text[:40],
            low=FACTORS[0],
            high=FACTORS[1],
        ) from error


def _saved(office: DeskContext, target: Target, one: Override, now: float) -> Override:
    """Add a decision unless somebody decided about the same target since the page was made."""
    seen = number(request.form.get("seen", ""))
    while True:
        try:
            (entry,) = office.log.add([one], now, seen={"": seen})
        except ConflictError as error:
            if any(target.about(newer) for newer in error.newer):
                raise
            # It was about other sections, tags, authors or articles.
            seen = error.newer[-1].id
            continue
        office.saved()
        return entry


def _page(
    office: DeskContext, target: Target, status: int = 200, **shown: Any
) -> ResponseReturnValue:
    snapshot, now = office.state().snapshot, time.time()
    entries = entries_about(office, target)
    given = {
        "target": target,
        "standing": [d for d in ActiveLog(entries).decisions() if d.ends is None or d.ends > now],
        "entries": entries[::-1],
        "newest": [card_of(snapshot, row) for row in target.rows[:NEWEST]],
        "seen": office.log.version(""),
        "one_article": target.scope is Scope.ARTICLE,
        "saved": request.args.get("saved", ""),
        "form": request.form,
    }
    return Response(render_template("everywhere.html", **given | shown), status)
