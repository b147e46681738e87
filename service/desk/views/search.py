"""The start page: search articles by words and section, or list those that need attention."""

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
from service.desk.presenters.search_index import SearchIndex, newest

PAGE_SIZE = 40
"""Articles on a page of results."""

PIN_RESULTS = 10
"""Articles in the results of "Pin another article"."""

REVIEW_SECONDS = 60
"""Seconds for which the review queue is reused while no override changes."""


class ArticleSearch:
    """Finds articles of the current snapshot; keeps its index between requests."""

    def __init__(self, context: DeskContext) -> None:
        self._context = context
        self._index: SearchIndex | None = None
        self._review: tuple[object, dict[int, list[Reason]]] = (None, {})

    def find(self, words: str, section: str = "", *, attention: bool = False) -> list[Any]:
        """Return the cards of the newest articles that contain all words.

        Parameters
        ----------
        words
            Words separated by spaces.
        section
            Name of a section; "" for all.
        attention
            Whether to return only articles that need attention. Each then has ``reasons``.
        """
        snapshot = self._context.state().snapshot
        if not words.strip() and not attention:
            return [snapshot.card(row) for row in newest(snapshot, section, PAGE_SIZE)]
        index = self._index
        if index is None or index.snapshot is not snapshot:
            index = self._index = SearchIndex(snapshot)
        if not attention:
            return [snapshot.card(row) for row in index.find(words, section, PAGE_SIZE)]
        reasons = self._review_reasons()
        rows = index.find(words, section, PAGE_SIZE, among=snapshot.by_date(reasons))
        return [snapshot.card(row) | {"reasons": reasons[row]} for row in rows]

    def _review_reasons(self) -> dict[int, list[Reason]]:
        """Return by row why articles need attention."""
        state, now = self._context.state(), time.time()
        known = self._context.watcher.override_watcher.known
        key = (state.snapshot.id, known.version, known.changed, int(now / REVIEW_SECONDS))
        if self._review[0] != key:
            rows, found = RowLookup(state.snapshot), dict[int, list[Reason]]()
            for item in review_queue(rows, known.overrides, state.overrides_at, now):
                row = rows.of(_subject(item.decision))
                if row >= 0 and item.reason not in found.setdefault(row, []):
                    found[row].append(item.reason)
            self._review = (key, found)
        return self._review[1]


def blueprint(search: ArticleSearch, context: DeskContext) -> Blueprint:
    """Create the route of the start page."""
    routes = Blueprint("search", __name__, url_prefix="/desk")

    @routes.get("/")
    @requires(Role.VIEWER)
    def index() -> ResponseReturnValue:
        words, section = request.args.get("q", ""), request.args.get("section", "")
        attention, part = "attention" in request.args, request.args.get("part", "")
        return render_template(
            "search_results.html" if part == "results" else "search.html",
            found=search.find(words, section, attention=attention),
            words=words,
            section=section,
            attention=attention,
            sections=context.state().snapshot.sections,
        )

    return routes


def _subject(override: Override) -> str:
    """Return the id of the article that an override is about; "" for a section, tag or author."""
    return override.article or (override.pick if override.scope is Scope.ARTICLE else "")
