"""The override log: its history, undo, export and import."""

from __future__ import annotations

import time

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import Forbidden

from recommender.catalogue.accounts import Role
from recommender.errors import OverrideError
from recommender.overrides.edits import import_export
from recommender.overrides.override import Kind, Override
from service.desk.presenters.auth import requires
from service.desk.presenters.context import DeskContext
from service.desk.presenters.forms import (
    check_changes,
    parse_days,
    parse_ids,
    parse_number,
    safe_redirect,
)
from service.desk.presenters.i18n import gettext_noop, translate, translate_plural
from service.desk.views.search import ArticleSearch

PAGE_SIZE = 100
"""Entries on a page of the history."""

MAX_IMPORTED = 20_000
"""Overrides of an uploaded file: a second of work. The command line has no such limit."""

FILTERS = ("kind", "editor", "article", "since", "until")
"""Parameters that narrow the history."""


def blueprint(context: DeskContext, search: ArticleSearch) -> Blueprint:
    """Create the routes of the history."""
    routes = Blueprint("history", __name__, url_prefix="/desk")

    @routes.get("/history")
    @requires(Role.VIEWER)
    def page() -> ResponseReturnValue:
        return _page(context, search)

    @routes.post("/undo")
    @requires(Role.EDITOR)
    def undo() -> ResponseReturnValue:
        return _undo(context)

    @routes.get("/export.<any(csv, json):form>")
    @requires(Role.VIEWER)
    def export(form: str) -> ResponseReturnValue:
        kind = "text/csv" if form == "csv" else "application/json"
        headers = {"Content-Disposition": f"attachment; filename=overrides.{form}"}
        return Response(import_export.write(context.log.active(), form), 200, headers, kind)

    @routes.post("/import")
    @requires(Role.ADMIN)
    def import_file() -> ResponseReturnValue:
        return _import(context)

    return routes


def _page(context: DeskContext, search: ArticleSearch) -> ResponseReturnValue:
    """Render the log, newest entries first, filtered by kind, editor, article and dates."""
    given = {name: request.args.get(name, "").strip() for name in FILTERS}
    given["article"] = _article_id(given["article"], context, search)
    kind = given["kind"] if given["kind"] in list(Kind) else ""
    before = parse_number(request.args.get("before", "")) or None
    since, until = parse_days(given["since"], given["until"], context.settings.zone)
    # One entry more than a page shows whether there are older ones.
    found = context.log.entries(
        author=given["editor"] or None,
        article=given["article"] or None,
        kind=Kind(kind) if kind else None,
        since=since,
        until=until,
        before=before,
        newest=PAGE_SIZE + 1,
    )
    shown = found[::-1][:PAGE_SIZE]
    filters = {name: value for name, value in given.items() if value}
    return render_template(
        "history.html",
        entries=shown,
        undone=context.log.undone(one.id for one in shown),
        filters=filters,
        kinds=list(Kind),
        editors=sorted({one.name for one in context.accounts.all()} | {given["editor"]} - {""}),
        before=before,
        older=shown[-1].id if len(found) > PAGE_SIZE else None,
    )


def _article_id(text: str, context: DeskContext, search: ArticleSearch) -> str:
    """Return the id of the article that an editor named by its id, address or title."""
    state = context.updater.state
    is_id = not text or state is None or state.snapshot.row(text) is not None
    # The log also has articles that are in no index any more.
    if is_id or state is None or context.log.entries(article=text, newest=1):
        return text
    found = search.find(text, state, count=1)
    return str(found[0]["id"]) if found else text


def _undo(context: DeskContext) -> ResponseReturnValue:
    """Undo the entries of the form, newest first; undoing an undo restores the override."""
    entries = sorted(parse_ids(request.form.get("entries", "")), reverse=True)
    check_changes(len(entries))
    reason = request.form.get("reason", "")
    undos = [
        Override(kind=Kind.UNDO, undoes=entry, author=g.editor.name, reason=reason)
        for entry in entries
    ]
    try:
        if not g.editor.role.may(context.required_role(undos)):
            raise Forbidden(translate("Only an administrator can undo a withdrawal."))
        context.log.add(undos, time.time())
        flash(gettext_noop("Undone."))
    except OverrideError as error:
        flash(translate(error), "error")
    context.refresh()
    return redirect(safe_redirect(request.form.get("back", ""), url_for("history.page")))


def _import(context: DeskContext) -> ResponseReturnValue:
    """Add the overrides of an uploaded file, all or none."""
    file = request.files.get("file")
    form = "json" if file and (file.filename or "").endswith(".json") else "csv"
    try:
        text = file.read().decode() if file else ""
        lines = import_export.read(text, form, context.settings.zone, MAX_IMPORTED)
        added = import_export.add(context.log, lines, g.editor.name, time.time())
        flash(translate_plural("%(num)s change saved.", "%(num)s changes saved.", len(added)))
    except UnicodeDecodeError:
        flash(gettext_noop("Nothing was imported: the file is not UTF-8 text."), "error")
    except OverrideError as error:
        flash(translate(error), "error")
    context.refresh()
    return redirect(url_for("history.page"))
