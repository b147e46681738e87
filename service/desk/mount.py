"""Routes requests under ``/desk`` and ``/v1/overrides`` to the desk, all others to the site."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from recommender.errors import CatalogueError
from recommender.settings import Settings
from service.http.problems import problem
from service.middleware.slow_requests import BUSY, SlowRequestLimiter, refuse
from service.state.state_updater import StateUpdater

PREFIXES = ("/desk", "/v1/overrides")

UNAVAILABLE = "the desk's database is unavailable"


class DeskMiddleware:
    """WSGI middleware that builds the desk on its first request.

    Until an editor account exists, every request to the desk is answered with 404.
    """

    def __init__(
        self,
        site: WSGIApplication,
        settings: Settings,
        updater: StateUpdater,
        limiter: SlowRequestLimiter,
    ) -> None:
        self._site = site
        self._limiter = limiter
        self._settings = settings
        self._updater = updater
        self._desk: WSGIApplication | None = None
        self._building = threading.Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request with the desk or with the site."""
        path: str = environ["PATH_INFO"]
        if not path.startswith(PREFIXES):
            return self._site(environ, start_response)
        # These wait for an external server, or for a database that does not answer.
        slow = path.startswith("/desk/oidc/") or self._updater.override_watcher.unavailable(
            time.time()
        )
        return self._limiter.run(
            self._answer, environ, start_response, slow=slow, refuse=self._refuse
        )

    def _refuse(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer editors with a page, and programs as elsewhere."""
        if self._desk is None or not environ["PATH_INFO"].startswith("/desk"):
            return refuse(environ, start_response)
        return self._desk(environ | {BUSY: True}, start_response)

    def _answer(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        try:
            desk = self._desk or self._build()
        except CatalogueError:
            is_read = environ["REQUEST_METHOD"] in {"GET", "HEAD"}
            detail = UNAVAILABLE if is_read else f"nothing was saved: {UNAVAILABLE}"
            return problem(503, "Service Unavailable", detail)(environ, start_response)
        if desk is None:
            detail = "the desk is off: no editor account exists (`recommender editors add`)"
            return problem(404, "Not Found", detail)(environ, start_response)
        return desk(environ, start_response)

    def _build(self) -> WSGIApplication | None:
        """Build the desk once an editor exists; its modules are imported only then."""
        from service.desk.app import create_desk  # noqa: PLC0415

        with self._building:
            if self._desk is None:
                self._desk = create_desk(self._settings, self._updater)
            return self._desk
