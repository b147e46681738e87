"""Following for the length of a command: what is in force, and keeping what was just decided."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from recommender.catalogue.visibility import Visibility
from recommender.errors import CatalogueError
from recommender.overrides.active import ActiveOverrides
from recommender.overrides.resolve import RowLookup, hidden_rows
from recommender.overrides.watcher import OverrideWatcher
from recommender.snapshots.snapshot import Snapshot


def active_overrides_at(
    url: str,
    snapshot: Snapshot,
    now: float,
    kept: Path | None = None,
    *,
    visibility: Sequence[Visibility] | None = None,
) -> tuple[ActiveOverrides, str]:
    """Tell what is in force at a moment, and why the log could not be read, or "".

    ``visibility`` are rows to go by instead of those in the database. Without the log it is what is
    kept. Raises :class:`CatalogueError` where there is neither,
    though there may have been decisions.
    """
    with closing(_certain(url, now, kept)) as following:
        return following.resolved(RowLookup(snapshot), visibility).at(now), following.trouble


def hidden_since(url: str, snapshot: Snapshot, now: float, kept: Path | None = None) -> int:
    """Count the articles that a snapshot shows at a moment and the table of visibility hides.

    Without the database it is what is kept. Raises as :func:`active_overrides_at` does.
    """
    with closing(_certain(url, now, kept)) as following:
        hidden = hidden_rows(RowLookup(snapshot), following.known.visibility)
    rows = {one.row for one in hidden if one.starts <= now < one.ends}
    return int(snapshot.public.at(now)[list(rows)].sum())


def _certain(url: str, now: float, kept: Path | None) -> OverrideWatcher:
    following = OverrideWatcher(url, kept)
    following.refresh(now)
    if not following.loaded:
        following.close()
        raise CatalogueError(unknown(following))
    return following


def keep(url: str, kept: Path, now: float) -> str:
    """Put the decisions into the home; tells why that was not possible, or ""."""
    with closing(OverrideWatcher(url, kept)) as following:
        following.refresh(now)
        following.keep(now)
        return following.trouble or following.shelf.trouble


def unknown(following: OverrideWatcher) -> str:
    """Say that nobody knows what editors decided."""
    kept = following.shelf.trouble or "none are kept in the home"
    return f"editors' decisions are not known: {following.trouble}; {kept}"
