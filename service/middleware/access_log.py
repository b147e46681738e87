"""Request ids, the access log and request metrics."""

from __future__ import annotations

import logging
import re
import secrets
import sys
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import msgspec

from service.api.metrics import Metrics
from service.http.response_cache import ORIGIN_COUNTS

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

REQUEST_ID_PATTERN = re.compile(r"[A-Za-z0-9._:-]{1,64}")
"""Ids of a proxy that are accepted; others are replaced, because the id is written to the log."""

SECRET_QUERY_PREFIX = "/desk/oidc/"  # noqa: S105 - a path
"""Paths whose query signs an editor in and must not be logged."""

NO_SNIFFING = ("X-Content-Type-Options", "nosniff")
"""Header of every response: no browser may take JSON or text for a page or a script."""

QUERY_CHARACTERS = "/?:@!$&'()*+,;=%"
"""Characters of a query string that are logged as they are, besides letters and digits."""

REQUEST_ID = "related_posts.request_id"
"""Key of the WSGI environment: the id of the request."""

log = logging.getLogger("service")


class LogLine(msgspec.Struct):
    """One line of the access log; it has nothing that identifies the reader."""

    time: float
    """Seconds since 1970 UTC."""
    request: str
    method: str
    path: str
    query: str
    status: int
    ms: float


class AccessLogMiddleware:
    """Gives each request an id, records its metrics and writes the access log.

    Parameters
    ----------
    application
        The wrapped WSGI application.
    metrics
        Where requests are counted.
    log_format
        How every request is logged on standard output: "json" or "text"; None for not at all.
    slow_seconds
        Duration from which a request is also logged as slow.
    """

    def __init__(
        self,
        application: WSGIApplication,
        metrics: Metrics,
        *,
        log_format: str | None,
        slow_seconds: float,
    ) -> None:
        self._application = application
        self._metrics = metrics
        self._format = FORMATS[log_format] if log_format else None
        self._slow_seconds = slow_seconds

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Handle a request, with its id in the response header ``X-Request-ID``."""
        started = time.perf_counter()
        given = environ.get("HTTP_X_REQUEST_ID")
        if given and REQUEST_ID_PATTERN.fullmatch(given):
            request_id = given
        else:
            request_id = secrets.token_hex(8)
        environ[REQUEST_ID] = request_id
        status = 500

        def start(line: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            nonlocal status
            status = int(line[:3])
            return start_response(
                line, [*headers, ("X-Request-ID", request_id), NO_SNIFFING], *rest
            )

        body = self._application(environ, start)
        seconds = time.perf_counter() - started
        self._metrics.record_response(status, seconds, environ.get(ORIGIN_COUNTS, {}))
        if self._format is not None:
            sys.stdout.write(self._format(_line(environ, request_id, status, seconds)) + "\n")
            sys.stdout.flush()
        if seconds >= self._slow_seconds:
            log.warning("slow request %s: %.0f ms", request_id, seconds * 1e3)
        return body


def _line(environ: WSGIEnvironment, request_id: str, status: int, seconds: float) -> LogLine:
    path: str = environ["PATH_INFO"]
    is_secret = path.startswith(SECRET_QUERY_PREFIX)
    return LogLine(
        time=round(time.time(), 3),
        request=request_id,
        method=environ["REQUEST_METHOD"],
        path=path.encode("latin-1").decode("utf-8", "replace"),
        query="" if is_secret else environ.get("QUERY_STRING", ""),
        status=status,
        ms=round(seconds * 1e3, 3),
    )


def _as_json(line: LogLine) -> str:
    return msgspec.json.encode(line).decode()


def _as_text(line: LogLine) -> str:
    """Write a line for people; an address is quoted, so that it cannot add lines or colours."""
    when = datetime.fromtimestamp(line.time, UTC).isoformat(" ", "milliseconds")
    address = quote(line.path) + (f"?{quote(line.query, QUERY_CHARACTERS)}" if line.query else "")
    return f"{when} {line.method} {address} {line.status} {line.ms:.1f} ms {line.request}"


FORMATS = {"json": _as_json, "text": _as_text}
"""How a line is written, by the setting ``access_log_format``."""
