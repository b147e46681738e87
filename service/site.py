"""Cards for the site: related and latest."""

from __future__ import annotations

import time
from collections.abc import Callable

from flask import Blueprint, Response, request
from werkzeug.exceptions import ServiceUnavailable

from recommender.picks import Query
from recommender.serving import Served, latest_answer, related_answer
from service.answers import Answer, answer_from, reply_to
from service.live import Live, State
from service.parameters import flag, query_from

PLAIN = Query()
"""What a page asks for that asks for nothing special."""


class Site:
    """Makes the site's answers, and gives kept ones again."""

    def __init__(self, live: Live) -> None:
        self._live = live

    def plain(self, article: str, now: float) -> Answer:
        """Answer for an article without any parameters."""
        state = self._state()
        return state.answers.get(article, now) or self._keep(
            state, article, now, related_answer(state.snapshot, article, PLAIN, now, state.force)
        )

    def asked(self, article: str | None, now: float, make: Callable[[State], Served]) -> Answer:
        """Answer the request of the moment with what ``make`` makes; errors are never kept."""
        state = self._state()
        question = (article, request.path, request.query_string)
        return state.answers.get(question, now) or self._keep(state, question, now, make(state))

    def _state(self) -> State:
        if self._live.state is None:
            raise ServiceUnavailable("no snapshot is published yet: run `recommender index`")
        return self._live.state

    def _keep(self, state: State, question: object, now: float, served: Served) -> Answer:
        answer = answer_from(served, now)
        state.answers.keep(question, answer)
        return answer


def blueprint(site: Site) -> Blueprint:
    """Make the routes of the site's API."""
    routes = Blueprint("site", __name__, url_prefix="/v1")

    @routes.get("/articles/<path:article>/related")
    def related(article: str) -> Response:
        now = time.time()
        if not request.query_string:
            return _sent(site.plain(article, now))

        def make(state: State) -> Served:
            query, explain = query_from(request.args), flag(request.args, "explain")
            return related_answer(state.snapshot, article, query, now, state.force, explain=explain)

        return _sent(site.asked(article, now, make))

    @routes.get("/latest")
    def latest() -> Response:
        now = time.time()

        def make(state: State) -> Served:
            return latest_answer(state.snapshot, query_from(request.args), now, state.force)

        return _sent(site.asked(None, now, make))

    return routes


def _sent(answer: Answer) -> Response:
    reply = reply_to(request.environ, answer)
    return Response(reply.body, status=reply.status, headers=reply.headers)
