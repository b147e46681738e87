"""Limit on slow requests: at most one at a time in each worker.

The server starts a request as soon as its headers have arrived. A client that sends its body
slowly then occupies a thread. So does a push that waits for the database, or a sign-in that
waits for its provider. ``recommender serve`` gives each worker two threads. With this limit one
of them is always free for readers.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from service.http.problems import problem

WAIT_SECONDS = 0.05
"""How long a request waits for the one before it; short, because readers wait behind it."""


RETRY_SECONDS = "1"
"""After how long a refused request may be sent again."""

BUSY = "related_posts.busy"
"""Key of the environment of a request to an application that only says that it is refused."""


def refuse(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer a program whose request is refused."""
    detail = "this worker is busy with another request; send this one again"
    answer = problem(503, "Service Unavailable", detail, **{"Retry-After": RETRY_SECONDS})
    return answer(environ, start_response)


class SlowRequestLimiter:
    """Runs requests that may be slow one at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def run(
        self,
        application: WSGIApplication,
        environ: WSGIEnvironment,
        start_response: StartResponse,
        *,
        slow: bool = False,
        refuse: WSGIApplication = refuse,
    ) -> Iterable[bytes]:
        """Run a request with an application.

        Parameters
        ----------
        application
            The WSGI application.
        environ, start_response
            The request, as WSGI passes it.
        slow
            Whether the request may wait for a database or another server. Requests with a body
            always count as slow.
        refuse
            Answers with 503 if another slow request is running.
        """
        if environ["REQUEST_METHOD"] in {"GET", "HEAD"}:
            # A body has no meaning there (RFC 9110, section 9.3.1), so it is not read.
            environ.update({"wsgi.input": io.BytesIO(), "CONTENT_LENGTH": "0"})
            if not slow:
                return application(environ, start_response)
        if not self._lock.acquire(timeout=WAIT_SECONDS):
            return refuse(environ, start_response)
        try:
            return application(environ, start_response)
        finally:
            self._lock.release()
