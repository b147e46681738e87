"""Deciding at the desk: preview, save, undo, import."""

from __future__ import annotations

import time

import msgspec
from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from msgspec import json
from werkzeug.exceptions import BadRequest, Forbidden

from recommender.editors import Role
from recommender.errors import OverrideError, StaleError
from recommender.overrides import exchange
from recommender.overrides.decision import Decision, Kind
from recommender.overrides.draft import Draft, as_if, changes
from recommender.overrides.resolving import Rows
from recommender.overrides.standing import Standing
from service.desk.forms import dates, local, numbers
from service.desk.languages import counted, marked
from service.desk.office import Office
from service.desk.pages import known_row
from service.desk.showing import block, with_decisions
from service.desk.signing import needs


def blueprint(office: Office) -> Blueprint:
    """Make the routes that decide."""
    routes = Blueprint("saving", __name__, url_prefix="/desk")

    @routes.post("/preview")
    @needs(Role.VIEWER)
    def preview() -> ResponseReturnValue:
        draft, now = _draft(), time.time()
        state = office.state()
        row = known_row(state.snapshot, draft.article)
        standing = Standing(office.log.entries(article=draft.article)).decisions()
        here = as_if(draft, standing, g.editor.name, now)
        force = with_decisions(Rows(state.snapshot), state.force, draft.article, here)
        return render_template("block.html", cards=block(state.snapshot, row, force, now))

    @routes.post("/save")
    @needs(Role.EDITOR)
    def save() -> ResponseReturnValue:
        draft, now = _draft(), time.time()
        try:
            entries = _save(office, draft, g.editor.name, now)
        except StaleError as error:
            newer = render_template("newer.html", entries=error.newer)
            return _told(412, error="stale", newer=newer, seen=error.newer[-1].id)
        except OverrideError as error:
            return _told(422, error=str(error))
        office.saved()
        return _told(200, entries=",".join(str(entry.id) for entry in entries))

    @routes.post("/undo")
    @needs(Role.EDITOR)
    def undo() -> ResponseReturnValue:
        return _undone(office)

    @routes.post("/import")
    @needs(Role.ADMIN)
    def import_file() -> ResponseReturnValue:
        return _imported(office)

    return routes


def _undone(office: Office) -> ResponseReturnValue:
    """Undo entries, newest first; undoing an undo brings back."""
    entries = sorted(numbers(request.form.get("entries", "")), reverse=True)
    reason = request.form.get("reason", "")
    undone = [
        Decision(kind=Kind.UNDO, undoes=number, author=g.editor.name, reason=reason)
        for number in entries
    ]
    try:
        if not g.editor.role.may(office.role_for(undone)):
            raise Forbidden("a withdrawal is lifted by an admin")
        office.log.add(undone, time.time())
        flash(marked("Undone."))
    except OverrideError as error:
        flash(str(error), "trouble")
    office.saved()
    return redirect(local(request.form.get("back", ""), url_for("pages.history")))


def _imported(office: Office) -> ResponseReturnValue:
    """Add the decisions of a file, all or none."""
    file = request.files.get("file")
    form = "json" if file and (file.filename or "").endswith(".json") else "csv"
    try:
        text = file.read().decode() if file else ""
        read = exchange.read(text, form, office.settings.zone)
        signed = [msgspec.structs.replace(one, author=g.editor.name) for one in read]
        added = office.log.add(signed, time.time())
        flash(counted("%(num)s decision saved.", "%(num)s decisions saved.", len(added)))
    except UnicodeDecodeError:
        flash(marked("The file is not UTF-8; nothing was applied."), "trouble")
    except OverrideError as error:
        flash(str(error), "trouble")
    office.saved()
    return redirect(url_for("pages.history"))


def _save(office: Office, draft: Draft, author: str, now: float) -> list[Decision]:
    standing = Standing(office.log.entries(article=draft.article)).decisions()
    given = dates(draft.start, draft.end, office.settings.zone)
    wanted = changes(draft, standing, author, now, given)
    return office.log.add(wanted, now, seen={draft.article: draft.seen})


def _draft() -> Draft:
    try:
        return msgspec.convert(request.get_json(), Draft, strict=False)
    except msgspec.ValidationError as error:
        raise BadRequest(str(error)) from error


def _told(status: int, **document: object) -> Response:
    return Response(json.encode(document), status, content_type="application/json")
