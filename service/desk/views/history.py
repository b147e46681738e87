"""The history, of everything or by editor or article."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from recommender.catalogue.accounts import Role
from recommender.snapshots.snapshot import Snapshot
from service.desk.presenters.auth import requires
from service.desk.presenters.context import DeskContext
from service.desk.presenters.forms import number
from service.desk.presenters.i18n import said

PAGE = 200
"""Entries a page of history."""


def blueprint(office: DeskContext) -> Blueprint:
    """Make the routes that show."""
    routes = Blueprint("pages", __name__, url_prefix="/desk")

    @routes.get("/history")
    @requires(Role.VIEWER)
    def history() -> ResponseReturnValue:
        editor, about = request.args.get("editor") or None, request.args.get("article") or None
        before = number(request.args.get("before", "")) or None
        # One more than a page, which tells whether there are older ones.
        found = office.log.entries(author=editor, article=about, before=before, newest=PAGE + 1)
        shown = found[::-1][:PAGE]
        older = shown[-1].id if len(found) > PAGE else None
        return render_template(
            "history.html", entries=shown, editor=editor, about=about, before=before, older=older
        )

    return routes


def known_row(snapshot: Snapshot, article: str) -> int:
    """Find the row of an article, or say that there is none."""
    row = snapshot.row(article)
    if row is None:
        raise NotFound(
            said(
                "article %(article)r: not in the snapshot in force",
                article=article[:80],
            )
        )
    return row
