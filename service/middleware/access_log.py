"""Request ids, the access log and request metrics.

A request only appends a record to a queue. Ten times a second a thread counts the records and
another one logs them: a write a request would cost readers as much as half of a cached response.
They are two threads because a write blocks while nobody reads standard output.
"""

from __future__ import annotations

import logging
import re
import sys
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from multiprocessing.util import Finalize
from random import getrandbits
from typing import Any
from urllib.parse import quote
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import msgspec

from service.api.metrics import Metrics, RequestRecord
from service.http.response_cache import NO_CARDS, ORIGIN_COUNTS
from service.state.polling import poll

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

MAX_UNWRITTEN = 10_000
"""Requests that wait to be logged, at most. If standard output is not read, older ones are lost."""

STOP_SECONDS = 1.0
"""Time that the end of a process waits for a blocked write."""

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
    """Requests that are not counted or not logged yet.

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
        self._uncounted: deque[RequestRecord] = deque()
        self._unwritten: deque[RequestRecord] = deque(maxlen=MAX_UNWRITTEN)
        self._lost = 0
        """Requests that were removed unwritten since the last write."""
        self._write_failed = False
        self._lock = threading.Lock()
        self._write_lock = threading.Lock()
        self.add = self._uncounted.append
        metrics.before_render = self.count
        for task in [RequestLog.count] + [RequestLog.write] * bool(log_format):
            poll(self, task, WRITE_SECONDS, "counting or logging requests")
        # Workers are processes of multiprocessing, which skip the functions of atexit.
        Finalize(None, _write_last, args=(weakref.ref(self),), exitpriority=0)

    def count(self) -> None:
        """Count all requests that were added, and keep them to be logged."""
        with self._lock:  # until they are counted, so that no caller misses those of another
            records = [self._uncounted.popleft() for _ in range(len(self._uncounted))]
            if self._format is not None:
                self._lost += max(len(self._unwritten) + len(records) - MAX_UNWRITTEN, 0)
                self._unwritten.extend(records)
            self._metrics.record(records)

    def write(self) -> None:
        """Log the counted requests; it blocks while nobody reads standard output."""
        if self._format is None or not self._write_lock.acquire(timeout=STOP_SECONDS):
            return
        try:
            with self._lock:
                records, lost = list(self._unwritten), self._lost
                self._unwritten.clear()
                self._lost = 0
            if lost:
                log.warning("%d lines of the access log are lost: standard output was full", lost)
            if records:
                self._print("".join(_formatted(one, self._format) for one in records))
        finally:
            self._write_lock.release()

    def _print(self, lines: str) -> None:
        """Write lines; of failures in a row the first is reported."""
        try:
            sys.stdout.write(lines)
            sys.stdout.flush()
        except (OSError, ValueError) as error:  # ValueError: it is closed
            if not self._write_failed:
                log.error("lines of the access log are lost: standard output: %s", error)
            self._write_failed = True
        else:
            self._write_failed = False


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
        environ[REQUEST_ID] = request_id = _request_id(environ)
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


def _request_id(environ: WSGIEnvironment) -> str:
    """Return the id that a proxy gave, or a new one."""
    given = environ.get("HTTP_X_REQUEST_ID")
    if given and REQUEST_ID_PATTERN.fullmatch(given):
        return str(given)
    return f"{getrandbits(64):016x}"  # no secret, and no call of the system


def _write_last(reference: weakref.ref[RequestLog]) -> None:
    if (requests := reference()) is not None:
        requests.count()
        requests.write()


def _formatted(record: RequestRecord, write: Callable[[LogLine], str]) -> str:
    try:
        return write(_line(record)) + "\n"
    except ValueError as error:  # an address that is no text costs its own line alone
        log.error("request %s could not be logged: %s", record.request, error)
        return ""


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
