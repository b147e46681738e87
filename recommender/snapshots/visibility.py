"""Who is public at a moment, kept until somebody's date comes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Moments = NDArray[np.int64]


class Span(NamedTuple):
    """Who is public from one moment to before another, in seconds since 1970 UTC."""

    since: float
    until: float
    rows: NDArray[np.bool_]
    """Shape (n + 1,): the last is nobody's, so that row -1, which is none, is never public."""


class VisibilityByDate:
    """Who is public by the dates of n articles.

    A request looks at a hundred candidates; to compare two dates of each would cost it as much as
    ranking them. Between two dates the answer is the same for everybody.
    """

    def __init__(self, published: Moments, expires: Moments) -> None:
        self._published = published
        self._expires = expires
        self._span = Span(np.inf, -np.inf, np.zeros(0, dtype=np.bool_))

    def at(self, now: float) -> NDArray[np.bool_]:
        """Tell for each row, and for -1, whether readers may see it by its dates."""
        span = self._span
        if not span.since <= now < span.until:
            span = self._span = self._span_of(now)
        return span.rows

    def _span_of(self, now: float) -> Span:
        rows = np.zeros(len(self._published) + 1, dtype=np.bool_)
        since, until = -np.inf, np.inf
        rows[:-1] = (self._published <= now) & (now < self._expires)
        for dates in (self._published, self._expires):
            past = dates <= now
            since = max(since, dates[past].max(initial=np.iinfo(np.int64).min))
            until = min(until, dates[~past].min(initial=np.iinfo(np.int64).max))
        return Span(float(since), float(until), rows)
