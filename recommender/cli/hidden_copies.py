"""Copies of blocked and withdrawn articles: what the commands print about them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import NamedTuple

import click

from recommender.cli.formatting import count
from recommender.errors import CatalogueError, SnapshotError
from recommender.overrides.active import ActiveOverrides
from recommender.overrides.edits.withdrawals import copy_of
from recommender.overrides.override import Kind, Override, Scope
from recommender.overrides.read_once import read_overrides
from recommender.serving.responses import open_current
from recommender.settings import Settings
from recommender.snapshots.snapshot import Snapshot

MAX_NAMED = 5
"""IDs in one line."""


class HiddenCopies(NamedTuple):
    """What the current snapshot hides as copies."""

    snapshot: Snapshot
    active: ActiveOverrides

    def contains(self, article: str) -> bool:
        """Return whether the snapshot has an article."""
        return self.snapshot.row(article) is not None

    def original_of(self, article: str) -> str:
        """Return the id of the article as whose copy another one is hidden; "" without one."""
        return copy_of(self.active, self.snapshot, article)


def open_hidden_copies(settings: Settings, now: float) -> HiddenCopies | None:
    """Read which articles are hidden as copies; None without a snapshot or a database."""
    try:
        snapshot = open_current(settings.home)
        fallback = settings.data_dir.override_fallback
        active = read_overrides(settings.catalogue_url, snapshot, now, fallback).active
    except (SnapshotError, CatalogueError):
        return None
    return HiddenCopies(snapshot, active)


def print_hidden_copies(settings: Settings, entries: Sequence[Override]) -> None:
    """Name the copies that blocks and withdrawals hide in addition."""
    hiding = [
        one
        for one in entries
        if one.scope is Scope.ARTICLE and one.kind in {Kind.BLOCK, Kind.WITHDRAW}
    ]
    hidden = open_hidden_copies(settings, time.time()) if hiding else None
    for entry in hiding if hidden else ():
        original = entry.article if entry.kind is Kind.WITHDRAW else entry.pick
        if copies := _copies(hidden, original, entry):
            click.echo(f"also hidden: {count(len(copies), 'other version')}: {_named(copies)}")


def print_copies(settings: Settings, now: float, *, err: bool) -> None:
    """Print how many articles of the snapshot are hidden as copies, and of what."""
    hidden = open_hidden_copies(settings, now)
    if hidden is None or not hidden.active.copies:
        return
    copies = [
        f"{hidden.snapshot.identifier(row)} (of {original})"
        for row, original in hidden.active.copies.items()
    ]
    click.echo(
        f"hidden as {'copies' if len(copies) > 1 else 'a copy'} of blocked or withdrawn articles: "
        f"{_named(copies)}; to show one in spite of that, run `recommender articles restore ID`",
        err=err,
    )


def _copies(hidden: HiddenCopies | None, original: str, entry: Override) -> list[str]:
    """List the copies that an entry hides, now or once it starts."""
    if hidden is None:
        return []
    snapshot, own = hidden.snapshot, hidden.snapshot.row(original)
    everywhere = not entry.article or entry.article == original
    started = entry.active_at(time.time()) and everywhere
    return [
        snapshot.identifier(row)
        for row in snapshot.copies_of(original).tolist()
        if row != own and (row in hidden.active.copies or not started)
    ]


def _named(ids: Sequence[str]) -> str:
    rest = len(ids) - MAX_NAMED
    return ", ".join(ids[:MAX_NAMED]) + (f" and {rest} more" if rest > 0 else "")
