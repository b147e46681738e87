"""Active overrides: what a request applies, as rows of one snapshot.

Needs numpy only. All objects are immutable; a change creates new objects.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import NamedTuple

from models.arrays import Mask, Vectors
from recommender.overrides.override import Kind
from recommender.snapshots.snapshot import NEVER


class ArticleOverride(NamedTuple):
    """A pin, block or hold under one article."""

    kind: Kind
    row: int
    """Row of the pick; -1 for a hold."""
    place: int
    """Position of a pin, from 1; 0 for other kinds."""
    entry: int
    """Number in the log."""
    starts: int
    ends: int


class ArticleOverrides(NamedTuple):
    """What is active under one article at one time."""

    held: bool
    pins: list[ArticleOverride]
    """Pins in the order of their places."""
    blocked: list[int]
    """Rows of blocked picks."""


@dataclass(frozen=True, slots=True)
class ActiveOverrides:
    """The active overrides, valid between two start or end dates."""

    version: int = 0
    """Greatest number of an entry that was read."""
    excluded: Mask | None = None
    """Shape (n,): rows that appear in no list; None if no row is excluded."""
    held: Mask | None = None
    """Shape (n,): rows under which a hold of their section, tag or author shows no related posts;
    None without such holds."""
    boost: Vectors | None = None
    """Shape (n,): log-odds added to the score of each row; None without boosts."""
    withdrawn: frozenset[int] = frozenset()
    """Rows of withdrawn articles."""
    withdrawal_times: Mapping[int, int] = field(default_factory=dict)
    """Scheduled withdrawals: seconds since 1970 UTC by row."""
    copies: Mapping[int, str] = field(default_factory=dict)
    """By row that is excluded as a copy: id of the blocked or withdrawn article. Of withdrawn
    articles the copies are in ``withdrawn``, too."""
    articles: Mapping[int, tuple[ArticleOverride, ...]] = field(default_factory=dict)
    """Pins, blocks and holds by row of the article, whatever their dates."""
    since: float = -math.inf
    """Last start or end of an override, in seconds since 1970 UTC."""
    until: float = NEVER
    """Next start or end of an override. This object is valid before it."""
    _visible: list[tuple[Mask, Mask]] = field(default_factory=list, init=False, repr=False)

    def visible(self, public: Mask) -> Mask:
        """Return the public rows without the excluded rows.

        Parameters
        ----------
        public : shape (n + 1,). The last element belongs to no article.

        Returns
        -------
        Mask
            Shape (n + 1,). The result for the last ``public`` is cached.
        """
        if self.excluded is None:
            return public
        for source, result in self._visible:
            if source is public:
                return result
        result = public.copy()
        result[:-1] &= ~self.excluded
        self._visible[:] = [(public, result)]
        return result

    def under(self, row: int, now: float) -> ArticleOverrides | None:
        """Return what is active under an article at ``now``; None without any override."""
        overrides = self.articles.get(row)
        if overrides is None:
            return None
        under = ArticleOverrides(False, [], [])
        for one in overrides:
            if one.starts <= now < one.ends:
                if one.kind is Kind.PIN:
                    under.pins.append(one)
                elif one.kind is Kind.BLOCK:
                    under.blocked.append(one.row)
                else:
                    under = under._replace(held=True)
        if len(under.pins) > 1:
            under.pins.sort(key=_BY_PLACE)
        return under


_BY_PLACE = attrgetter("place")

NO_OVERRIDES = ActiveOverrides()
