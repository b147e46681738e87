"""Draining: before the service stops, clients with kept connections learn that they are closed.

``recommender serve`` makes a file when it is told to stop, and stops a moment later. While the
file exists, each response closes its connection, and ``/readyz`` says 503, so that a load balancer
sends no further requests.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from service.http.problems import problem

DRAIN_VARIABLE = "RELATED_POSTS_DRAIN_FLAG"
"""Environment variable with the path of the file; set by ``recommender serve``."""

LOOK_SECONDS = 0.05
"""Time between two looks for the file."""

CLOSE = ("Connection", "close")


class DrainMiddleware:
    """Closes connections while the service drains.

    Parameters
    ----------
    application
        The wrapped WSGI application.
    flag
        Path of the file that exists while the service drains.
    """

    def __init__(self, application: WSGIApplication, flag: str) -> None:
        self._application = application
        self._flag = Path(flag)
        self._is_draining = False
        self._next_look = 0.0

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Handle a request."""
        now = time.monotonic()
        if now >= self._next_look:
            self._next_look = now + LOOK_SECONDS
            self._is_draining = self._flag.exists()
        if not self._is_draining:
            return self._application(environ, start_response)

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            return start_response(status, [*headers, CLOSE], *rest)

        if environ["PATH_INFO"] == "/readyz":
            detail = "this service is stopping"
            return problem(503, "Service Unavailable", detail)(environ, start)
        return self._application(environ, start)
