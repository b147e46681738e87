"""Withdrawing an article and restoring it, each after a page that asks whether it is meant."""

from __future__ import annotations

import time
from typing import Any

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from recommender.catalogue.accounts import Role
from recommender.errors import OverrideError
from recommender.overrides.override import Kind, Override
from recommender.overrides.standing import ActiveLog
from recommender.overrides.withdrawals import restore, withdrawals
from service.desk.presenters.auth import requires
from service.desk.presenters.context import DeskContext, pushes
from service.desk.presenters.forms import dates
from service.desk.presenters.i18n import said
from service.desk.presenters.impact import impact_preview
from service.desk.presenters.targets import Target, target_of
from service.desk.views.history import known_row


def blueprint(office: DeskContext) -> Blueprint:
    """Make the route."""
    routes = Blueprint("withdrawal", __name__, url_prefix="/desk")

    @routes.get("/withdrawal")
    @requires(Role.ADMIN)
    def ask() -> ResponseReturnValue:
        return _page(office, _article(office))

    @routes.post("/withdrawal")
    @requires(Role.ADMIN)
    def decide() -> ResponseReturnValue:
        article = _article(office)
        try:
            entry = _decided(office, article.name)
        except OverrideError as error:
            flash(said(error), "trouble")
            return _page(office, article, 422)
        office.saved()
        return redirect(
            url_for("article.page", id=article.name, saved=entry.id if entry else None), 303
        )

    return routes


def _article(office: DeskContext) -> Target:
    identifier, snapshot = request.args.get("id", ""), office.state().snapshot
    known = snapshot.identifier(known_row(snapshot, identifier))
    return target_of(office, snapshot, "article", known)


def _decided(office: DeskContext, article: str) -> Override | None:
    """Withdraw or restore, as the button says: not whichever is possible by now."""
    form, author, now = request.form, g.editor.name, time.time()
    reason = form.get("reason", "")
    if form.get("do") == "restore":
        return restore(office.log, article, author, reason, now)
    start, end = dates(form.get("start", ""), form.get("end", ""), office.settings.zone)
    one = Override(
        kind=Kind.WITHDRAW, article=article, reason=reason, author=author, starts=start, ends=end
    )
    return office.log.add([one], now)[0]


def _page(office: DeskContext, article: Target, status: int = 200) -> ResponseReturnValue:
    now = time.time()
    standing = ActiveLog(office.log.entries(article=article.name)).decisions()
    given: dict[str, Any] = {"target": article, "form": request.form}
    given["entries"] = withdrawals(standing, article.name, now)
    given["pushes"] = pushes(office, article.name, now)
    if not given["entries"] and not given["pushes"]:
        state, one = office.state(), Override(kind=Kind.WITHDRAW, article=article.name)
        given["effect"] = impact_preview(state.snapshot, state.force, one, article.rows, now)
    return Response(render_template("withdrawal.html", **given), status)
