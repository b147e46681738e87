"""Which other sites' pages may read our answers in a browser (CORS)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ALLOW = "Access-Control-Allow-Origin"


class CORSMiddleware:
    """A WSGI application before another one: it says which origins may read the answer."""

    def __init__(self, application: WSGIApplication, allowed: list[str]) -> None:
        self._application = application
        self._any = "*" in allowed
        self._allowed = frozenset(allowed)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Pass the request on, and add the header to its answer."""
        origin = environ.get("HTTP_ORIGIN")

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            if self._any:
                return start_response(status, [*headers, (ALLOW, "*")], *rest)
            headers = _varying(headers)
            if origin in self._allowed:
                headers.append((ALLOW, str(origin)))
            return start_response(status, headers, *rest)

        return self._application(environ, start)


def _varying(headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Say that the answer depends on who asks, so that a cache keeps one for each.

    In one header with what else it depends on: nginx 1.22 heeds the last ``Vary`` alone.
    """
    others = [value for name, value in headers if name.lower() == "vary"]
    rest = [(name, value) for name, value in headers if name.lower() != "vary"]
    return [*rest, ("Vary", ", ".join([*others, "Origin"]))]
