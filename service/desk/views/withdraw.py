"""Withdraws or restores an article, after a page that shows the impact and asks to confirm."""

from __future__ import annotations

import time
from typing import Any

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from recommender.catalogue.accounts import Role
from recommender.errors import OverrideError
from recommender.overrides.active_log import ActiveLog
from recommender.overrides.edits.withdrawals import copy_of, restore, withdrawals
from recommender.overrides.override import Kind, Override
from service.desk.presenters.auth import requires
from service.desk.presenters.context import DeskContext
from service.desk.presenters.forms import parse_dates
from service.desk.presenters.i18n import translate
from service.desk.presenters.impact import impact_preview
from service.desk.presenters.targets import Target, find_target, row_or_404


def blueprint(context: DeskContext) -> Blueprint:
    """Create the routes of withdrawing and restoring."""
    routes = Blueprint("withdraw", __name__, url_prefix="/desk")

    @routes.get("/withdraw")
    @requires(Role.ADMIN)
    def confirm() -> ResponseReturnValue:
        return _page(context, _requested_article(context))

    @routes.post("/withdraw")
    @requires(Role.ADMIN)
    def submit() -> ResponseReturnValue:
        article = _requested_article(context)
        try:
            entry = _save(context, article.name)
        except OverrideError as error:
            flash(translate(error), "error")
            return _page(context, article, 422)
        context.refresh()
        saved = entry.id if entry else None
        return redirect(url_for("article.page", id=article.name, saved=saved), 303)

    return routes


def _requested_article(context: DeskContext) -> Target:
    snapshot = context.state().snapshot
    row = row_or_404(snapshot, request.args.get("id", ""))
    return find_target(context, snapshot, "article", snapshot.identifier(row))


def _save(context: DeskContext, article: str) -> Override | None:
    """Withdraw or restore an article, as the pressed button names, whatever its state is now."""
    form, author, now = request.form, g.editor.name, time.time()
    reason = form.get("reason", "")
    if form.get("do") == "restore":
        original = _original(context, article)
        return restore(context.log, article, author, reason, now, copy_of=original)
    start, end = parse_dates(form.get("start", ""), form.get("end", ""), context.settings.zone)
    override = Override(
        kind=Kind.WITHDRAW, article=article, reason=reason, author=author, starts=start, ends=end
    )
    return context.log.add([override], now)[0]


def _original(context: DeskContext, article: str) -> str:
    """Return the article as whose copy this one is hidden; "" where it is not."""
    state = context.state()
    return copy_of(state.overrides, state.snapshot, article)


def _page(context: DeskContext, article: Target, status: int = 200) -> ResponseReturnValue:
    now = time.time()
    active = ActiveLog(context.log.entries(article=article.name)).overrides()
    values: dict[str, Any] = {
        "target": article,
        "form": request.form,
        "entries": withdrawals(active, article.name, now),
        "cms_withdrawals": context.cms_withdrawals(article.name, now),
        "original": _original(context, article.name),
    }
    if not (values["entries"] or values["cms_withdrawals"] or values["original"]):
        state, override = context.state(), Override(kind=Kind.WITHDRAW, article=article.name)
        rows = state.snapshot.copies_of(article.name).tolist()
        values["copies"] = [
            state.snapshot.identifier(row) for row in rows if row not in article.rows
        ]
        values["impact"] = impact_preview(state.snapshot, state.overrides, override, rows, now)
    return Response(render_template("withdraw.html", **values), status)
