"""Visibility by date: which rows are public, cached until the next date."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from models.arrays import Mask, Timestamps


class VisibilitySpan(NamedTuple):
    """The public rows from ``since`` until before ``until``, in seconds since 1970 UTC."""

    since: float
    until: float
    rows: Mask
    """Shape (n + 1,). The last item is False, so that row -1 (no article) is never public."""


class VisibilityByDate:
    """Which of n articles are public by their dates.

    The mask of all rows is computed once and holds until the next date of any article. A request
    then looks candidates up in it: comparing two dates of each would cost as much as ranking.
    """

    def __init__(self, published: Timestamps, expires: Timestamps) -> None:
        self._published = published
        self._expires = expires
        self._span = VisibilitySpan(np.inf, -np.inf, np.zeros(0, dtype=np.bool_))

    def at(self, now: float) -> Mask:
        """Return the mask of public rows: bool, shape (n + 1,); see :class:`VisibilitySpan`."""
        span = self._span
        if not span.since <= now < span.until:
            span = self._span = self._span_of(now)
        return span.rows

    def _span_of(self, now: float) -> VisibilitySpan:
        rows = np.zeros(len(self._published) + 1, dtype=np.bool_)
        since, until = -np.inf, np.inf
        rows[:-1] = (self._published <= now) & (now < self._expires)
        for dates in (self._published, self._expires):
            past = dates <= now
            since = max(since, dates.max(initial=np.iinfo(np.int64).min, where=past))
            until = min(until, dates.min(initial=np.iinfo(np.int64).max, where=~past))
        return VisibilitySpan(float(since), float(until), rows)
