"""Cards for the site: related and latest."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

from flask import Blueprint, Response, request
from werkzeug.exceptions import ServiceUnavailable

from recommender.serving import Served, latest_answer, related_answer
from recommender.settings import Settings
from service.answers import KEPT_SECONDS, Answer
from service.live import Live, State
from service.parameters import flag, query_from

CACHE_CONTROL = "public, max-age=60, stale-while-revalidate=300, stale-if-error=86400"
"""A minute is how long an edge may keep a block; a day how long it may bridge our absence."""


def blueprint(live: Live, settings: Settings) -> Blueprint:
    """Make the routes of the site's API."""
    routes = Blueprint("site", __name__, url_prefix="/v1")
    shared = _shared_headers(settings.origins)

    @routes.get("/articles/<path:article>/related")
    def related(article: str) -> Response:
        state, now = _state(live), time.time()

        def make() -> Served:
            query, explain = query_from(request.args), flag(request.args, "explain")
            return related_answer(state.snapshot, article, query, now, state.force, explain=explain)

        return _respond(_answer(state, article, now, make), shared)

    @routes.get("/latest")
    def latest() -> Response:
        state, now = _state(live), time.time()

        def make() -> Served:
            return latest_answer(state.snapshot, query_from(request.args), now, state.force)

        return _respond(_answer(state, None, now, make), shared)

    if settings.origins and settings.origins != ["*"]:
        routes.after_request(partial(_allow_origin, settings.origins))
    return routes


def _shared_headers(origins: list[str]) -> list[tuple[str, str]]:
    """Headers of every answer: all that does not depend on the request."""
    headers = [("Content-Type", "application/json"), ("Cache-Control", CACHE_CONTROL)]
    if origins == ["*"]:
        headers.append(("Access-Control-Allow-Origin", "*"))
    elif origins:
        headers.append(("Vary", "Origin"))
    return headers


def _allow_origin(origins: list[str], response: Response) -> Response:
    if (origin := request.headers.get("Origin")) in origins:
        response.headers["Access-Control-Allow-Origin"] = str(origin)
    return response


def _state(live: Live) -> State:
    if live.state is None:
        raise ServiceUnavailable("no snapshot is published yet: run `recommender index`")
    return live.state


def _answer(state: State, article: str | None, now: float, make: Callable[[], Served]) -> Answer:
    """Find the answer to this request's question, or make it; errors are never kept."""
    question = (article, request.query_string)
    answer = state.answers.get(question, now)
    if answer is None:
        served = make()
        answer = Answer.of(served.body, min(now + KEPT_SECONDS, served.expires))
        state.answers.keep(question, answer)
    return answer


def _has(etag: str) -> bool:
    """Tell whether the reader's copy is this one; a proxy may have weakened its tag."""
    return request.if_none_match.contains_weak(etag.strip('"'))


def _respond(answer: Answer, shared: list[tuple[str, str]]) -> Response:
    headers = [*shared, ("ETag", answer.etag)]
    if "If-None-Match" in request.headers and _has(answer.etag):
        return Response(status=304, headers=headers)
    return Response(answer.body, headers=headers)
