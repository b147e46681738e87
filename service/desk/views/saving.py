"""Undoing entries of the history, and adding those of a file."""

from __future__ import annotations

import time

from flask import Blueprint, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import Forbidden

from recommender.catalogue.accounts import Role
from recommender.errors import OverrideError
from recommender.overrides import import_export
from recommender.overrides.override import Kind, Override
from service.desk.presenters.auth import requires
from service.desk.presenters.context import DeskContext
from service.desk.presenters.forms import local, numbers
from service.desk.presenters.i18n import counted, marked, said


def blueprint(office: DeskContext) -> Blueprint:
    """Make the routes."""
    routes = Blueprint("saving", __name__, url_prefix="/desk")

    @routes.post("/undo")
    @requires(Role.EDITOR)
    def undo() -> ResponseReturnValue:
        return _undone(office)

    @routes.post("/import")
    @requires(Role.ADMIN)
    def import_file() -> ResponseReturnValue:
        return _imported(office)

    return routes


def _undone(office: DeskContext) -> ResponseReturnValue:
    """Undo entries, newest first; undoing an undo brings back."""
    entries = sorted(numbers(request.form.get("entries", "")), reverse=True)
    reason = request.form.get("reason", "")
    undone = [
        Override(kind=Kind.UNDO, undoes=number, author=g.editor.name, reason=reason)
        for number in entries
    ]
    try:
        if not g.editor.role.may(office.role_for(undone)):
            raise Forbidden(said("a withdrawal is lifted by an admin"))
        office.log.add(undone, time.time())
        flash(marked("Undone."))
    except OverrideError as error:
        flash(said(error), "trouble")
    office.saved()
    return redirect(local(request.form.get("back", ""), url_for("pages.history")))


def _imported(office: DeskContext) -> ResponseReturnValue:
    """Add the decisions of a file, all or none."""
    file = request.files.get("file")
    form = "json" if file and (file.filename or "").endswith(".json") else "csv"
    try:
        text = file.read().decode() if file else ""
        lines = import_export.read(text, form, office.settings.zone)
        added = import_export.added(office.log, lines, g.editor.name, time.time())
        flash(counted("%(num)s decision saved.", "%(num)s decisions saved.", len(added)))
    except UnicodeDecodeError:
        flash(marked("The file is not UTF-8; nothing was applied."), "trouble")
    except OverrideError as error:
        flash(said(error), "trouble")
    office.saved()
    return redirect(url_for("pages.history"))
