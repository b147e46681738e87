"""Puts the figures of a report about the published snapshots together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import datetime
from urllib.parse import urlsplit

import msgspec

from recommender.dates import write_date
from recommender.embeddings.embed import Report
from recommender.errors import SnapshotError
from recommender.home import DataDir
from recommender.overrides.active import ActiveOverrides
from recommender.overrides.override import Override
from recommender.overrides.resolve import RowLookup
from recommender.overrides.watcher import OverrideWatcher
from recommender.reports.archive.cards import CardFigures, card_figures
from recommender.reports.archive.changes import Changes, changes
from recommender.reports.archive.history import SnapshotFigures, snapshot_figures
from recommender.reports.archive.lists import hidden_only, lists_of
from recommender.reports.archive.map import MapPoint, archive_map
from recommender.settings import Settings
from recommender.snapshots.manifest import StepUsage
from recommender.snapshots.snapshot import Snapshot
from recommender.snapshots.store import current_id, kept_folder, manifests

MAX_HISTORY = 20
"""Snapshots in the history, the newest ones."""


class ArchiveReport(msgspec.Struct, frozen=True, kw_only=True):
    """All figures of a report. Except for agreement they are without overrides."""

    created: str
    """When the report was made: RFC 3339, UTC."""
    site: str
    """Host of the newest article; "" where it has no address."""
    snapshot: str
    """Id of the active snapshot."""
    built: str
    """When it was built: RFC 3339, UTC."""
    cards: CardFigures
    history: list[SnapshotFigures]
    """The snapshots that were published, oldest first, ending with the active one."""
    changes: Changes | None
    """Since the snapshot before; None where that is not stored."""
    map: list[MapPoint]
    steps: list[StepUsage]
    """Of the run that built the active snapshot."""
    database_error: str
    """Why the overrides may be outdated or unknown, or ""."""


def archive_report(settings: Settings, now: datetime, report: Report) -> ArchiveReport:
    """Compute the figures of the active snapshot and of those published before it.

    Parameters
    ----------
    now : time of the report.
    report : gets the progress.

    Raises
    ------
    SnapshotError
        Where no snapshot is active, or it is broken.
    """
    data_dir = settings.data_dir
    current = Snapshot(kept_folder(data_dir, current_id(data_dir)))
    snapshots = [*_earlier(data_dir, current), current]
    with closing(OverrideWatcher(settings.catalogue_url, data_dir.override_fallback)) as watcher:
        watcher.refresh(now.timestamp())
        hidden = {one.id: _hidden(watcher, one, now.timestamp()) for one in snapshots}
        overrides, error = watcher.known.overrides, watcher.error
    history = _history(snapshots, overrides, hidden, report)
    report("counting cards", 0, len(current))
    lists = lists_of(current, float(current.made_at), hidden[current.id])
    figures = card_figures(lists)
    report("counting cards", len(current), len(current))
    changed = None
    if len(snapshots) > 1:
        before = snapshots[-2]
        changed = changes(before, current, hidden[before.id], hidden[current.id])
    report("drawing the map", 0, None)
    points = archive_map(lists)
    report("drawing the map", len(points), None)
    return ArchiveReport(
        created=write_date(now),
        site=_host(current),
        snapshot=current.id,
        built=current.manifest.created,
        cards=figures,
        history=history,
        changes=changed,
        map=points,
        steps=current.manifest.steps,
        database_error=error,
    )


def _history(
    snapshots: Sequence[Snapshot],
    overrides: Sequence[Override],
    hidden: Mapping[str, ActiveOverrides],
    report: Report,
) -> list[SnapshotFigures]:
    """Count the cards of each snapshot; ``hidden`` is by its ID."""
    found = []
    for done, one in enumerate(snapshots, start=1):
        found.append(snapshot_figures(one, overrides, hidden[one.id]))
        report("comparing with editors", done, len(snapshots))
    return found


def _earlier(data_dir: DataDir, current: Snapshot) -> list[Snapshot]:
    """Open the snapshots that were published before, oldest first; broken ones are left out."""
    found = []
    for manifest in manifests(data_dir):
        if manifest.id < current.id and not manifest.refused:
            try:
                found.append(Snapshot(kept_folder(data_dir, manifest.id)))
            except SnapshotError:  # `recommender doctor` names it
                continue
    return found[1 - MAX_HISTORY :]


def _hidden(watcher: OverrideWatcher, snapshot: Snapshot, now: float) -> ActiveOverrides:
    return hidden_only(snapshot, watcher.resolve(RowLookup(snapshot)).at(now))


def _host(snapshot: Snapshot) -> str:
    newest = int(snapshot.newest_first()[0])
    return urlsplit(str(snapshot.card(newest)["url"] or "")).hostname or ""
