"""Boosting, burying and blocking an article, section, tag or author in every block."""

from __future__ import annotations

import time
from typing import Any

from flask import Blueprint, Response, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest

from recommender.catalogue.accounts import Role
from recommender.errors import OverrideError, StaleError
from recommender.messages import Phrase
from recommender.overrides.override import Decision, Kind, Scope
from recommender.overrides.standing import Standing
from recommender.overrides.validation import FACTORS, checked
from service.desk.presenters.auth import needs
from service.desk.presenters.context import Office
from service.desk.presenters.forms import dates, number
from service.desk.presenters.i18n import said
from service.desk.presenters.impact import effect
from service.desk.presenters.search_index import card_of
from service.desk.presenters.targets import Target, entries_about, target_of

NEWEST = 10
"""Articles of a section, tag or author that its page names."""


def blueprint(office: Office) -> Blueprint:
    """Make the routes of a target's page."""
    routes = Blueprint("everywhere", __name__, url_prefix="/desk")

    @routes.get("/everywhere")
    @needs(Role.VIEWER)
    def target() -> ResponseReturnValue:
        return _page(office, _target(office))

    @routes.post("/everywhere")
    @needs(Role.EDITOR)
    def decide() -> ResponseReturnValue:
        target, now = _target(office), time.time()
        try:
            one = decision_from(office, target.scope, target.name)
            if request.form.get("do") == "save":
                entry = _saved(office, target, one, now)
                return redirect(f"{target.url}&saved={entry.id}", 303)
            state, checked_one = office.state(), checked(one, now)
        except StaleError as error:
            newest = error.newer[-1].id
            return _page(office, target, status=412, newer=error.newer, seen=newest)
        except OverrideError as error:
            flash(said(error), "trouble")
            return _page(office, target, status=422)
        shown = effect(state.snapshot, state.force, checked_one, target.rows, now)
        return _page(office, target, effect=shown)

    return routes


def _target(office: Office) -> Target:
    scope, name = request.args.get("scope", ""), request.args.get("name", "")
    return target_of(office, office.state().snapshot, scope, name)


def decision_from(office: Office, scope: Scope, pick: str) -> Decision:
    """Read the form: a boost, a block, or, of many articles, a hold."""
    form = request.form
    kinds = {"boost": Kind.BOOST, "block": Kind.BLOCK, "hold": Kind.HOLD}
    kind = kinds.get(form.get("kind", ""))
    if kind is None:
        raise BadRequest(said("kind: wanted boost, block or hold"))
    start, end = dates(form.get("start", ""), form.get("end", ""), office.settings.zone)
    return Decision(
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
            name=Phrase("factor"),
            got=text[:40],
            low=FACTORS[0],
            high=FACTORS[1],
        ) from error


def _saved(office: Office, target: Target, one: Decision, now: float) -> Decision:
    """Add a decision unless somebody decided about the same target since the page was made."""
    seen = number(request.form.get("seen", ""))
    while True:
        try:
            (entry,) = office.log.add([one], now, seen={"": seen})
        except StaleError as error:
            if any(target.about(newer) for newer in error.newer):
                raise
            # It was about other sections, tags, authors or articles.
            seen = error.newer[-1].id
            continue
        office.saved()
        return entry


def _page(office: Office, target: Target, status: int = 200, **shown: Any) -> ResponseReturnValue:
    snapshot, now = office.state().snapshot, time.time()
    entries = entries_about(office, target)
    given = {
        "target": target,
        "standing": [d for d in Standing(entries).decisions() if d.ends is None or d.ends > now],
        "entries": entries[::-1],
        "newest": [card_of(snapshot, row) for row in target.rows[:NEWEST]],
        "seen": office.log.version(""),
        "one_article": target.scope is Scope.ARTICLE,
        "saved": request.args.get("saved", ""),
        "form": request.form,
    }
    return Response(render_template("everywhere.html", **given | shown), status)
