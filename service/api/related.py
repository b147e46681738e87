"""Cards for the site: related, by id or address, one article or several, and latest."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import tzinfo

from flask import Blueprint, Response, request
from werkzeug.exceptions import ServiceUnavailable

from recommender.cdn import surrogate_keys
from recommender.serving.filters import Query
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
from service.http.query_params import flag, query_from, subject_from
from service.http.response_cache import JSON, CachedResponse, cached_response, http_response
from service.state.live import ServingState, SnapshotWatcher


class RelatedAPI:
    """Makes the site's answers, and gives kept ones again."""

    def __init__(self, live: SnapshotWatcher, surrogate_key_header: str, zone: tzinfo) -> None:
        self.zone = zone
        """Time zone in which a fragment's days begin."""
        self._live = live
        self._surrogate_key_header = surrogate_key_header
        """Header that tells a cache what an answer shows, "" for none."""

    @property
    def state(self) -> ServingState:
        """What the request of the moment works with."""
        if self._live.state is None:
            raise ServiceUnavailable(str(self._live.waits_for))
        return self._live.state

    def plain(self, article: str, now: float) -> CachedResponse:
        """Answer for an article without any parameters."""
        state = self.state
        return state.answers.get(article, now) or self._keep(
            state, article, now, _related_to(state, article, Query(), now)
        )

    def asked(
        self, now: float, make: Callable[[ServingState], RelatedResponse], kind: str = JSON
    ) -> CachedResponse:
        """Answer the request of the moment with what ``make`` makes; errors are never kept."""
        state = self.state
        question = (request.path, request.query_string)
        return state.answers.get(question, now) or self._keep(
            state, question, now, make(state), kind
        )

    def _keep(
        self,
        state: ServingState,
        question: object,
        now: float,
        served: RelatedResponse,
        kind: str = JSON,
    ) -> CachedResponse:
        extra = None
        if self._surrogate_key_header:
            shown = map(state.snapshot.identifier, served.rows)
            extra = surrogate_keys.header(self._surrogate_key_header, served.articles, shown)
        answer = cached_response(served, now, kind, extra)
        state.answers.keep(question, answer)
        return answer


def blueprint(site: RelatedAPI) -> Blueprint:
    """Make the routes of the site's API."""
    routes = Blueprint("site", __name__, url_prefix="/v1")
    _route_cards(routes, site)
    _route_fragments(routes, site)
    return routes


def _route_cards(routes: Blueprint, site: RelatedAPI) -> None:
    @routes.get("/articles/<anything:article>/related")
    def related(article: str) -> Response:
        now = time.time()
        if not request.query_string:
            return sent(site.plain(article, now))
        return sent(site.asked(now, lambda state: _related(state, article, now)))

    @routes.get("/related")
    def related_by() -> Response:
        now = time.time()

        def make(state: ServingState) -> RelatedResponse:
            articles, url = subject_from(request.args)
            if url is None:
                return _batch(state, articles, now)
            return _related(state, article_at(state.snapshot, url, now, state.force), now)

        return sent(site.asked(now, make))

    @routes.get("/latest")
    def latest() -> Response:
        now = time.time()

        def make(state: ServingState) -> RelatedResponse:
            return latest_answer(state.snapshot, query_from(request.args), now, state.force)

        return sent(site.asked(now, make))


def _route_fragments(routes: Blueprint, site: RelatedAPI) -> None:
    @routes.get("/articles/<anything:article>/related.html")
    def fragment(article: str) -> Response:
        now = time.time()
        return sent(site.asked(now, lambda state: _fragment(site, state, article, now), HTML))

    @routes.get("/related.html")
    def fragment_by_url() -> Response:
        now = time.time()

        def make(state: ServingState) -> RelatedResponse:
            _, url = subject_from(request.args, only_url=True)
            article = article_at(state.snapshot, str(url), now, state.force)
            return _fragment(site, state, article, now)

        return sent(site.asked(now, make, HTML))


def sent(answer: CachedResponse) -> Response:
    """Turn an answer into the framework's response, in the form that the request wants."""
    reply = http_response(request.environ, answer)
    return Response(reply.body, status=reply.status, headers=reply.headers)


def _related(state: ServingState, article: str, now: float) -> RelatedResponse:
    query, explain = query_from(request.args), flag(request.args, "explain")
    return _related_to(state, article, query, now, explain=explain)


def _related_to(
    state: ServingState, article: str, query: Query, now: float, *, explain: bool = False
) -> RelatedResponse:
    return related_answer(state.snapshot, article, query, now, state.force, explain=explain)


def _batch(state: ServingState, articles: list[str], now: float) -> RelatedResponse:
    query, explain = query_from(request.args), flag(request.args, "explain")
    return batch_answer(state.snapshot, articles, query, now, state.force, explain=explain)


def _fragment(site: RelatedAPI, state: ServingState, article: str, now: float) -> RelatedResponse:
    snapshot, query = state.snapshot, query_from(request.args)
    row = public_row(snapshot, article, now, state.force)
    served = row_answer(snapshot, row, query, now, state.force)
    return render_fragment(served, snapshot.card(row)["language"], site.zone)
