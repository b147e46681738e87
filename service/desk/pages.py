"""The pages: search, an article, history."""

from __future__ import annotations

import time
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from recommender.database import named
from recommender.editors import Role
from recommender.errors import OverrideError
from recommender.overrides.decision import Kind
from recommender.overrides.draft import present
from recommender.overrides.groups import groups_of
from recommender.overrides.moments import read_moment
from recommender.overrides.standing import Standing
from recommender.overrides.withdrawing import withdrawals
from recommender.snapshot import Snapshot
from service.desk.finding import Finder, card_of
from service.desk.office import Office
from service.desk.showing import block, candidates
from service.desk.signing import needs

FOUND = 40
"""Articles a page of search results."""

PAGE = 200
"""Entries a page of history."""


def blueprint(office: Office) -> Blueprint:
    """Make the routes that show."""
    routes = Blueprint("pages", __name__, url_prefix="/desk")
    finders: dict[str, Finder] = {}

    def find(words: str, section: str) -> list[dict[str, Any]]:
        snapshot = office.state().snapshot
        if snapshot.id not in finders:
            finders.clear()
            finders[snapshot.id] = Finder(snapshot)
        rows = finders[snapshot.id].find(words, section, FOUND)
        return [card_of(snapshot, row) for row in rows]

    @routes.get("/")
    @needs(Role.VIEWER)
    def index() -> ResponseReturnValue:
        words, section = request.args.get("q", ""), request.args.get("section", "")
        page = "found.html" if "part" in request.args else "index.html"
        return render_template(
            page,
            found=find(words, section),
            words=words,
            section=section,
            sections=office.state().snapshot.sections,
        )

    @routes.get("/article")
    @needs(Role.VIEWER)
    def article() -> ResponseReturnValue:
        return _article_page(office, request.args.get("id", ""), request.args.get("at", ""))

    @routes.get("/history")
    @needs(Role.VIEWER)
    def history() -> ResponseReturnValue:
        editor, about = request.args.get("editor") or None, request.args.get("article") or None
        entries = office.log.entries(author=editor, article=about, newest=PAGE)
        return render_template(
            "history.html", entries=entries[::-1], editor=editor, about=about, page=PAGE
        )

    return routes


def known_row(snapshot: Snapshot, article: str) -> int:
    """Find the row of an article, or say that there is none."""
    row = snapshot.row(article)
    if row is None:
        raise NotFound(f"article {article[:80]!r}: not in the snapshot in force")
    return row


def _article_page(office: Office, article: str, at: str) -> ResponseReturnValue:
    state, now = office.state(), time.time()
    row = known_row(state.snapshot, article)
    force, moment = state.force, now
    if at:
        try:
            moment = float(read_moment("as of", at.replace("T", " "), office.settings.zone) or now)
        except OverrideError as error:
            flash(str(error), "trouble")
            return redirect(url_for("pages.article", id=article))
        force = office.live.at(moment)
    entries = office.log.entries(article=article)
    standing = Standing(entries).decisions()
    here = present(article, standing, now)
    return render_template(
        "article.html",
        article=card_of(state.snapshot, row),
        cards=block(state.snapshot, row, force, moment),
        candidates=candidates(state.snapshot, row, force, moment),
        draft=_draft_of(here),
        held=any(d.kind is Kind.HOLD for d in here),
        withdrawals=[d for d in withdrawals(standing, article, now) if d.holds(moment)],
        groups=_groups(office, state.snapshot, row),
        seen=max((e.id for e in entries if e.article == article), default=0),
        entries=entries[::-1],
        at=at,
        saved=request.args.get("saved", ""),
    )


def _groups(office: Office, snapshot: Snapshot, row: int) -> list[tuple[str, str]]:
    """Name the section, tags and authors of an article."""
    section = snapshot.sections[snapshot.section.item(row)]
    url = office.settings.catalogue_url
    with named(url):
        found = groups_of(office.log.engine, snapshot.identifier(row))
    pairs = [("section", section)] if section else []
    pairs += [("tag", name) for name in found.tags]
    return pairs + [("author", name) for name in found.authors]


def _draft_of(here: list[Any]) -> dict[str, Any]:
    """Tell the page's script what holds now."""
    return {
        "pins": {str(d.place): d.pick for d in here if d.kind is Kind.PIN},
        "blocks": [d.pick for d in here if d.kind is Kind.BLOCK],
    }
