"""Following for the length of a command: what is in force, and keeping what was just decided."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from recommender.errors import CatalogueError
from recommender.overrides.active import InForce
from recommender.overrides.resolve import Rows
from recommender.overrides.watcher import Following
from recommender.snapshots.snapshot import Snapshot


def force_at(
    url: str, snapshot: Snapshot, now: float, kept: Path | None = None
) -> tuple[InForce, str]:
    """Tell what is in force at a moment, and why the log could not be read, or "".

    Without the log it is what is kept. Raises :class:`CatalogueError` where there is neither,
    though there may have been decisions.
    """
    with closing(Following(url, kept)) as following:
        following.refresh(now)
        if not following.certain:
            raise CatalogueError(unknown(following))
        return following.resolved(Rows(snapshot)).at(now), following.trouble


def keep(url: str, kept: Path, now: float) -> str:
    """Put the decisions into the home; tells why that was not possible, or ""."""
    with closing(Following(url, kept)) as following:
        following.refresh(now)
        following.keep(now)
        return following.trouble or following.shelf.trouble


def unknown(following: Following) -> str:
    """Say that nobody knows what editors decided."""
    kept = following.shelf.trouble or "none are kept in the home"
    return f"editors' decisions are not known: {following.trouble}; {kept}"
