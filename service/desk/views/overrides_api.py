"""``/v1/overrides``: decisions for programs, with a token of an editor.

``GET`` lists what stands (``?article=`` one article's, with the version as ETag; ``?history=1``
every entry). ``POST`` adds ``{"decisions": [...], "seen": {article: version}}``, all or none.
"""

from __future__ import annotations

import time
from datetime import tzinfo
from typing import Any

import msgspec
from flask import Blueprint, Response, g, request
from msgspec import json
from werkzeug.exceptions import BadRequest

from recommender.catalogue.accounts import Editor, Role
from recommender.errors import ConflictError, OverrideError
from recommender.overrides.import_export import decision_from
from recommender.overrides.override import Override, public
from recommender.overrides.standing import ActiveLog
from service.desk.presenters.context import DeskContext
from service.http.problems import problem


class Addition(msgspec.Struct, forbid_unknown_fields=True):
    """What a program posts."""

    decisions: list[dict[str, Any]]
    seen: dict[str, int]
    """By article ("" for decisions about every block) the version that was looked at."""


def blueprint(office: DeskContext) -> Blueprint:
    """Make the routes for programs."""
    routes = Blueprint("interface", __name__)

    @routes.before_request
    def who() -> Response | None:
        kind, _, key = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() == "bearer" and key:
            g.editor = office.editors.holder(key.strip(), "token", time.time())
        else:
            g.editor = None
        if g.editor is None:
            detail = "wanted the header `Authorization: Bearer TOKEN` with a token of an editor"
            return problem(401, "Unauthorized", detail, **{"WWW-Authenticate": "Bearer"})
        return None

    @routes.get("/v1/overrides")
    def listed() -> Response:
        article = request.args.get("article")
        entries = office.log.entries(article=article)
        found = entries if request.args.get("history") else ActiveLog(entries).decisions()
        return _sent(200, found, office.log.version(article))

    @routes.post("/v1/overrides")
    def add() -> Response:
        try:
            wanted = json.decode(request.get_data(), type=Addition)
        except msgspec.DecodeError as error:
            raise BadRequest(f"body: {error}") from error
        return added(office, wanted, g.editor)

    return routes


def added(office: DeskContext, wanted: Addition, editor: Editor) -> Response:
    """Add what a program posts: 403 for a role that may not, 412 for a version that is old."""
    try:
        decisions = _read(wanted, office.settings.zone)
        if trouble := _forbidden(office.role_for(decisions), decisions, wanted, editor):
            return trouble
        signed = [msgspec.structs.replace(one, author=editor.name) for one in decisions]
        entries = office.log.add(signed, time.time(), seen=wanted.seen)
    except ConflictError as error:
        newer = [public(entry) for entry in error.newer]
        document = {"title": "Precondition Failed", "status": 412, "detail": str(error)}
        return Response(
            json.encode(document | {"newer": newer}), 412, content_type="application/problem+json"
        )
    except OverrideError as error:
        which = "" if error.number is None else f"decisions[{error.number}]: "
        return problem(422, "Unprocessable Content", f"{which}{error}")
    office.saved()
    return _sent(201, entries, office.log.version())


def _read(wanted: Addition, zone: tzinfo) -> list[Override]:
    """Read the decisions; an error says which of them, counted from 0 as in the body."""
    found = []
    for number, row in enumerate(wanted.decisions):
        try:
            found.append(decision_from(row, zone))
        except OverrideError as error:
            error.number = number
            raise
    return found


def _forbidden(
    role: Role, decisions: list[Override], wanted: Addition, editor: Editor
) -> Response | None:
    if not editor.role.may(role):
        return problem(403, "Forbidden", f"got the role {editor.role}, wanted {role}")
    missing = {one.article for one in decisions if one.kind != "undo"} - set(wanted.seen)
    if missing:
        detail = f"seen: wanted the version looked at of each article, got none of {min(missing)!r}"
        return problem(428, "Precondition Required", detail)
    return None


def _sent(status: int, entries: list[Override], version: int) -> Response:
    body = json.encode({"version": version, "overrides": [public(entry) for entry in entries]})
    headers = {"ETag": f'"{version}"', "Cache-Control": "no-store"}
    return Response(body, status, headers, content_type="application/json")
