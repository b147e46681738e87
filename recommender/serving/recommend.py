"""The request path: filter, score, rerank, place pins, and fill up with the latest.

Only numpy and the snapshot; the clock is an argument.

Calls that release the GIL are few: each release wakes the other thread of a worker, at 10 to 15 us.
Numpy releases it in each ``take``, ``argsort`` and ``dot``, and in any other operation on more than
500 elements, in ``@`` with more than 500 results. So ``[rows]`` looks rows up, ``sorted`` sorts,
``@`` multiplies, and vectors are read one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

import msgspec

from models.arrays import Rows
from models.rerank.rerank import rerank
from recommender.overrides.active import NO_OVERRIDES, ActiveOverrides, ArticleOverrides
from recommender.serving.filters import Filters, Query, filters_for
from recommender.serving.scoring import newest_duplicate, score_rows
from recommender.snapshots.snapshot import Snapshot

Origin = Literal["editor", "related", "latest"]
"""How a card was chosen: pinned by an editor, ranked by score, or taken from the latest articles
because too few related candidates passed the filters."""

LATEST_BATCH = 64
"""Latest articles filtered first when a list needs more cards."""

LATEST_GROWTH = 8
"""Each further batch is this many times as large: a filter that no article passes reads them all,
and would otherwise take a thousand batches in a large archive."""

LARGEST_BATCH = 32_768
"""Latest articles filtered at a time at most, for the memory."""


class Recommendation(msgspec.Struct, frozen=True, gc=False):
    """The article of one card, and how it was chosen."""

    row: int
    origin: Origin
    score: float = 0.0
    """Score in log-odds; 0 for pins and latest articles."""
    recency: float = 0.0
    """Recency boost: part of the score."""
    column: int = -1
    """Position in the article's candidate list; -1 for pins and latest articles."""
    boost: float = 0.0
    """Editors' boost: part of the score."""
    entry: int = 0
    """Number of the log entry of a pin; 0 for related and latest articles."""


def related(
    snapshot: Snapshot, row: int, query: Query, now: float, active: ActiveOverrides = NO_OVERRIDES
) -> list[Recommendation]:
    """Choose the recommendations under an article.

    Parameters
    ----------
    row : the row of the article. The caller checks whether it is public.
    now : seconds since 1970 UTC.
    active : the overrides that are active at ``now``.

    Returns
    -------
    At most ``query.limit``, or as many as the settings say, best first. Related articles come
    first. If they are too few and the query allows it, the latest of the section and of the site
    follow. Under ``language = "prefer"`` the latest in other languages come last. Pins take their
    positions in the list. A shorter list is the beginning of a longer one. The list is empty for an
    article with a hold, its own or that of its section, a tag or an author. It is empty for one
    with fewer cards than ``minimum_cards`` of the settings, too.
    """
    if active.held is not None and active.held[row]:
        return []
    filters, overrides = filters_for(snapshot, row, query, now, active)
    if overrides is not None and overrides.held:
        return []
    limit, minimum = query.limit or snapshot.ranking.cards, snapshot.ranking.minimum_cards
    pins = {} if overrides is None else _pins(row, overrides, filters)
    seen, free = filters.seen_clusters, limit
    if pins:
        # Before the others are chosen, so that none is a near-duplicate of a pin below it.
        seen |= _clusters_of_cards(snapshot, pins.values())
        free -= sum(place <= limit for place in pins)
    # A list with too few cards is empty even if the request asks for fewer.
    needed = max(free, minimum - len(pins))
    cards = _ranked(snapshot, row, filters, seen, needed, now) if needed > 0 else []
    if len(pins) + len(cards) < minimum:
        return []
    return _with_pins(pins, _filled(snapshot, row, filters, seen, cards, free))[:limit]


