"""Where the desk hangs: a look at the path, and nothing else, for every other request."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

from recommender.errors import CatalogueError
from recommender.settings import Settings
from service.http.problems import problem
from service.middleware.slow_requests import SlowRequestLimiter
from service.state.live import SnapshotWatcher

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PATHS = ("/desk", "/v1/overrides")

AWAY = "nothing was saved: the desk's database is away"


class DeskMiddleware:
    """Hands the desk's paths to the desk, which is made when first asked for."""

    def __init__(
        self,
        site: WSGIApplication,
        settings: Settings,
        live: SnapshotWatcher,
        bodies: SlowRequestLimiter,
    ) -> None:
        self._site = site
        self._bodies = bodies
        self._settings = settings
        self._live = live
        self._desk: WSGIApplication | None = None
        self._making = threading.Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer with the desk or with the site."""
        path: str = environ["PATH_INFO"]
        if not path.startswith(PATHS):
            return self._site(environ, start_response)
        # Whatever waits for somebody else's server, or for a database that does not answer.
        slow = path.startswith("/desk/oidc/") or self._live.watcher.away(time.time())
        return self._bodies.answer(self._answer, environ, start_response, slow=slow)

    def _answer(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        try:
            desk = self._desk or self._made()
        except CatalogueError:
            return problem(503, "Service Unavailable", AWAY)(environ, start_response)
        if desk is None:
            return problem(404, "Not Found", "there is no desk here")(environ, start_response)
        return desk(environ, start_response)

    def _made(self) -> WSGIApplication | None:
        """Make the desk, once there is an editor; its parts are imported only now."""
        from service.desk.app import create_desk  # noqa: PLC0415

        with self._making:
            if self._desk is None:
                self._desk = create_desk(self._settings, self._live)
            return self._desk
