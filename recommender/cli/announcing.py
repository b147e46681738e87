"""What an index run tells of the articles whose cards have changed: printed, and to a cache."""

from __future__ import annotations

import time
from datetime import datetime
from typing import TYPE_CHECKING

import click

from recommender.errors import PurgeError, SnapshotError
from recommender.home import DataDir
from recommender.settings import Settings

if TYPE_CHECKING:
    from recommender.catalogue.store import Catalogue
    from recommender.snapshots.snapshot import Snapshot

FOLLOWED = 2.0
"""Seconds after which every service has the new snapshot: a cache that forgets earlier would fetch
the old cards again."""


class ChangeReporter:
    """Remembers what readers had before a run, and tells afterwards what they have otherwise."""

    def __init__(self, settings: Settings, catalogue: Catalogue, *, printed: bool) -> None:
        self._settings = settings
        self._printed = printed
        self._wanted = printed or bool(settings.purge.url)
        self._before = self._current() if self._wanted else None
        self._hidden = catalogue.visibility() if self._wanted else []

    def tell(self, now: datetime) -> None:
        """Tell which cards are others since; trouble with the cache is a warning, and no more."""
        after = self._current() if self._wanted else None
        if after is None:
            return
        from recommender.cdn.purge import purge  # noqa: PLC0415
        from recommender.reports.snapshot_diff import changed_articles  # noqa: PLC0415 - numpy only when it is used

        url = self._settings.catalogue_url
        articles = changed_articles(self._before, after, now.timestamp(), url, self._hidden)
        time.sleep(FOLLOWED)
        if self._printed:
            for article in articles:
                click.echo(article)
        if self._settings.purge.url and articles:
            try:
                purge(self._settings.purge, articles, after.id)
            except PurgeError as error:
                click.echo(f"{error}; its copies end by themselves in a minute", err=True)

    def _current(self) -> Snapshot | None:
        from recommender.serving.responses import open_current  # noqa: PLC0415

        try:
            # Its files stay mapped, also when it is pruned meanwhile.
            return open_current(DataDir(self._settings.home).path)
        except SnapshotError:
            return None
