"""Fast path for the most frequent request: the default list of an article.

Flask's routing costs more than ranking. A ``GET`` of an article's list without parameters is
therefore answered here. All other requests go to Flask, which would answer this one with the
same bytes.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from werkzeug.exceptions import HTTPException

from recommender.errors import RecommenderError
from service.api.related import RelatedAPI
from service.http.response_cache import CachedResponse, negotiate
from service.middleware.slow_requests import SlowRequestLimiter

PREFIX = "/v1/articles/"
SUFFIX = "/related"
STATUS_LINES = {200: "200 OK", 304: "304 NOT MODIFIED"}


class FastPathMiddleware:
    """Answers default lists, and passes other requests to Flask.

    Parameters
    ----------
    flask
        The WSGI application of Flask.
    api
        Computes and caches the lists.
    limiter
        Runs the requests that are passed on.
    """

    def __init__(
        self, flask: WSGIApplication, api: RelatedAPI, limiter: SlowRequestLimiter
    ) -> None:
        self._flask = flask
        self._api = api
        self._limiter = limiter

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Handle a request."""
        path: str = environ["PATH_INFO"]
        if (
            path.startswith(PREFIX)
            and path.endswith(SUFFIX)
            and not environ.get("QUERY_STRING")
            and environ["REQUEST_METHOD"] == "GET"
            and (cached := self._response(path[len(PREFIX) : -len(SUFFIX)])) is not None
        ):
            response = negotiate(environ, cached)
            start_response(STATUS_LINES[response.status], response.headers)
            return [response.body]
        return self._limiter.run(self._flask, environ, start_response)

    def _response(self, article: str) -> CachedResponse | None:
        try:
            # WSGI passes the bytes of the path as Latin-1 (PEP 3333).
            return self._api.default_response(article.encode("latin-1").decode(), time.time())
        except (RecommenderError, HTTPException, UnicodeDecodeError):
            return None  # Flask meets the same error and returns the problem document
