"""Which other sites' pages may read our answers in a browser (CORS)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ALLOW = "Access-Control-Allow-Origin"


class Origins:
    """A WSGI application before another one: it says which origins may read the answer."""

    def __init__(self, application: WSGIApplication, allowed: list[str]) -> None:
        self._application = application
        self._any = "*" in allowed
        self._allowed = frozenset(allowed)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Pass the request on, and add the header to its answer."""
        if self._any:
            extra = [(ALLOW, "*")]
        else:
            # The answer depends on who asks, so a cache must keep one for each.
            extra = [("Vary", "Origin")]
            if (origin := environ.get("HTTP_ORIGIN")) in self._allowed:
                extra.append((ALLOW, str(origin)))

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            return start_response(status, headers + extra, *rest)

        return self._application(environ, start)
