"""The start page: search articles by words and section, or list those that need attention."""

from __future__ import annotations

import time
from typing import Any, NamedTuple

import numpy as np
from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from recommender.catalogue.accounts import Role
from recommender.overrides.override import Override, Scope
from recommender.overrides.resolve import RowLookup
from recommender.reports.override_review import Reason, review_queue
from recommender.snapshots.snapshot import Snapshot
from service.desk.presenters.auth import requires
from service.desk.presenters.context import DeskContext
from service.desk.presenters.forms import parse_days
from service.desk.presenters.search_index import SearchIndex, newest

PAGE_SIZE = 40
"""Articles on a page of results."""

PIN_RESULTS = 10
"""Articles in the results of "Pin another article"."""

REVIEW_SECONDS = 60
"""Seconds for which the review queue is reused while no override changes."""


class Narrowing(NamedTuple):
    """Which articles a search looks at."""

    section: str = ""
    """Name of a section; "" for all."""
    author: str = ""
    """Name of an author; "" for all."""
    since: float | None = None
    """Earliest publication, in seconds since 1970 UTC."""
    until: float | None = None
    """Exclusive end of the same."""
    attention: bool = False
    """Whether only articles that need attention are searched."""


EVERYTHING = Narrowing()


class ArticleSearch:
    """Finds articles of the current snapshot; keeps its index between requests."""

    def __init__(self, context: DeskContext) -> None:
        self._context = context
        self._index: SearchIndex | None = None
        self._review: tuple[object, dict[int, list[Reason]]] = (None, {})

    def find(self, words: str, narrow: Narrowing = EVERYTHING) -> list[dict[str, Any]]:
        """Return the cards of the newest articles that contain all words.

        Parameters
        ----------
        words
            Words separated by spaces.
        narrow
            Which articles to search. Those that need attention have ``reasons``.
        """
        snapshot = self._context.state().snapshot
        among = self._among(snapshot, narrow)
        if not words.strip() and among is None:
            return [snapshot.card(row) for row in newest(snapshot, narrow.section, PAGE_SIZE)]
        index = self._index
        if index is None or index.snapshot is not snapshot:
            index = self._index = SearchIndex(snapshot)
        rows = index.find(words, narrow.section, PAGE_SIZE, among=among)
        reasons = self._review_reasons() if narrow.attention else {}
        return [snapshot.card(row) | {"reasons": reasons.get(row, [])} for row in rows]

    def _among(self, snapshot: Snapshot, narrow: Narrowing) -> list[int] | None:
        """Return the rows to search, newest first; None for all."""
        if narrow._replace(section="") == EVERYTHING:
            return None
        order = snapshot.newest_first()
        keep = np.ones(len(order), np.bool_)
        if narrow.since is not None:
            keep &= snapshot.published[order] >= narrow.since
        if narrow.until is not None:
            keep &= snapshot.published[order] < narrow.until
        if narrow.author:
            members = self._context.watcher.override_watcher.members
            rows = RowLookup(snapshot).named(Scope.AUTHOR, narrow.author, members)
            keep &= np.isin(order, rows)
        if narrow.attention:
            keep &= np.isin(order, list(self._review_reasons()))
        found: list[int] = order[keep].tolist()
        return found

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
        words, form = request.args.get("q", ""), request.args
        since, until = parse_days(
            form.get("since", ""), form.get("until", ""), context.settings.zone
        )
        attention = "attention" in form
        narrow = Narrowing(form.get("section", ""), form.get("author", ""), since, until, attention)
        found = search.find(words, narrow)
        return render_template(
            "search_results.html" if form.get("part") == "results" else "search.html",
            found=found,
            full=len(found) == PAGE_SIZE,
            words=words,
            form=form,
            narrowed=narrow != EVERYTHING,
            sections=context.state().snapshot.sections,
        )

    return routes


def _subject(override: Override) -> str:
    """Return the id of the article that an override is about; "" for a section, tag or author."""
    return override.article or (override.pick if override.scope is Scope.ARTICLE else "")
