"""Lists sections, tags and authors, each with a link to its site-wide rules."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from recommender.catalogue.accounts import Role
from recommender.catalogue.database import translate_db_errors
from recommender.overrides.facets import named_like
from recommender.overrides.override import Scope
from recommender.snapshots.snapshot import Snapshot
from service.desk.presenters.auth import requires
from service.desk.presenters.context import DeskContext
from service.desk.presenters.search_index import MAX_QUERY, fold

MAX_NAMES = 50
"""Names in a list."""


def blueprint(context: DeskContext) -> Blueprint:
    """Create the route of the list."""
    routes = Blueprint("facets", __name__, url_prefix="/desk")

    @routes.get("/facets")
    @requires(Role.VIEWER)
    def page() -> ResponseReturnValue:
        words, scope = request.args.get("q", "")[:MAX_QUERY], request.args.get("scope", "")
        if scope not in {"tag", "author"}:
            scope, found = "section", _sections(context.state().snapshot, words)
        else:
            with translate_db_errors(context.settings.catalogue_url):
                found = named_like(context.log.engine, Scope(scope), words.strip(), MAX_NAMES)
        return render_template(
            "facets.html", scope=scope, words=words, found=found, limit=MAX_NAMES
        )

    return routes


def _sections(snapshot: Snapshot, words: str) -> list[tuple[str, int]]:
    """Return sections whose names contain ``words``, with article counts, largest first."""
    matching = [
        (name, len(snapshot.latest_of(code)))
        for code, name in enumerate(snapshot.sections)
        if name and fold(words) in fold(name)
    ]
    return sorted(matching, key=lambda pair: -pair[1])[:MAX_NAMES]
