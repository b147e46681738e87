"""Finding a section, tag or author to decide about."""

from __future__ import annotations

import numpy as np
from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from recommender.catalogue.accounts import Role
from recommender.catalogue.database import translate_db_errors
from recommender.overrides.facets import named_like
from recommender.overrides.override import Scope
from recommender.snapshots.snapshot import Snapshot
from service.desk.presenters.auth import requires
from service.desk.presenters.context import DeskContext
from service.desk.presenters.search_index import fold

MOST = 50
"""Names in a list."""


def blueprint(office: DeskContext) -> Blueprint:
    """Make the route."""
    routes = Blueprint("groups", __name__, url_prefix="/desk")

    @routes.get("/groups")
    @requires(Role.VIEWER)
    def groups() -> ResponseReturnValue:
        words, scope = request.args.get("q", ""), request.args.get("scope", "")
        if scope not in {"tag", "author"}:
            scope, found = "section", _sections(office.state().snapshot, words)
        else:
            url = office.settings.catalogue_url
            with translate_db_errors(url):
                found = named_like(office.log.engine, Scope(scope), words.strip(), MOST)
        return render_template("groups.html", scope=scope, words=words, found=found, most=MOST)

    return routes


def _sections(snapshot: Snapshot, words: str) -> list[tuple[str, int]]:
    """Find sections and how many articles each has, the largest first."""
    counts = np.bincount(snapshot.section, minlength=len(snapshot.sections)).tolist()
    fits = [
        (name, count)
        for name, count in zip(snapshot.sections, counts, strict=True)
        if name and fold(words) in fold(name)
    ]
    return sorted(fits, key=lambda pair: -pair[1])[:MOST]
