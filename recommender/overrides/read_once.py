"""Read once, for a command, what a service polls: overrides, visibility and changed settings."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from recommender.catalogue.former_ids import Names
from recommender.catalogue.visibility import Visibility
from recommender.errors import CatalogueError
from recommender.overrides.active import ActiveOverrides
from recommender.overrides.override import Override
from recommender.overrides.resolve import RowLookup, copy_windows, hidden_windows
from recommender.overrides.watcher import OverrideWatcher, not_loaded_message
from recommender.settings.desk import SettingChange
from recommender.snapshots.snapshot import Snapshot


class ReadOverrides(NamedTuple):
    """What a command reads once.

    Attributes
    ----------
    active : the overrides that are active.
    stored : those that are not undone, oldest first.
    error : why the database could not be read, or "".
    names : all IDs of the moved articles that they are about.
    unmatched : those for a section, tag or author that no article has, without ended ones.
    """

    active: ActiveOverrides
    stored: tuple[Override, ...]
    error: str
    names: Names = MappingProxyType({})
    unmatched: tuple[Override, ...] = ()


def read_overrides(
    url: str,
    snapshot: Snapshot,
    now: float,
    fallback: Path | None = None,
    *,
    visibility: Sequence[Visibility] | None = None,
) -> ReadOverrides:
    """Read once the overrides that are stored and those that are active at ``now``.

    Parameters
    ----------
    url : SQLAlchemy URL of the catalogue.
    fallback : path of the fallback file, used if the database is unavailable.
    visibility : rows that replace those in the database.

    Raises
    ------
    CatalogueError
        The overrides are not known: neither the database nor the fallback file can be read.
    """
    with closing(_polled_once(url, now, fallback)) as watcher:
        resolved = watcher.resolve(RowLookup(snapshot), visibility)
        known = watcher.known
        unmatched = tuple(
            one
            for one in known.overrides
            if one.id in resolved.unmatched and (one.ends is None or one.ends > now)
        )
        return ReadOverrides(
            resolved.at(now), known.overrides, watcher.error, known.names, unmatched
        )


def setting_changes(url: str, fallback: Path | None = None) -> tuple[SettingChange, ...]:
    """Read once the settings that were changed at the desk, oldest first, for a command.

    Parameters are those of :func:`read_overrides`.
    """
    with closing(OverrideWatcher(url, fallback)) as watcher:
        watcher.refresh(0.0)
        return watcher.setting_changes


def count_hidden(url: str, snapshot: Snapshot, now: float, fallback: Path | None = None) -> int:
    """Count the articles that a snapshot shows at ``now`` and the ``visibility`` table hides.

    Parameters and errors are those of :func:`read_overrides`.
    """
    with closing(_polled_once(url, now, fallback)) as watcher:
        lookup, visibility = RowLookup(snapshot, watcher.known.names), watcher.known.visibility
        hidden = hidden_windows(lookup, visibility)
        copies = copy_windows(lookup, (), visibility)
    rows = {one.row for one in hidden if one.starts <= now < one.ends}
    rows |= {one.row for one in copies}
    return int(snapshot.public.at(now)[list(rows)].sum())


def hidden_copies(url: str, snapshot: Snapshot, now: float) -> set[str]:
    """Return the IDs of the articles that are hidden at ``now`` as copies of withdrawn ones.

    Parameters and errors are those of :func:`read_overrides`.
    """
    active = read_overrides(url, snapshot, now).active
    return {snapshot.identifier(row) for row in active.copies if row in active.withdrawn}


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
