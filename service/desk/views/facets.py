"""Lists sections, tags and authors, each with a link to its site-wide rules."""

from __future__ import annotations

import time
from itertools import islice

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from recommender.catalogue.accounts import Role
from recommender.overrides.override import Scope
from recommender.snapshots.snapshot import Snapshot
from service.desk.presenters.auth import requires
from service.desk.presenters.context import DeskContext
from service.desk.presenters.search_index import MAX_QUERY, fold
from service.desk.presenters.site_stats import SiteStats

MAX_NAMES = 50
"""Names in a list."""


def blueprint(context: DeskContext, stats: SiteStats) -> Blueprint:
    """Create the route of the list."""
    routes = Blueprint("facets", __name__, url_prefix="/desk")

    @routes.get("/facets")
    @requires(Role.VIEWER)
    def page() -> ResponseReturnValue:
        words, scope = request.args.get("q", "")[:MAX_QUERY], request.args.get("scope", "")
        state = context.state()
        if scope not in {"tag", "author"}:
            scope, names = "section", _sections(state.snapshot)
        else:
            names = stats.names(Scope(scope), state, time.time())
        typed = fold(words.strip())
        found = list(islice((one for one in names if typed in fold(one[0])), MAX_NAMES))
        return render_template(
            "facets.html", scope=scope, words=words, found=found, limit=MAX_NAMES
        )

    return routes


def _sections(snapshot: Snapshot) -> list[tuple[str, int]]:
    """Return the sections with their numbers of articles, largest first."""
    named = [
        (name, len(snapshot.latest_of(code))) for code, name in enumerate(snapshot.sections) if name
    ]
    return sorted(named, key=lambda pair: -pair[1])
