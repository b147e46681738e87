"""One of the views from which pools are gathered: the newest, and those that come out next."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.features.pairwise import NEWEST, newest_slice

Moments = NDArray[np.int64]
Codes = NDArray[np.int32]


def recent_rows(
    published: Moments, groups: Codes, preferred: Codes, now: float, asking: range
) -> NDArray[np.int32]:
    """Find the rows that are looked at under each of some articles for being new, -1 behind.

    Parameters
    ----------
    published : (n,), seconds since 1970 UTC, from the newest.
    groups : (n,), whoever may stand under whom is in one group.
    preferred : (n,), whoever is put before all others under whom is in one group: its newest are
        taken, and where it has fewer than are looked at, others as well.
    now : seconds since 1970 UTC, to tell what is under embargo.

    Returns
    -------
    (len(asking), 3 * NEWEST)
    """
    found = np.full((len(asking), 3 * NEWEST), -1, dtype=np.int32)
    kinds = np.stack([groups, preferred], axis=1)
    for group, first in np.unique(kinds[asking.start : asking.stop], axis=0):
        own = (groups == group) & (preferred == first)
        head = RecentRows.of(own, published, now)
        others = RecentRows.of((groups == group) & ~own, published, now).newest
        for place in np.flatnonzero(own[asking.start : asking.stop]).tolist():
            rows = head.but(asking[place]).newest
            if len(rows) < NEWEST:
                rows = np.append(rows, others)
            found[place, : len(rows)] = rows
    return found


@dataclass(frozen=True)
class RecentRows:
    """The first of some rows, one to spare; of these so many are under embargo."""

    rows: NDArray[np.intp]
    upcoming: int

    @classmethod
    def of(cls, members: NDArray[np.bool_], published: Moments, now: float) -> RecentRows:
        """Take the first of the rows of a mask, (n,)."""
        rows = np.flatnonzero(members)
        upcoming = int((published[rows] > now).sum())
        return cls(rows[: upcoming + NEWEST + 1], upcoming)

    def but(self, row: int) -> RecentRows:
        """Leave one out."""
        place = int(np.searchsorted(self.rows, row))
        if place == len(self.rows) or self.rows[place] != row:
            return self
        return RecentRows(np.delete(self.rows, place), self.upcoming - int(place < self.upcoming))

    @property
    def newest(self) -> NDArray[np.intp]:
        """The rows that are looked at."""
        return self.rows[newest_slice(self.upcoming)]
