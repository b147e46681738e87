"""What a request works with: the decisions in force, as rows of one snapshot.

Only numpy. Everything here is immutable; a change makes a new one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from recommender.overrides.override import Kind
from recommender.snapshots.snapshot import NEVER

Yes = NDArray[np.bool_]


class ArticleOverride(NamedTuple):
    """A pin, block or hold under one article; ``row`` is the pick's, -1 where there is none."""

    kind: Kind
    row: int
    place: int
    entry: int
    starts: int
    ends: int


class ArticleOverrides(NamedTuple):
    """What holds under one article at one moment."""

    held: bool
    pins: list[ArticleOverride]
    """By place."""
    blocked: list[int]


@dataclass(frozen=True, slots=True)
class ActiveOverrides:
    """The decisions that hold at one moment and until the next of their dates."""

    version: int = 0
    excluded: Yes | None = None
    """Shape (n,): rows that stand in no list; None where none is shut."""
    boost: NDArray[np.float32] | None = None
    """Shape (n,): what is added to each row's score; None where nothing is."""
    withdrawn: frozenset[int] = frozenset()
    withdrawal_times: Mapping[int, int] = field(default_factory=dict)
    """By row of an article that will be withdrawn: when, in seconds since 1970 UTC."""
    articles: Mapping[int, tuple[ArticleOverride, ...]] = field(default_factory=dict)
    """By row of the article, whatever their dates."""
    since: float = -math.inf
    until: float = NEVER
    """The moments (seconds since 1970 UTC) at which something started or ended last, and does next:
    it holds from the one on and before the other."""
    _open: list[tuple[Yes, Yes]] = field(default_factory=list, init=False, repr=False)

    def open(self, public: Yes) -> Yes:
        """Take what is shut from those who are public; done once for both, not for a request.

        ``public`` has the shape (n + 1,), the last of which is nobody's, and so has the answer.
        """
        if self.excluded is None:
            return public
        for of, left in self._open:
            if of is public:
                return left
        left = public.copy()
        left[:-1] &= ~self.excluded
        self._open[:] = [(public, left)]
        return left

    def under(self, row: int, now: float) -> ArticleOverrides | None:
        """Find what holds under an article; None where nothing was ever decided."""
        rules = self.articles.get(row)
        if rules is None:
            return None
        under = ArticleOverrides(False, [], [])
        for rule in rules:
            if rule.starts <= now < rule.ends:
                if rule.kind is Kind.PIN:
                    under.pins.append(rule)
                elif rule.kind is Kind.BLOCK:
                    under.blocked.append(rule.row)
                else:
                    under = under._replace(held=True)
        if len(under.pins) > 1:
            under.pins.sort(key=PLACE)
        return under


PLACE = attrgetter("place")

NO_OVERRIDES = ActiveOverrides()
"""Where nobody has decided anything."""
