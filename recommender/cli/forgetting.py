"""While an index run watches: a cache is told as well of what editors and pushes decide."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from recommender.cli.announcing import FOLLOWED
from recommender.errors import PurgeError, SnapshotError
from recommender.home import DataDir
from recommender.settings import Settings

if TYPE_CHECKING:
    from recommender.cdn.affected import AffectedArticles


class OverridePurger:
    """Follows the log beside the catalogue; without a cache to tell it does nothing."""

    def __init__(self, settings: Settings) -> None:
        from recommender.overrides.watcher import OverrideWatcher  # noqa: PLC0415 - SQLAlchemy

        self._settings = settings
        self._following = OverrideWatcher(settings.catalogue_url)
        self._following.refresh(time.time())
        self._known = self._following.known
        self._looked = time.time()

    def look(self) -> None:
        """Tell of what was decided, and of what began or ended, since the last look."""
        if not self._settings.purge.url:
            return
        from recommender.cdn.affected import affected_articles, affected_between, visibility_between  # noqa: PLC0415

        now = time.time()
        self._following.refresh(now)
        before, self._known = self._known, self._following.known
        since, self._looked = self._looked, now
        decided = affected_between(before.decisions, self._known.decisions, since, now)
        changed = visibility_between(before.visibility, self._known.visibility, since, now)
        found = affected_articles(decided, changed)
        if found.articles or found.cards:
            self._tell(found)

    def _tell(self, found: AffectedArticles) -> None:
        from recommender.cdn.purge import purge  # noqa: PLC0415
        from recommender.snapshots.store import current_id  # noqa: PLC0415 - numpy only when it is used

        time.sleep(FOLLOWED)
        try:
            snapshot = current_id(DataDir(self._settings.home))
            purge(self._settings.purge, found.articles, snapshot, found.cards)
        except SnapshotError:
            return  # nothing is served that a cache could have
        except PurgeError as error:
            click.echo(f"{error}; its copies end by themselves in some minutes", err=True)
