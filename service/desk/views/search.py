"""The start page and the search field of the header: articles by words, section and more."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from datetime import tzinfo
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from flask import Blueprint, Response, g, render_template, request
from flask.typing import ResponseReturnValue

from recommender.catalogue.accounts import Role
from recommender.catalogue.database import translate_db_errors
from recommender.overrides.facets import members
from recommender.overrides.override import Scope
from recommender.snapshots.snapshot import Snapshot
from service.desk.presenters.article.card_list import hidden_state
from service.desk.presenters.auth import requires
from service.desk.presenters.context import DeskContext
from service.desk.presenters.forms import parse_days
from service.desk.presenters.search_index import SearchIndex, newest
from service.desk.presenters.site_stats import SiteStats
from service.state.serving_state import ServingState

PAGE_SIZE = 40
"""Articles on a page of results."""

SUGGESTIONS = 8
"""Articles under the search field of the header."""

MAX_SUGGESTED_QUERY = 100
"""Characters of a query for suggestions; longer ones are searched on the page of results."""

SUGGESTIONS_A_SECOND, SUGGESTIONS_AT_ONCE = 10.0, 30
"""How often an editor may ask a worker for suggestions; fast typing asks about 5 times a second."""

PIN_RESULTS = 10
"""Articles in the results of "Pin another article"."""


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
    """Finds articles of a snapshot; keeps its index between requests."""

    def __init__(self, context: DeskContext, stats: SiteStats) -> None:
        self._context = context
        self._stats = stats
        self._index: SearchIndex | None = None
        self._by_author: tuple[object, list[int]] = (None, [])

    def find(
        self,
        words: str,
        state: ServingState,
        narrow: Narrowing = EVERYTHING,
        count: int = PAGE_SIZE,
    ) -> list[dict[str, Any]]:
        """Return the cards of the newest articles that contain all words.

        Parameters
        ----------
        words
            Words separated by spaces.
        state
            What the request works with.
        narrow
            Which articles to search. Those that need attention have ``reasons``.
        count
            Most cards to return.
        """
        snapshot = state.snapshot
        reasons = self._stats.review_reasons(state, time.time()) if narrow.attention else {}
        among = self._among(state, narrow, reasons)
        if not words.strip() and among is None:
            return [snapshot.card(row) for row in newest(snapshot, narrow.section, count)]
        rows = self._index_of(snapshot).find(words, narrow.section, count, among=among)
        return [snapshot.card(row) | {"reasons": reasons.get(row, [])} for row in rows]

    def _index_of(self, snapshot: Snapshot) -> SearchIndex:
        index = self._index
        if index is None or index.snapshot.id != snapshot.id:
            index = self._index = SearchIndex(snapshot)
        return index

    def _among(
        self, state: ServingState, narrow: Narrowing, attention: Iterable[int]
    ) -> list[int] | None:
        """Return the rows to search, newest first; None for all.

        ``attention`` has the rows of the articles that need attention.
        """
        snapshot = state.snapshot
        if narrow._replace(section="") == EVERYTHING:
            return None
        order = snapshot.newest_first()
        keep = np.ones(len(order), np.bool_)
        if narrow.since is not None:
            keep &= snapshot.published[order] >= narrow.since
        if narrow.until is not None:
            keep &= snapshot.published[order] < narrow.until
        if narrow.author:
            keep &= np.isin(order, self._rows_by(narrow.author, state))
        if narrow.attention:
            keep &= np.isin(order, list(attention))
        found: list[int] = order[keep].tolist()
        return found

    def _rows_by(self, author: str, state: ServingState) -> list[int]:
        """Return the rows of an author; those of the last one are kept while an editor types."""
        key = (state.snapshot.id, author)
        known, rows = self._by_author  # at once: another thread may replace it meanwhile
        if known != key:
            with translate_db_errors(self._context.settings.catalogue_url):
                find_members = partial(members, self._context.log.engine)
                rows = list(state.rows.named(Scope.AUTHOR, author, find_members))
            self._by_author = (key, rows)
        return rows


def blueprint(search: ArticleSearch, context: DeskContext) -> Blueprint:
    """Create the route of the start page."""
    routes = Blueprint("search", __name__, url_prefix="/desk")

    @routes.get("/", strict_slashes=False)
    @requires(Role.VIEWER)
    def index() -> ResponseReturnValue:
        return _results(search, context.state(), context.settings.zone)

    allowance = Allowance(SUGGESTIONS_A_SECOND, SUGGESTIONS_AT_ONCE)

    @routes.get("/suggestions")
    @requires(Role.VIEWER)
    def suggest() -> ResponseReturnValue:
        words = request.args.get("q", "").strip()
        if not allowance.take(g.editor.name, time.monotonic()):
            return Response("", 429, {"Retry-After": "1"})
        searched = 0 < len(words) <= MAX_SUGGESTED_QUERY
        found = search.find(words, context.state(), count=SUGGESTIONS) if searched else []
        return render_template("suggestions.html", found=found)

    return routes


def _results(search: ArticleSearch, state: ServingState, zone: tzinfo) -> str:
    """Draw the start page, or its results alone."""
    words, form = request.args.get("q", ""), request.args
    since, until = parse_days(form.get("since", ""), form.get("until", ""), zone)
    attention = "attention" in form
    narrow = Narrowing(form.get("section", ""), form.get("author", ""), since, until, attention)
    found = search.find(words, state, narrow)
    return render_template(
        "search_results.html" if form.get("part") == "results" else "search.html",
        found=found,
        hidden=_hidden(state, found),
        full=len(found) == PAGE_SIZE,
        words=words,
        form=form,
        narrowed=narrow != EVERYTHING,
        sections=state.snapshot.sections,
    )


def _hidden(state: ServingState, found: Iterable[dict[str, Any]]) -> dict[str, str]:
    """Return why readers do not see an article, by its id; "" where they do."""
    snapshot, now = state.snapshot, time.time()
    rows = {card["id"]: snapshot.row(card["id"]) for card in found}
    return {
        article: hidden_state(snapshot, row, state.overrides, now)
        for article, row in rows.items()
        if row is not None
    }


class Allowance:
    """Limits how often each editor may do something in this worker process.

    Parameters
    ----------
    a_second : how often in the long run.
    at_once : how often after a pause.
    """

    def __init__(self, a_second: float, at_once: int) -> None:
        self._a_second, self._at_once = a_second, at_once
        self._lock = threading.Lock()
        self._left: dict[str, tuple[float, float]] = {}
        """By editor: what was left, and when, in seconds."""

    def take(self, name: str, now: float) -> bool:
        """Return whether ``name`` may do it now; ``now`` is in seconds of a monotonic clock."""
        most = float(self._at_once)
        with self._lock:
            left, since = self._left.get(name, (most, now))
            left = min(most, left + (now - since) * self._a_second)
            self._left[name] = (left - (left >= 1), now)
        return left >= 1
