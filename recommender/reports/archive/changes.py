"""The lists that changed most from one snapshot to the next."""

from __future__ import annotations

import msgspec

from recommender.overrides.active import ActiveOverrides
from recommender.reports.archive.lists import public_rows, section_name, title
from recommender.reports.snapshot_stats import even_sample
from recommender.serving.filters import DEFAULT_QUERY
from recommender.serving.recommend import related
from recommender.snapshots.snapshot import Snapshot

MAX_COMPARED = 10_000
"""Articles whose lists are compared; of more an even sample."""

MAX_CHANGED = 6
"""Changed lists that are shown."""


class ListedCard(msgspec.Struct, frozen=True, kw_only=True):
    """One card of a list."""

    title: str
    section: str
    is_kept: bool
    """Whether the other list has the article, too."""
    is_new: bool
    """Whether the earlier snapshot lacks the article."""


class ChangedList(msgspec.Struct, frozen=True, kw_only=True):
    """The list under one article, before and after."""

    title: str
    section: str
    kept: int
    """Cards that both lists have."""
    before: list[ListedCard]
    after: list[ListedCard]


class Changes(msgspec.Struct, frozen=True, kw_only=True):
    """Comparison of two snapshots, at the time when the later one was built."""

    before: str
    after: str
    """Ids of the snapshots."""
    added: int
    """Articles that only the later one has."""
    removed: int
    """Articles that only the earlier one has."""
    compared: int
    """Articles that are public in both, or a sample of them."""
    changed: int
    """Of these, those with another list."""
    lists: list[ChangedList]
    """Those that kept the fewest cards, the newest first where that is equal."""


def changes(
    before: Snapshot, after: Snapshot, hidden_before: ActiveOverrides, hidden_after: ActiveOverrides
) -> Changes:
    """Compare the lists of two snapshots.

    Parameters
    ----------
    hidden_before, hidden_after : hide articles in either snapshot, see
        :func:`recommender.reports.archive.lists.hidden_only`.
    """
    now = float(max(before.made_at, after.made_at))
    rows = public_rows(after, now, hidden_after)
    earlier = set(public_rows(before, now, hidden_before).tolist())
    sample = even_sample(rows, MAX_COMPARED).tolist()
    rows_before = ((before.own_row(after.identifier(row)), row) for row in sample)
    pairs = [(old, row) for old, row in rows_before if old is not None and old in earlier]
    found = []
    for old, row in pairs:
        cards = _rows(before, old, now, hidden_before), _rows(after, row, now, hidden_after)
        ids = [before.identifier(c) for c in cards[0]], [after.identifier(c) for c in cards[1]]
        if ids[0] != ids[1]:
            found.append((len(set(ids[0]) & set(ids[1])), row, *cards))
    found.sort(key=lambda one: (one[0], -after.published.item(one[1])))
    present = after.newest_first().tolist()
    in_both = sum(before.own_row(after.identifier(row)) is not None for row in present)
    return Changes(
        before=before.id,
        after=after.id,
        added=after.manifest.articles - in_both,
        removed=before.manifest.articles - in_both,
        compared=len(pairs),
        changed=len(found),
        lists=[
            ChangedList(
                title=title(after, row),
                section=section_name(after, row),
                kept=kept,
                before=_cards(before, old_cards, after, new_cards, None),
                after=_cards(after, new_cards, before, old_cards, before),
            )
            for kept, row, old_cards, new_cards in found[:MAX_CHANGED]
        ],
    )


def _rows(snapshot: Snapshot, row: int, now: float, hidden: ActiveOverrides) -> list[int]:
    return [card.row for card in related(snapshot, row, DEFAULT_QUERY, now, hidden)]


def _cards(
    snapshot: Snapshot,
    rows: list[int],
    other: Snapshot,
    others: list[int],
    earlier: Snapshot | None,
) -> list[ListedCard]:
    """Describe the cards of a list beside another list."""
    listed = {other.identifier(row) for row in others}
    return [
        ListedCard(
            title=title(snapshot, row),
            section=section_name(snapshot, row),
            is_kept=snapshot.identifier(row) in listed,
            is_new=earlier is not None and earlier.own_row(snapshot.identifier(row)) is None,
        )
        for row in rows
    ]
