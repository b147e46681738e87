"""Request ids, the access log and request metrics.

A request only appends a record to a queue. A thread counts and logs the records ten times a second:
a write a request would cost readers as much as half of a cached response.
"""

from __future__ import annotations

import logging
import re
import sys
import threading
import time
import weakref
from collections import deque
from collections.abc import Iterable
from datetime import UTC, datetime
from multiprocessing.util import Finalize
from random import getrandbits
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import msgspec

from service.api.metrics import Metrics, RequestRecord
from service.http.response_cache import NO_CARDS, ORIGIN_COUNTS

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

WRITE_SECONDS = 0.1
"""Time between two writes. A process that is killed loses the lines of this time."""

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


class RequestLog:
    """Queue of the requests that are not counted and logged yet.

    Parameters
    ----------
    metrics
        Where requests are counted.
    log_format
        How every request is logged on standard output: "json" or "text"; None for not at all.
    """

    def __init__(self, metrics: Metrics, log_format: str | None) -> None:
        self._metrics = metrics
        self._format = FORMATS[log_format] if log_format else None
        self._records: deque[RequestRecord] = deque()
        self._write_lock = threading.Lock()
        self.add = self._records.append
        metrics.before_render = self.write
        threading.Thread(target=_poll, args=(weakref.ref(self),), daemon=True).start()
        # Workers are processes of multiprocessing, which skip the functions of atexit.
        Finalize(None, _write_last, args=(weakref.ref(self),), exitpriority=0)

    def write(self) -> None:
        """Count and log all requests of the queue."""
        with self._write_lock:
            records = [self._records.popleft() for _ in range(len(self._records))]
        if not records:
            return
        self._metrics.record(records)
        if self._format is not None:
            lines = [self._format(_line(one)) + "\n" for one in records]
            sys.stdout.write("".join(lines))
            sys.stdout.flush()


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
        self._log = RequestLog(metrics, log_format)
        self._slow_seconds = slow_seconds

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Handle a request, with its id in the response header ``X-Request-ID``."""
        started = time.perf_counter()
        given = environ.get("HTTP_X_REQUEST_ID")
        if given and REQUEST_ID_PATTERN.fullmatch(given):
            request_id = given
        else:
            request_id = f"{getrandbits(64):016x}"  # no secret, and no call of the system
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
        self._log.add(
            RequestRecord(
                status,
                seconds,
                environ.get(ORIGIN_COUNTS, NO_CARDS),
                time.time(),
                request_id,
                environ["REQUEST_METHOD"],
                environ["PATH_INFO"],
                environ.get("QUERY_STRING", ""),
            )
        )
        if seconds >= self._slow_seconds:
            log.warning("slow request %s: %.0f ms", request_id, seconds * 1e3)
        return body


def _write_last(reference: weakref.ref[RequestLog]) -> None:
    if (requests := reference()) is not None:
        requests.write()


def _poll(reference: weakref.ref[RequestLog]) -> None:
    while (requests := reference()) is not None:
        try:
            requests.write()
        except Exception:
            log.exception("requests could not be logged")
        del requests  # else this thread would keep it alive
        time.sleep(WRITE_SECONDS)


def _line(record: RequestRecord) -> LogLine:
    is_secret = record.path.startswith(SECRET_QUERY_PREFIX)
    return LogLine(
        time=round(record.ended, 3),
        request=record.request,
        method=record.method,
        path=record.path.encode("latin-1").decode("utf-8", "replace"),
        query="" if is_secret else record.query,
        status=record.status,
        ms=round(record.seconds * 1e3, 3),
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