def latest(
    snapshot: Snapshot, query: Query, now: float, active: ActiveOverrides = NO_OVERRIDES
) -> list[Recommendation]:
    """Choose the newest articles of the site or of the query's section, without duplicates.

    Parameters
    ----------
    now : seconds since 1970 UTC.
    active : the overrides that are active at ``now``.

    Returns
    -------
    At most ``query.limit``, or as many as the settings say, newest first.
    """
    filters = Filters(snapshot, query, now, active=active)
    limit, lists = query.limit or snapshot.ranking.cards, [snapshot.newest_first()]
    return _latest(snapshot, lists, filters, filters.seen_clusters, limit)


def _pins(row: int, overrides: ArticleOverrides, filters: Filters) -> dict[int, Recommendation]:
    """Return the pins that pass the filters, by position; a pin may be in another language.

    Pins below the end of the list count, too: elsewhere in the list their articles would make a
    shorter list differ from the beginning of a longer one.
    """
    pinned = {
        pin.row: pin
        for pin in reversed(overrides.pins)  # once each, even if pinned under two of its IDs
        if pin.row != row and filters.accepts_pin(pin.row)
    }
    return {
        pin.place: Recommendation(pin.row, "editor", entry=pin.entry)
        for pin in reversed(pinned.values())
    }


def _with_pins(
    pins: dict[int, Recommendation], others: list[Recommendation]
) -> list[Recommendation]:
    """Insert pins at their positions, from 1; if the list is too short, pins move up."""
    for place, pin in sorted(pins.items()):
        others.insert(place - 1, pin)
    return others


def _filled(
    snapshot: Snapshot,
    row: int,
    filters: Filters,
    seen: frozenset[int],
    cards: list[Recommendation],
    length: int,
) -> list[Recommendation]:
    """Add the latest articles to a list that is shorter than ``length``."""
    fill = filters.query.fill or snapshot.ranking.fallback
    if len(cards) >= length or fill == "none":
        return cards
    seen |= _clusters_of_cards(snapshot, cards)
    lists = [snapshot.latest_of(snapshot.section.item(row)), snapshot.newest_first()]
    return cards + _latest(snapshot, lists, filters, seen, length - len(cards))


def _ranked(
    snapshot: Snapshot, row: int, filters: Filters, seen: frozenset[int], limit: int, now: float
) -> list[Recommendation]:
    """Score and rerank the candidates, and replace each by its newest near-duplicate."""
    scored = score_rows(snapshot, row, filters, now)
    columns, rows, scores, sort_keys, recency, boost = scored
    positions = rerank(
        sort_keys,
        rows,
        snapshot.cluster_id,
        snapshot.vector_of,
        limit,
        snapshot.ranking.diversity_penalty,
        seen,
    )
    return [
        Recommendation(
            newest_duplicate(snapshot, rows.item(position), filters),
            "related",
            scores.item(position),
            recency.item(position),
            columns.item(position),
            0.0 if boost is None else boost.item(position),
        )
        for position in positions
    ]


def _latest(
    snapshot: Snapshot, lists: list[Rows], filters: Filters, seen: frozenset[int], count: int
) -> list[Recommendation]:
    """Take the first articles of some lists that pass the filters, one of each cluster."""
    chosen: list[Recommendation] = []
    used = set(seen)
    for row in _accepted(lists, filters):
        cluster = snapshot.cluster_id.item(row)
        if cluster not in used:
            used.add(cluster)
            chosen.append(Recommendation(newest_duplicate(snapshot, row, filters), "latest"))
            if len(chosen) == count:
                break
    return chosen


def _accepted(lists: list[Rows], filters: Filters) -> Iterator[int]:
    for mask in filters.latest_masks:
        for rows in lists:
            for batch in growing_batches(rows):
                yield from batch[mask(batch)].tolist()


def growing_batches(rows: Rows) -> Iterator[Rows]:
    """Split rows into batches of :data:`LATEST_BATCH` and more, in their order."""
    start, size = 0, LATEST_BATCH
    while start < len(rows):
        yield rows[start : start + size]
        start, size = start + size, min(size * LATEST_GROWTH, LARGEST_BATCH)


def _clusters_of_cards(snapshot: Snapshot, cards: Iterable[Recommendation]) -> set[int]:
    """Return the near-duplicate clusters of some cards."""
    return {snapshot.cluster_id.item(card.row) for card in cards}
