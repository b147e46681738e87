"""Report the articles whose cards changed: print their IDs and call the purge webhook.

:class:`ChangeReporter` compares the snapshots before and after an index run.
:class:`OverridePurger` follows overrides and visibility between the runs of ``index --watch``.
"""

from __future__ import annotations

import time
from datetime import datetime

import click

from recommender.catalogue.store import Catalogue
from recommender.cdn.affected import (
    AffectedArticles,
    affected_articles,
    affected_between,
    visibility_between,
    with_copies,
)
from recommender.cdn.purge import purge
from recommender.errors import PurgeError, SnapshotError
from recommender.overrides.resolve import RowLookup
from recommender.overrides.watcher import OverrideWatcher
from recommender.reports.snapshot_diff import changed_articles
from recommender.serving.responses import open_current
from recommender.settings import Settings
from recommender.snapshots.snapshot import Snapshot

PROPAGATION_SECONDS = 2.0
"""Seconds until every service has loaded the new snapshot and overrides.

A cache that is purged earlier would fetch the old cards again."""


class ChangeReporter:
    """Remembers the snapshot before a run and reports the difference after it.

    Parameters
    ----------
    settings : names the data directory, the database and the purge webhook.
    catalogue : gives the visibility of articles before the run.
    printed : whether the IDs of changed articles are printed to stdout.
    """

    def __init__(self, settings: Settings, catalogue: Catalogue, *, printed: bool) -> None:
        self._settings = settings
        self._printed = printed
        self._enabled = printed or bool(settings.purge.url)
        self._before = self._current() if self._enabled else None
        self._hidden = catalogue.visibility() if self._enabled else []

    def report(self, now: datetime) -> None:
        """Report the articles whose cards differ; a failing webhook is only a warning."""
        after = self._current() if self._enabled else None
        if after is None:
            return
        url = self._settings.catalogue_url
        articles = changed_articles(self._before, after, now.timestamp(), url, self._hidden)
        time.sleep(PROPAGATION_SECONDS)
        if self._printed:
            for article in articles:
                click.echo(article)
        if self._settings.purge.url and articles:
            _purge(self._settings, articles, after.id)

    def _current(self) -> Snapshot | None:
        try:
            # Its files stay mapped, also when the snapshot is pruned in the meantime.
            return open_current(self._settings.home)
        except SnapshotError:
            return None


class OverridePurger:
    """Calls the purge webhook for changed overrides, withdrawals and scheduled dates.

    Without a webhook in the settings it does nothing.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._watcher = OverrideWatcher(settings.catalogue_url)
        self._watcher.refresh(time.time())
        self._known = self._watcher.known
        self._checked_at = time.time()

    def check(self) -> None:
        """Purge what changed, began or ended since the last check."""
        if not self._settings.purge.url:
            return
        now = time.time()
        self._watcher.refresh(now)
        before, self._known = self._known, self._watcher.known
        since, self._checked_at = self._checked_at, now
        overrides = affected_between(before.overrides, self._known.overrides, since, now)
        visibility = visibility_between(before.visibility, self._known.visibility, since, now)
        affected = affected_articles(overrides, visibility)
        if affected.articles or affected.cards:
            self._purge(affected)

    def _purge(self, affected: AffectedArticles) -> None:
        time.sleep(PROPAGATION_SECONDS)
        try:
            snapshot = open_current(self._settings.home)
        except SnapshotError:
            return  # nothing has been served that a cache could hold
        rows = RowLookup(snapshot, self._known.names)
        articles, cards = with_copies(affected, rows)
        _purge(self._settings, articles, snapshot.id, cards)


def _purge(
    settings: Settings, articles: list[str], snapshot: str, cards: list[str] | None = None
) -> None:
    """Call the webhook; a failure is printed, because cached responses expire anyway."""
    try:
        purge(settings.purge, articles, snapshot, cards or [])
    except PurgeError as error:
        click.echo(f"{error}; cached responses expire within minutes", err=True)
