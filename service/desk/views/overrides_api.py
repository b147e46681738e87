"""The overrides API ``/v1/overrides``, for programs with an editor's token.

``GET`` lists the active overrides, of one article with ``?article=``, and the whole log with
``?history=1``; the version is the ``ETag``. ``POST`` adds
``{"decisions": [...], "seen": {article: version}}``, all or none.
"""

from __future__ import annotations

import time
from datetime import tzinfo
from typing import Annotated, Any

import msgspec
from flask import Blueprint, Response, g, request
from msgspec import json
from werkzeug.exceptions import BadRequest

from recommender.catalogue.accounts import Editor, Role
from recommender.errors import ConflictError, OverrideError
from recommender.overrides.active_log import ActiveLog
from recommender.overrides.edits.import_export import override_from
from recommender.overrides.override import Override, public
from recommender.overrides.validation import MAX_ENTRY
from service.desk.presenters.context import DeskContext
from service.desk.presenters.forms import check_changes
from service.http.problems import problem


class OverridesBody(msgspec.Struct, forbid_unknown_fields=True):
    """The body of a ``POST``."""

    decisions: list[dict[str, Any]]
    """The overrides to add."""
    seen: dict[str, Annotated[int, msgspec.Meta(ge=0, le=MAX_ENTRY)]]
    """The version that the client last read, by article; "" for site-wide overrides."""


def blueprint(context: DeskContext) -> Blueprint:
    """Create the routes of the API."""
    routes = Blueprint("overrides_api", __name__)

    @routes.before_request
    def check_token() -> Response | None:
        g.editor = _editor(context)
        if g.editor is None:
            detail = (
                "expected the header `Authorization: Bearer TOKEN` with a valid token of an "
                "editor: `recommender editors token NAME` prints one"
            )
            return problem(401, "Unauthorized", detail, **{"WWW-Authenticate": "Bearer"})
        return None

    @routes.get("/v1/overrides")
    def list_overrides() -> Response:
        article = request.args.get("article")
        entries = context.log.entries(article=article)
        found = entries if request.args.get("history") else ActiveLog(entries).overrides()
        return _response(200, found, context.log.version(article))

    @routes.post("/v1/overrides")
    def add_overrides() -> Response:
        return _add(context, _body(), g.editor)

    return routes


def _editor(context: DeskContext) -> Editor | None:
    """Return the holder of the token of the request."""
    kind, _, key = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not key:
        return None
    return context.accounts.holder(key.strip(), "token", time.time())


def _body() -> OverridesBody:
    try:
        body = json.decode(request.get_data(), type=OverridesBody)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadRequest(
            'body: expected a JSON object {"decisions": [{...}], "seen": {"ARTICLE": VERSION}} '
            "and no other fields"
        ) from error
    check_changes(max(len(body.decisions), len(body.seen)))
    return body


def _add(context: DeskContext, body: OverridesBody, editor: Editor) -> Response:
    """Add overrides, or answer 403 for the role, 412 for an old version, 422 for an error."""
    try:
        overrides = _parse(body, context.settings.zone)
        if refusal := _refusal(context.required_role(overrides), overrides, body, editor):
            return refusal
        signed = [msgspec.structs.replace(one, author=editor.name) for one in overrides]
        entries = context.log.add(signed, time.time(), expected_versions=body.seen)
    except ConflictError as error:
        newer = [public(entry) for entry in error.newer]
        document = {"title": "Precondition Failed", "status": 412, "detail": str(error)}
        return Response(
            json.encode(document | {"newer": newer}), 412, content_type="application/problem+json"
        )
    except OverrideError as error:
        which = "" if error.number is None else f"decisions[{error.number}]: "
        return problem(422, "Unprocessable Content", f"{which}{error}")
    context.refresh()
    # The last entry's number is the version. Once it is saved, no query may fail.
    return _response(201, entries, entries[-1].id if entries else context.log.version())


def _parse(body: OverridesBody, zone: tzinfo) -> list[Override]:
    """Parse the overrides; an error has the index of the invalid one, counted from 0."""
    found = []
    for index, row in enumerate(body.decisions):
        try:
            found.append(override_from(row, zone))
        except OverrideError as error:
            error.number = index
            raise
    return found


def _refusal(
    needed: Role, overrides: list[Override], body: OverridesBody, editor: Editor
) -> Response | None:
    if not editor.role.may(needed):
        detail = f"expected the role {needed}, got a token of the role {editor.role}"
        return problem(403, "Forbidden", detail)
    missing = {one.article for one in overrides if one.kind != "undo"} - set(body.seen)
    if missing:
        detail = (
            "seen: expected the version of every article that is changed, got none of "
            f"{min(missing)!r}; read it with GET /v1/overrides?article=ID"
        )
        return problem(428, "Precondition Required", detail)
    return None


def _response(status: int, entries: list[Override], version: int) -> Response:
    body = json.encode({"version": version, "overrides": [public(entry) for entry in entries]})
    headers = {"ETag": f'"{version}"', "Cache-Control": "no-store"}
    return Response(body, status, headers, content_type="application/json")
