"""Finding articles: by words and section, and those that need attention."""

from __future__ import annotations

import time
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from recommender.catalogue.accounts import Role
from recommender.overrides.override import Override, Scope
from recommender.overrides.resolve import RowLookup
from recommender.reports.override_review import Reason, review_queue
from service.desk.presenters.auth import requires
from service.desk.presenters.context import DeskContext
from service.desk.presenters.search_index import SearchIndex, card_of, newest

Card = dict[str, Any]

FOUND = 40
"""Articles a page of search results."""

MINUTE = 60
"""Seconds for which what needs attention is not looked for again, where nobody decides."""


class Search:
    """Finds articles of the snapshot in force."""

    def __init__(self, office: DeskContext) -> None:
        self._office = office
        self._finder: SearchIndex | None = None
        self._needing: tuple[object, dict[int, list[Reason]]] = (None, {})

    def found(
        self, words: str, section: str = "", *, needing: bool = False
    ) -> list[dict[str, Any]]:
        """Find the newest articles with all words; with ``needing`` only those, and why."""
        snapshot = self._office.state().snapshot
        if not words.strip() and not needing:
            return [card_of(snapshot, row) for row in newest(snapshot, section, FOUND)]
        finder = self._finder
        if finder is None or finder.snapshot is not snapshot:
            finder = self._finder = SearchIndex(snapshot)
        if not needing:
            return [card_of(snapshot, row) for row in finder.find(words, section, FOUND)]
        reasons = self._reasons()
        rows = finder.find(words, section, FOUND, among=sorted(reasons))
        return [card_of(snapshot, row) | {"reasons": reasons[row]} for row in rows]

    def _reasons(self) -> dict[int, list[Reason]]:
        """Tell by row why articles need attention."""
        state, now = self._office.state(), time.time()
        known = self._office.live.watcher.known
        key = (state.snapshot.id, known.version, known.changed, int(now / MINUTE))
        if self._needing[0] != key:
            rows, found = RowLookup(state.snapshot), dict[int, list[Reason]]()
            for one in review_queue(rows, known.decisions, state.at, now):
                row = rows.of(_subject(one.decision))
                if row >= 0 and one.reason not in found.setdefault(row, []):
                    found[row].append(one.reason)
            self._needing = (key, found)
        return self._needing[1]


def blueprint(search: Search, office: DeskContext) -> Blueprint:
    """Make the route."""
    routes = Blueprint("searching", __name__, url_prefix="/desk")

    @routes.get("/")
    @requires(Role.VIEWER)
    def index() -> ResponseReturnValue:
        asked, part = request.args, request.args.get("part", "")
        words, section, needing = asked.get("q", ""), asked.get("section", ""), "needing" in asked
        pages = {"1": "found.html", "pick": "picks.html"}
        found = search.found(words, section, needing=needing)
        return render_template(
            pages.get(part, "index.html"),
            found=found[:10] if part == "pick" else found,
            words=words,
            section=section,
            needing=needing,
            sections=office.state().snapshot.sections,
        )

    return routes


def _subject(one: Override) -> str:
    """Name the article that a decision is about; "" for a section, tag or author."""
    return one.article or (one.pick if one.scope is Scope.ARTICLE else "")
