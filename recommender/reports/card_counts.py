"""Counts of cards under the newest articles: what is recommended often, never, or hardly at all."""

from __future__ import annotations

from itertools import islice
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from recommender.overrides.active import ActiveOverrides
from recommender.serving.filters import Query, is_public
from recommender.serving.recommend import related
from recommender.snapshots.snapshot import Snapshot

MAX_RANKED = 2_000
"""Newest articles whose cards are counted. Ranking them takes about .15 s."""

FEW_RELATED = 3
"""Related cards, below which a list is mostly filled with the latest articles."""


class CardCounts(NamedTuple):
    """How often articles are recommended under the newest public articles."""

    articles: int
    """Number of articles whose cards were counted."""
    counts: NDArray[np.int64]
    """Shape (n,), by row: under how many of these articles it is a card."""
    never: list[int]
    """Rows of those of these articles that are a card of none, newest first."""
    few: list[tuple[int, int]]
    """Rows with fewer than :data:`FEW_RELATED` related or pinned cards, and how many, newest
    first."""

    @property
    def coverage(self) -> float:
        """Share of these articles that are a card of at least one, from 0 to 1."""
        return 1 - len(self.never) / self.articles if self.articles else 0.0


def count_cards(snapshot: Snapshot, active: ActiveOverrides, now: float) -> CardCounts:
    """Rank the newest :data:`MAX_RANKED` public articles and count their cards.

    ``now`` is in seconds since 1970 UTC.
    """
    every = snapshot.newest_first().tolist()
    newest = list(
        islice((row for row in every if is_public(snapshot, row, now, active)), MAX_RANKED)
    )
    cards: list[int] = []
    few = []
    for row in newest:
        picks = related(snapshot, row, Query(), now, active)
        cards += [pick.row for pick in picks]
        chosen = sum(pick.origin != "latest" for pick in picks)
        if chosen < FEW_RELATED and not _is_held(active, row, now):
            few.append((row, chosen))
    counts = np.bincount(np.array(cards, dtype=np.int64), minlength=len(snapshot))
    never = [row for row in newest if counts[row] == 0]
    return CardCounts(len(newest), counts, never, few)


def _is_held(active: ActiveOverrides, row: int, now: float) -> bool:
    under = active.under(row, now)
    by_rule = active.held is not None and bool(active.held[row])
    return by_rule or (under is not None and under.held)
