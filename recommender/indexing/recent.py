"""The newest articles as a source of candidates: those published, and those published next."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.arrays import Codes, Mask, Positions, Rows, Timestamps
from models.features.candidate_pool import NEWEST, newest_slice


def recent_rows(
    published: Timestamps, groups: Codes, preferred: Codes, now: float, articles: range
) -> Rows:
    """Find the newest candidates of some articles.

    Parameters
    ----------
    published : (n,), seconds since 1970 UTC, newest first.
    groups : (n,), code of the group whose articles may be listed under each other.
    preferred : (n,), code of the preferred group. Its newest articles are taken; if it has too few,
        others of ``groups`` are added.
    now : seconds since 1970 UTC; later articles are under embargo.
    articles : rows of the articles that need candidates.

    Returns
    -------
    Rows, int32, (len(articles), 3 * NEWEST), padded with -1.
    """
    found = np.full((len(articles), 3 * NEWEST), -1, dtype=np.int32)
    codes = np.stack([groups, preferred], axis=1)
    for group, first in np.unique(codes[articles.start : articles.stop], axis=0):
        own = (groups == group) & (preferred == first)
        newest = RecentRows.of(own, published, now)
        others = RecentRows.of((groups == group) & ~own, published, now).newest
        for position in np.flatnonzero(own[articles.start : articles.stop]).tolist():
            rows = newest.without(articles[position]).newest
            if len(rows) < NEWEST:
                rows = np.append(rows, others)
            found[position, : len(rows)] = rows
    return found


def recent_rows_of(
    published: Timestamps, groups: Codes, preferred: Codes, now: float, group: int, first: int
) -> Positions:
    """Find the newest candidates of a later article of one group; see :func:`recent_rows`.

    Parameters
    ----------
    group, first : its code in ``groups`` and in ``preferred``.
    """
    own = (groups == group) & (preferred == first)
    rows = RecentRows.of(own, published, now).newest
    if len(rows) < NEWEST:
        rows = np.append(rows, RecentRows.of((groups == group) & ~own, published, now).newest)
    return rows


@dataclass(frozen=True)
class RecentRows:
    """The newest rows of a group, with one to spare, and how many of them are under embargo."""

    rows: Positions
    upcoming: int

    @classmethod
    def of(cls, members: Mask, published: Timestamps, now: float) -> RecentRows:
        """Take the newest rows of a mask, (n,)."""
        rows = np.flatnonzero(members)
        upcoming = int((published[rows] > now).sum())
        return cls(rows[: upcoming + NEWEST + 1], upcoming)

    def without(self, row: int) -> RecentRows:
        """Leave out one row, if it is among them."""
        position = int(np.searchsorted(self.rows, row))
        if position == len(self.rows) or self.rows[position] != row:
            return self
        upcoming = self.upcoming - int(position < self.upcoming)
        return RecentRows(np.delete(self.rows, position), upcoming)

    @property
    def newest(self) -> Positions:
        """The rows that become candidates."""
        return self.rows[newest_slice(self.upcoming)]
