"""Read once, for a command, what a service polls: overrides, visibility and changed settings."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from recommender.catalogue.visibility import Visibility
from recommender.errors import CatalogueError
from recommender.overrides.active import ActiveOverrides
from recommender.overrides.override import Override
from recommender.overrides.resolve import RowLookup, copy_windows, hidden_windows
from recommender.overrides.watcher import OverrideWatcher, not_loaded_message
from recommender.settings.desk import SettingChange
from recommender.snapshots.snapshot import Snapshot


def active_overrides_at(
    url: str,
    snapshot: Snapshot,
    now: float,
    fallback: Path | None = None,
    *,
    visibility: Sequence[Visibility] | None = None,
) -> tuple[ActiveOverrides, str]:
    """Read once what is active at ``now``, for a command.

    Parameters
    ----------
    url : SQLAlchemy URL of the catalogue.
    fallback : path of the fallback file, used if the database is unavailable.
    visibility : rows that replace those in the database.

    Returns
    -------
    tuple
        The active overrides, and why the database could not be read, or "".

    Raises
    ------
    CatalogueError
        The overrides are not known: neither the database nor the fallback file can be read.
    """
    with closing(_polled_once(url, now, fallback)) as watcher:
        return watcher.resolve(RowLookup(snapshot), visibility).at(now), watcher.error


def setting_changes(url: str, fallback: Path | None = None) -> tuple[SettingChange, ...]:
    """Read once the settings that were changed at the desk, oldest first, for a command.

    Parameters are those of :func:`active_overrides_at`.
    """
    with closing(OverrideWatcher(url, fallback)) as watcher:
        watcher.refresh(0.0)
        return watcher.setting_changes


def stored_overrides(url: str, now: float, fallback: Path | None = None) -> tuple[Override, ...]:
    """Read once the overrides that are not undone, oldest first, for a command.

    Parameters and errors are those of :func:`active_overrides_at`.
    """
    with closing(_polled_once(url, now, fallback)) as watcher:
        return watcher.known.overrides


def count_hidden(url: str, snapshot: Snapshot, now: float, fallback: Path | None = None) -> int:
    """Count the articles that a snapshot shows at ``now`` and the ``visibility`` table hides.

    Parameters and errors are those of :func:`active_overrides_at`.
    """
    with closing(_polled_once(url, now, fallback)) as watcher:
        lookup, visibility = RowLookup(snapshot), watcher.known.visibility
        hidden = hidden_windows(lookup, visibility)
        copies = copy_windows(lookup, (), visibility)
    rows = {one.row for one in hidden if one.starts <= now < one.ends}
    rows |= {one.row for one in copies}
    return int(snapshot.public.at(now)[list(rows)].sum())


def save_fallback(url: str, fallback: Path, now: float) -> str:
    """Write the fallback file once; return why that failed, or ""."""
    with closing(OverrideWatcher(url, fallback)) as watcher:
        watcher.refresh(now)
        watcher.save_fallback(now)
        return watcher.error or watcher.fallback.error


def _polled_once(url: str, now: float, fallback: Path | None) -> OverrideWatcher:
    watcher = OverrideWatcher(url, fallback)
    watcher.refresh(now)
    if not watcher.loaded:
        watcher.close()
        raise CatalogueError(not_loaded_message(watcher))
    return watcher
