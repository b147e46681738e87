"""The door that nearly all readers take, ahead of the framework.

The framework's routing costs more than choosing six cards. So the plain question, GET with no
parameters for a known article, is answered here; whatever is unusual goes on to the framework,
which answers the same question with the same bytes.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

from werkzeug.exceptions import HTTPException

from recommender.errors import RecommenderError
from service.api.related import RelatedAPI
from service.http.response_cache import CachedResponse, http_response
from service.middleware.slow_requests import SlowRequestLimiter

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

START = "/v1/articles/"
END = "/related"
STATUS = {200: "200 OK", 304: "304 NOT MODIFIED"}


class FastPathMiddleware:
    """A WSGI application before another one."""

    def __init__(
        self, framework: WSGIApplication, site: RelatedAPI, bodies: SlowRequestLimiter
    ) -> None:
        self._framework = framework
        self._site = site
        self._bodies = bodies

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer the plain question; hand everything else on."""
        path: str = environ["PATH_INFO"]
        if (
            path.startswith(START)
            and path.endswith(END)
            and not environ.get("QUERY_STRING")
            and environ["REQUEST_METHOD"] == "GET"
            and (answer := self._answer(path[len(START) : -len(END)])) is not None
        ):
            reply = http_response(environ, answer)
            start_response(STATUS[reply.status], reply.headers)
            return [reply.body]
        return self._bodies.answer(self._framework, environ, start_response)

    def _answer(self, article: str) -> CachedResponse | None:
        try:
            # WSGI hands bytes over as Latin-1 (PEP 3333).
            return self._site.plain(article.encode("latin-1").decode(), time.time())
        except (RecommenderError, HTTPException, UnicodeDecodeError):
            return None  # the framework finds the same, and says it as a problem document
