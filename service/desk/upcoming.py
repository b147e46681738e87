"""What dates will do to a block: decisions that start and end, embargoes, expiries."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from recommender.overrides.force import InForce
from recommender.picks import related
from recommender.rules import Query
from recommender.snapshot import NEVER, Snapshot

MOST = 8
"""Dates looked at, each of which costs two requests: the next change, not the year's calendar."""

Rows = NDArray[np.int64]


def could_stand(snapshot: Snapshot, row: int, pinned: Iterable[int]) -> Rows:
    """Find the rows that a block may come to show: candidates and pins, in every version."""
    candidates = snapshot.candidates[row]
    rows = np.append(candidates[candidates >= 0], [one for one in pinned if one >= 0])
    return np.flatnonzero(np.isin(snapshot.story, snapshot.story[rows.astype(np.int64)]))


def next_change(
    snapshot: Snapshot,
    row: int,
    at: Callable[[float], InForce],
    dates: Iterable[int],
    now: float,
) -> int | None:
    """Find the first date after ``now`` that changes the cards; None where none of them does.

    ``at`` tells what will be in force at a moment, ``dates`` when something about the article
    begins or ends. Only what a date itself does counts: freshness fades all the time.
    """
    ahead = sorted({date for date in dates if now < date < NEVER})
    for date in ahead[:MOST]:
        before, after = (
            [pick.row for pick in related(snapshot, row, Query(), moment, at(moment))]
            for moment in (date - 1, date)
        )
        if before != after:
            return date
    return None
