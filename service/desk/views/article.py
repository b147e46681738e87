"""An article's page: its block as readers see it, why, and the draft of another one."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from recommender.catalogue.accounts import Role
from recommender.catalogue.database import translate_db_errors
from recommender.errors import ConflictError, OverrideError
from recommender.overrides.draft import Draft, as_if, changes, present, scheduled
from recommender.overrides.facets import facets_of
from recommender.overrides.moments import read_local_time
from recommender.overrides.override import Override
from recommender.overrides.standing import ActiveLog
from recommender.overrides.withdrawals import withdrawals
from recommender.snapshots.snapshot import Snapshot
from service.desk.presenters.auth import requires
from service.desk.presenters.block import candidates, state_of
from service.desk.presenters.context import DeskContext, pushes
from service.desk.presenters.draft_form import acted, draft_from, draft_of, is_changed
from service.desk.presenters.forms import dates
from service.desk.presenters.i18n import marked, said
from service.desk.presenters.preview import Preview, PreviewBuilder, readable
from service.desk.presenters.search_index import card_of
from service.desk.views.history import known_row
from service.desk.views.search import Search


def blueprint(office: DeskContext, search: Search) -> Blueprint:
    """Make the routes of an article's page."""
    routes = Blueprint("article", __name__, url_prefix="/desk")

    @routes.get("/article")
    @requires(Role.VIEWER)
    def page() -> ResponseReturnValue:
        desk = Work(office, request.args.get("id", ""))
        if at := request.args.get("at", ""):
            return _as_of(desk, at)
        return desk.page(desk.saved, search=search)

    @routes.post("/article")
    @requires(Role.EDITOR)
    def work() -> ResponseReturnValue:
        desk = Work(office, request.args.get("id", ""))
        draft = draft_from(request.form, desk.article)
        if request.form.get("do") == "save":
            return _saved(desk, draft, search)
        draft = acted(draft, request.form, desk.preview(draft).block.picks)
        _, error = readable(office, draft)
        return desk.page(draft, search=search, trouble=said(error) if error else "")

    return routes


class Work:
    """One article, what is decided about it, and what a request makes of that."""

    def __init__(self, office: DeskContext, article: str) -> None:
        self.office = office
        self.now = time.time()
        self.state = office.state()
        self.row = known_row(self.state.snapshot, article)
        self.article = article = self.state.snapshot.identifier(self.row)
        self.entries = office.log.entries(article=article)
        self.standing = ActiveLog(self.entries).decisions()
        self.here = present(article, self.standing, self.now)
        seen = max((e.id for e in self.entries if e.article == article), default=0)
        self.saved = draft_of(article, self.here, seen)

    def preview(self, draft: Draft) -> Preview:
        """Make the block as it would be with a draft saved, from when that holds."""
        if not is_changed(draft, self.article, self.here):
            return self.previewing().at(self.now)
        given, _ = readable(self.office, draft)
        here = as_if(draft, self.standing, g.editor.name, self.now, given)
        return self.previewing(here).at(max(self.now, given[0] or 0))

    def previewing(self, here: Sequence[Override] | None = None) -> PreviewBuilder:
        """Make blocks of the article, with what is drafted in place of what is decided."""
        return PreviewBuilder(self.state, self.row, self.now, self.office.settings.zone, here)

    def page(
        self, draft: Draft, status: int = 200, search: Search | None = None, **shown: Any
    ) -> Response:
        """Show the article with a draft, or as it was or will be at another moment."""
        snapshot, words = self.state.snapshot, request.form.get("pq", "")
        preview: Preview = shown.pop("preview", None) or self.preview(draft)
        moment, force = preview.as_of, preview.force
        given = {
            "article": card_of(snapshot, self.row),
            "block": preview.block,
            "preview": preview,
            "later": scheduled(self.article, self.standing, moment),
            "starts": moment if preview.until_then else None,
            "candidates": candidates(snapshot, self.row, force, moment),
            "draft": draft,
            "changed": is_changed(draft, self.article, self.here),
            "here": self.here,
            "hidden": state_of(snapshot, self.row, force, moment),
            "withdrawals": [
                *withdrawals(self.standing, self.article, self.now),
                *pushes(self.office, self.article, self.now),
            ],
            "groups": _groups(self.office, snapshot, self.row),
            "entries": self.entries[::-1],
            "found": search.found(words)[:10] if search and words else [],
            "form": request.form,
            "at": "",
            "editing": g.editor.role.may(Role.EDITOR) and "at" not in shown,
            "saved": request.args.get("saved", ""),
        }
        return Response(render_template("article.html", **given | shown), status)


def _as_of(desk: Work, at: str) -> ResponseReturnValue:
    """Show what readers will see at another moment, by what is decided so far."""
    zone = desk.office.settings.zone
    try:
        moment = float(read_local_time(marked("as of"), at.replace("T", " "), zone) or desk.now)
    except OverrideError as error:
        flash(said(error), "trouble")
        return redirect(url_for("article.page", id=desk.article))
    return desk.page(desk.saved, at=at, preview=desk.previewing().at(moment))


def _saved(desk: Work, draft: Draft, search: Search) -> ResponseReturnValue:
    """Save a draft, unless somebody decided about the article since it was looked at."""
    office = desk.office
    try:
        given = dates(draft.start, draft.end, office.settings.zone)
        wanted = changes(draft, desk.standing, g.editor.name, desk.now, given)
        entries = office.log.add(wanted, desk.now, seen={draft.article: draft.seen})
    except ConflictError as error:
        draft.seen = error.newer[-1].id
        others = desk.preview(desk.saved).block
        return desk.page(draft, 412, search, newer=error.newer, others=others)
    except OverrideError as error:
        return desk.page(draft, 422, search, trouble=said(error))
    office.saved()
    if not entries:
        flash(marked("There was nothing to save."))
    numbers = ",".join(str(entry.id) for entry in entries)
    return redirect(url_for("article.page", id=desk.article, saved=numbers or None), 303)


def _groups(office: DeskContext, snapshot: Snapshot, row: int) -> list[tuple[str, str]]:
    """Name the section, tags and authors of an article."""
    section = snapshot.sections[snapshot.section.item(row)]
    with translate_db_errors(office.settings.catalogue_url):
        found = facets_of(office.log.engine, snapshot.identifier(row))
    pairs = [("section", section)] if section else []
    pairs += [("tag", name) for name in found.tags]
    return pairs + [("author", name) for name in found.authors]
