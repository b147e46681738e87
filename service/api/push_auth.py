"""Who may push articles, and where to: opened when somebody first shows a token.

Until then a worker imports nothing of it; readers pay nothing for what only content systems need.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from recommender.errors import CatalogueError
from recommender.settings import Settings
from service.state.live import SnapshotWatcher

if TYPE_CHECKING:
    from recommender.catalogue.accounts import Accounts
    from recommender.ingest.push import PushImporter

PATIENCE = 1.0
"""Seconds to wait for another writer: the readers of this worker wait as long."""


class PushAuth:
    """The catalogue as content systems write to it, and their tokens."""

    def __init__(self, settings: Settings, live: SnapshotWatcher) -> None:
        self._url = settings.catalogue_url
        self._live = live
        self._opened: tuple[PushImporter, Accounts] | None = None
        self._opening = threading.Lock()

    @property
    def pushing(self) -> PushImporter:
        """Open the way into the catalogue."""
        return self._open()[0]

    def holder(self, token: str) -> tuple[str, bool] | None:
        """Tell whose token this is, and whether their role may push; None for no token of ours.

        A token is 256 random bits and looked up by its sha256: how long that takes tells nothing.
        """
        from recommender.catalogue.accounts import Role  # noqa: PLC0415

        _, editors = self._open()
        editor = editors.holder(token, "articles", time.time())
        return None if editor is None else (editor.name, editor.role.may(Role.EDITOR))

    def followed(self) -> None:
        """Let this worker follow at once what was just pushed; the others do within 2 seconds."""
        self._live.refresh_overrides()
        self._live.refresh()

    def _open(self) -> tuple[PushImporter, Accounts]:
        """Open the database; refused at once while it is known to be away, so that nobody waits.

        Tables are not made here: without them there is no token either.
        """
        if self._live.watcher.trouble:
            raise CatalogueError(self._live.watcher.trouble)
        with self._opening:
            if self._opened is None:
                from recommender.catalogue.accounts import Accounts  # noqa: PLC0415
                from recommender.catalogue.database import connect_service  # noqa: PLC0415
                from recommender.ingest.push import PushImporter  # noqa: PLC0415

                engine = connect_service(self._url, patience=PATIENCE)
                self._opened = PushImporter(self._url, engine), Accounts(self._url, engine)
            return self._opened
