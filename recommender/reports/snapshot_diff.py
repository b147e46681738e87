"""What changes for readers from one snapshot to another."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

import msgspec

from recommender.catalogue.visibility import Visibility
from recommender.home import DataDir
from recommender.overrides.read_once import read_overrides
from recommender.serving.filters import DEFAULT_QUERY, is_public
from recommender.serving.recommend import related
from recommender.snapshots.manifest import SnapshotStats
from recommender.snapshots.snapshot import Snapshot
from recommender.snapshots.store import kept_folder


class StatsChange(msgspec.Struct, frozen=True):
    """The statistics of two snapshots; None where a snapshot has none."""

    before: SnapshotStats | None
    after: SnapshotStats | None


class SnapshotDiff(msgspec.Struct, frozen=True, kw_only=True):
    """Comparison of two snapshots without overrides."""

    before: str
    after: str
    """Ids of the snapshots."""
    articles_added: int
    articles_removed: int
    articles_in_both: int
    lists_changed: int
    """Of the articles in both."""
    cards_kept: float
    """Share of the cards, under the articles in both, that both snapshots recommend."""
    stats: StatsChange


def diff(data_dir: DataDir, before: str, after: str) -> SnapshotDiff:
    """Compare the lists of two stored snapshots as of the time when the later one was built.

    Parameters
    ----------
    before, after : ids of the snapshots.
    """
    old, new = (Snapshot(kept_folder(data_dir, name)) for name in (before, after))
    old_rows, new_rows = (
        {one.identifier(row): row for row in one.newest_first().tolist()} for one in (old, new)
    )
    both = [identifier for identifier in new_rows if identifier in old_rows]
    now = float(max(old.made_at, new.made_at))
    kept = total = lists_changed = 0
    for identifier in both:
        old_cards = card_ids(old, old_rows[identifier], now)
        new_cards = card_ids(new, new_rows[identifier], now)
        lists_changed += old_cards != new_cards
        total += len(old_cards)
        kept += len(set(old_cards) & set(new_cards))
    return SnapshotDiff(
        before=old.id,
        after=new.id,
        articles_added=len(new_rows) - len(both),
        articles_removed=len(old_rows) - len(both),
        articles_in_both=len(both),
        lists_changed=lists_changed,
        cards_kept=kept / total if total else 1.0,
        stats=StatsChange(old.manifest.stats, new.manifest.stats),
    )


def changed_articles(
    before: Snapshot | None,
    after: Snapshot,
    now: float,
    log: str,
    hidden_before: Sequence[Visibility] = (),
) -> list[str]:
    """List the ids of the articles under which readers see other cards than before.

    Every difference counts: another card, another title of a card, and an article that became
    public or hidden.

    Parameters
    ----------
    now : seconds since 1970 UTC.
    log : URL of the database. Its overrides apply to both snapshots, its visibility table to
        ``after``.
    hidden_before : the rows of the visibility table that applied to ``before``.
    """
    old = {} if before is None else dict(_digests(before, now, log, hidden_before))
    found = []
    for identifier, digest in _digests(after, now, log):
        if old.pop(identifier, None) != digest:
            found.append(identifier)
    return found + list(old)


def _digests(
    snapshot: Snapshot, now: float, log: str, visibility: Sequence[Visibility] | None = None
) -> Iterator[tuple[str, bytes]]:
    """Hash the cards under each public article, as readers see them."""
    active = read_overrides(log, snapshot, now, visibility=visibility).active
    for row in snapshot.newest_first().tolist():
        if is_public(snapshot, row, now, active):
            digest = hashlib.blake2b(digest_size=16)
            for card in related(snapshot, row, DEFAULT_QUERY, now, active):
                digest.update(snapshot.cards[card.row] + card.origin.encode() + b"\n")
            yield snapshot.identifier(row), digest.digest()


def card_ids(snapshot: Snapshot, row: int, now: float) -> list[str]:
    """Return the ids of the cards under an article, without overrides."""
    return [snapshot.identifier(card.row) for card in related(snapshot, row, DEFAULT_QUERY, now)]
