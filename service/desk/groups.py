"""Finding a section, tag or author to decide about."""

from __future__ import annotations

import numpy as np
from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from recommender.database import named
from recommender.editors import Role
from recommender.overrides.decision import Scope
from recommender.overrides.groups import named_like
from recommender.snapshot import Snapshot
from service.desk.finding import fold
from service.desk.office import Office
from service.desk.signing import needs

MOST = 50
"""Names in a list."""


def blueprint(office: Office) -> Blueprint:
    """Make the route."""
    routes = Blueprint("groups", __name__, url_prefix="/desk")

    @routes.get("/groups")
    @needs(Role.VIEWER)
    def groups() -> ResponseReturnValue:
        words, scope = request.args.get("q", ""), request.args.get("scope", "")
        if scope not in {"tag", "author"}:
            scope, found = "section", _sections(office.state().snapshot, words)
        else:
            url = office.settings.catalogue_url
            with named(url):
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
