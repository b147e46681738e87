"""What is seen of a request from outside: its id, its line in the log, its place in the figures."""

from __future__ import annotations

import logging
import re
import secrets
import sys
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from msgspec import json

from service.api.metrics import Metrics
from service.http.response_cache import ORIGINS

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

GIVEN = re.compile(r"[A-Za-z0-9._:-]{1,64}")
"""A request id that a proxy gave; anything else is replaced, since it goes into the log."""

UNTOLD = "/desk/oidc/"
"""Where the query holds what signs an editor in, which is no log's business."""

REQUEST_ID = "related_posts.request_id"

log = logging.getLogger("service")


class AccessLogMiddleware:
    """A WSGI application before another one: it counts, times and logs."""

    def __init__(
        self, application: WSGIApplication, metrics: Metrics, *, lines: bool, slow_seconds: float
    ) -> None:
        self._application = application
        self._metrics = metrics
        self._lines = lines
        self._slow = slow_seconds

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Pass the request on; its id goes with it and with the answer."""
        started = time.perf_counter()
        given = environ.get("HTTP_X_REQUEST_ID")
        request = given if given and GIVEN.fullmatch(given) else secrets.token_hex(8)
        environ[REQUEST_ID] = request
        status = 500

        def start(line: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            nonlocal status
            status = int(line[:3])
            return start_response(line, [*headers, ("X-Request-ID", request)], *rest)

        body = self._application(environ, start)
        seconds = time.perf_counter() - started
        self._metrics.count(status, seconds, environ.get(ORIGINS, {}))
        if self._lines:
            _write(environ, request, status, seconds)
        if seconds >= self._slow:
            log.warning("slow request %s: %.0f ms", request, seconds * 1e3)
        return body


def _write(environ: WSGIEnvironment, request: str, status: int, seconds: float) -> None:
    """Write one line of JSON, without anything that tells who the reader is."""
    line = {
        "time": round(time.time(), 3),
        "request": request,
        "method": environ["REQUEST_METHOD"],
        "path": environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace"),
        "query": "" if environ["PATH_INFO"].startswith(UNTOLD) else environ.get("QUERY_STRING", ""),
        "status": status,
        "ms": round(seconds * 1e3, 3),
    }
    sys.stdout.write(json.encode(line).decode() + "\n")
    sys.stdout.flush()
