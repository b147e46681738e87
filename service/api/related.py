"""Lists of cards: related to one article or several, by id or URL, and the latest."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import tzinfo

import msgspec
from flask import Blueprint, Response, request
from werkzeug.exceptions import ServiceUnavailable

from recommender.cdn import surrogate_keys
from recommender.serving.filters import DEFAULT_QUERY
from recommender.serving.list_context import ListContext
from recommender.serving.reasons import ReasonBuilder
from recommender.serving.responses import (
    RelatedResponse,
    article_at,
    batch_answer,
    latest_answer,
    public_row,
    related_answer,
    row_answer,
)
from service.api.fragment import HTML, render_fragment
from service.api.why_this import why_this
from service.http.query_params import (
    MAX_LIMIT,
    parse_flag,
    parse_query,
    parse_spare,
    parse_subject,
    parse_url,
)
from service.http.response_cache import JSON, CachedResponse, negotiate, prepare_related
from service.state.serving_state import ServingState
from service.state.state_updater import StateUpdater


class RelatedAPI:
    """Computes lists of cards and caches the responses.

    Parameters
    ----------
    updater
        Holder of the active state.
    surrogate_key_header
        Name of the header that lists the articles in a response; "" for none.
    timezone
        Time zone of the dates in HTML fragments.
    """

    def __init__(
        self,
        updater: StateUpdater,
        surrogate_key_header: str,
        timezone: tzinfo,
    ) -> None:
        self.timezone = timezone
        self._updater = updater
        self._surrogate_key_header = surrogate_key_header

    @property
    def state(self) -> ServingState:
        """The active state.

        Raises
        ------
        ServiceUnavailable
            If there is none yet.
        """
        state = self._updater.state
        if state is None:
            raise ServiceUnavailable(str(self._updater.unavailable_reason))
        return state

    def default_response(self, article: str, now: float) -> CachedResponse:
        """Return the list for an article without parameters.

        Raises
        ------
        ArticleNotFoundError
            If the article is unknown or not public.
        ServiceUnavailable
            If there is no active state.
        """
        state = self.state
        cached = state.responses.get(article, now)
        if cached is None:
            related = related_answer(state.snapshot, article, DEFAULT_QUERY, now, state.overrides)
            cached = self._prepare(state, now, related)
            state.responses.put(article, cached)
        return cached

    def response(
        self, now: float, compute: Callable[[ServingState], RelatedResponse], kind: str = JSON
    ) -> CachedResponse:
        """Return the response to the current request, from the cache or by calling ``compute``.

        Parameters
        ----------
        now
            Seconds since 1970 UTC.
        compute
            Computes the list; its exceptions are raised and never cached.
        kind
            Media type of the body.
        """
        state = self.state
        key = (request.path, request.query_string)
        cached = state.responses.get(key, now)
        if cached is None:
            cached = self._prepare(state, now, compute(state), kind)
            # A list with reasons is ten times as large, and for people, who ask once.
            if "explain" not in request.args:
                state.responses.put(key, cached)
        return cached

    def _prepare(
        self, state: ServingState, now: float, related: RelatedResponse, kind: str = JSON
    ) -> CachedResponse:
        extra_headers = None
        if self._surrogate_key_header:
            shown = map(state.snapshot.identifier, related.rows)
            extra_headers = surrogate_keys.header(
                self._surrogate_key_header, related.articles, shown
            )
        return prepare_related(related, now, kind, extra_headers)


def blueprint(api: RelatedAPI) -> Blueprint:
    """Create the routes for lists of cards."""
    routes = Blueprint("related", __name__, url_prefix="/v1")
    _add_json_routes(routes, api)
    _add_fragment_routes(routes, api)
    return routes


def send(cached: CachedResponse) -> Response:
    """Convert a prepared response into a Flask response for the current request."""
    response = negotiate(request.environ, cached)
    return Response(response.body, status=response.status, headers=response.headers)


def _add_json_routes(routes: Blueprint, api: RelatedAPI) -> None:
    @routes.get("/articles/<article_id:article>/related")
    def related(article: str) -> Response:
        now = time.time()
        if not request.query_string:
            return send(api.default_response(article, now))
        return send(api.response(now, lambda state: _single(state, article, now)))

    @routes.get("/related")
    def related_by_url_or_ids() -> Response:
        now = time.time()

        def compute(state: ServingState) -> RelatedResponse:
            articles, url = parse_subject(request.args)
            if url is None:
                return _batch(state, articles, now)
            article = article_at(state.snapshot, url, now, state.overrides)
            return _single(state, article, now, "url")

        return send(api.response(now, compute))

    @routes.get("/latest")
    def latest() -> Response:
        now = time.time()

        def compute(state: ServingState) -> RelatedResponse:
            query = parse_query(request.args)
            return latest_answer(state.snapshot, query, now, state.overrides)

        return send(api.response(now, compute))


def _add_fragment_routes(routes: Blueprint, api: RelatedAPI) -> None:
    @routes.get("/articles/<article_id:article>/related.html")
    def fragment(article: str) -> Response:
        now = time.time()
        return send(api.response(now, lambda state: _fragment(api, state, article, now), HTML))

    @routes.get("/related.html")
    def fragment_by_url() -> Response:
        now = time.time()

        def compute(state: ServingState) -> RelatedResponse:
            url = parse_url(request.args)
            article = article_at(state.snapshot, url, now, state.overrides)
            return _fragment(api, state, article, now, "url")

        return send(api.response(now, compute, HTML))


def _single(state: ServingState, article: str, now: float, *subject: str) -> RelatedResponse:
    query = parse_query(request.args, "explain", *subject)
    explain = parse_flag(request.args, "explain")
    return related_answer(state.snapshot, article, query, now, state.overrides, explain=explain)


def _batch(state: ServingState, articles: list[str], now: float) -> RelatedResponse:
    query = parse_query(request.args, "explain", "id")
    explain = parse_flag(request.args, "explain")
    return batch_answer(state.snapshot, articles, query, now, state.overrides, explain=explain)


def _fragment(
    api: RelatedAPI, state: ServingState, article: str, now: float, *subject: str
) -> RelatedResponse:
    snapshot, query = state.snapshot, parse_query(request.args, "why", "spare", *subject)
    row, limit = public_row(snapshot, article, now, state.overrides), 0
    if spare := parse_spare(request.args):
        limit = query.limit or snapshot.ranking.cards
        query = msgspec.structs.replace(query, limit=min(limit + spare, MAX_LIMIT))
    related = row_answer(snapshot, row, query, now, state.overrides)
    language, why = snapshot.card(row)["language"], []
    if parse_flag(request.args, "why"):
        builder = ReasonBuilder(ListContext(snapshot, row, now, state.overrides))
        shown = zip(related.rows, related.origins, strict=True)
        why = [why_this(builder.reasons(card), origin, language) for card, origin in shown]
    return render_fragment(related, language, api.timezone, state.heading, why, limit)
