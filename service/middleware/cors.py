"""Cross-origin requests (CORS): lets pages of other origins read responses in a browser."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

ALLOW_ORIGIN = "Access-Control-Allow-Origin"


class CORSMiddleware:
    """Adds ``Access-Control-Allow-Origin`` for the allowed origins.

    Parameters
    ----------
    application
        The wrapped WSGI application.
    allowed_origins
        Origins such as ``https://www.example.org``; ``*`` allows all.
    """

    def __init__(self, application: WSGIApplication, allowed_origins: list[str]) -> None:
        self._application = application
        self._allow_all = "*" in allowed_origins
        self._allowed_origins = frozenset(allowed_origins)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Handle a request and add the header to its response."""
        origin = environ.get("HTTP_ORIGIN")

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            if self._allow_all:
                return start_response(status, [*headers, (ALLOW_ORIGIN, "*")], *rest)
            headers = _vary_by_origin(headers)
            if origin in self._allowed_origins:
                headers.append((ALLOW_ORIGIN, str(origin)))
            return start_response(status, headers, *rest)

        return self._application(environ, start)


def _vary_by_origin(headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Add ``Origin`` to the ``Vary`` header, so that caches keep one response per origin.

    All values go into one header: nginx 1.22 reads only the last of several.
    """
    values = [value for name, value in headers if name.lower() == "vary"]
    others = [(name, value) for name, value in headers if name.lower() != "vary"]
    return [*others, ("Vary", ", ".join([*values, "Origin"]))]
