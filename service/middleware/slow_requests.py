"""Requests with a body take one thread of a worker at most, so that readers always find the other.

The server hands a request over as soon as its headers are there; who then sends the body a byte a
minute keeps a thread for as long, and so does a push that waits for the database, or a sign-in that
waits for a provider. So does any page of the desk while its database does not answer. Such requests
are taken one at a time in each worker, to which `recommender serve` gives two threads.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING

from service.http.problems import problem

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PATIENCE = 0.05
"""Seconds that a request waits for its turn, and readers with it: two that are quick pass both."""


class SlowRequestLimiter:
    """The turn to have one's body read, in one worker."""

    def __init__(self) -> None:
        self._free = threading.Lock()

    def answer(
        self,
        application: WSGIApplication,
        environ: WSGIEnvironment,
        start: StartResponse,
        *,
        slow: bool = False,
    ) -> Iterable[bytes]:
        """Let an application answer, in its turn where it is slow or may have a body to read."""
        if environ["REQUEST_METHOD"] in {"GET", "HEAD"}:
            # A body there means nothing (RFC 9110, 9.3.1), so that nobody may wait for it.
            environ.update({"wsgi.input": io.BytesIO(), "CONTENT_LENGTH": "0"})
            if not slow:
                return application(environ, start)
        if not self._free.acquire(timeout=PATIENCE):
            detail = "this worker is busy with somebody else's; send it again"
            return problem(503, "Service Unavailable", detail, **{"Retry-After": "1"})(
                environ, start
            )
        try:
            return application(environ, start)
        finally:
            self._free.release()
