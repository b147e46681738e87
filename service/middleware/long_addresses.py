"""Limit on the length of addresses: no request may cost much because of its text."""

from __future__ import annotations

from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from service.http.problems import problem

MAX_BYTES = 16 * 1024
"""Bytes of a path, and of a query string. nginx passes on 8 KB; an ID has at most 4 KB."""


class LongAddressMiddleware:
    """Answers 414 to requests with a longer path or query string than :data:`MAX_BYTES`."""

    def __init__(self, application: WSGIApplication) -> None:
        self._application = application

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Handle a request."""
        for part in ("PATH_INFO", "QUERY_STRING"):
            if len(environ.get(part, "")) > MAX_BYTES:
                detail = f"expected a path and a query of at most {MAX_BYTES} bytes each, got more"
                return problem(414, "URI Too Long", detail)(environ, start_response)
        return self._application(environ, start_response)
