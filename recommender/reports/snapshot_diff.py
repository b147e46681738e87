"""What changes for readers from one snapshot to another."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

from recommender.catalogue.visibility import Visibility
from recommender.home import DataDir
from recommender.overrides.once import active_overrides_at
from recommender.serving.filters import Query, is_public
from recommender.serving.recommend import related
from recommender.snapshots.snapshot import Snapshot
from recommender.snapshots.store import kept_folder


def diff(home: DataDir, before: str, after: str) -> dict[str, Any]:
    """Compare the cards of two kept snapshots, both as of the moment the later one was made."""
    old, new = (Snapshot(kept_folder(home, name)) for name in (before, after))
    old_rows = {old.identifier(row): row for row in range(len(old))}
    new_rows = {new.identifier(row): row for row in range(len(new))}
    both = [identifier for identifier in new_rows if identifier in old_rows]
    now = float(max(old.made_at, new.made_at))
    kept = shown = changed_articles = 0
    for identifier in both:
        was = _cards(old, old_rows[identifier], now)
        becomes = _cards(new, new_rows[identifier], now)
        changed_articles += was != becomes
        shown += len(was)
        kept += len(set(was) & set(becomes))
    return {
        "before": old.id,
        "after": new.id,
        "articles_added": len(new_rows) - len(both),
        "articles_removed": len(old_rows) - len(both),
        "articles_in_both": len(both),
        "lists_changed": changed_articles,
        "cards_kept": kept / shown if shown else 1.0,
        "shown": {"before": _figures(old), "after": _figures(new)},
    }


def changed_articles(
    before: Snapshot | None,
    after: Snapshot,
    now: float,
    log: str,
    hidden_before: Sequence[Visibility] = (),
) -> list[str]:
    """Name the articles under which readers see other cards at ``now`` than before.

    Any difference counts, also another title of a card, and all cards of an article that came or
    went. ``log`` is the URL of the database with editors' decisions, which hold for both, and with
    the table of visibility, which holds for ``after``; ``hidden_before`` are its rows of before.
    """
    old = {} if before is None else dict(_blocks(before, now, log, hidden_before))
    found = []
    for identifier, block in _blocks(after, now, log):
        if old.pop(identifier, None) != block:
            found.append(identifier)
    return found + list(old)


def _blocks(
    snapshot: Snapshot, now: float, log: str, visibility: Sequence[Visibility] | None = None
) -> Iterator[tuple[str, bytes]]:
    """Tell what readers see under each public article, as a digest."""
    force, _ = active_overrides_at(log, snapshot, now, visibility=visibility)
    for row in range(len(snapshot)):
        if is_public(snapshot, row, now, force):
            digest = hashlib.blake2b(digest_size=16)
            for pick in related(snapshot, row, Query(), now, force):
                digest.update(snapshot.cards[pick.row] + pick.origin.encode() + b"\n")
            yield snapshot.identifier(row), digest.digest()


def _figures(snapshot: Snapshot) -> dict[str, Any]:
    """Tell what was measured of a snapshot when it was published."""
    figures: dict[str, Any] = snapshot.manifest.figures["shown"]
    return figures


def _cards(snapshot: Snapshot, row: int, now: float) -> list[str]:
    return [snapshot.identifier(pick.row) for pick in related(snapshot, row, Query(), now)]
