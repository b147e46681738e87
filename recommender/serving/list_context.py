"""The list under one article at one time: what its reasons look at."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recommender.overrides.active import ActiveOverrides
from recommender.serving.filters import is_public
from recommender.snapshots.parts import MAX_CANDIDATES
from recommender.snapshots.snapshot import Snapshot


@dataclass(frozen=True)
class ListContext:
    """The article above a list, and when and with which overrides it is shown.

    Attributes
    ----------
    row : the row of the article.
    now : seconds since 1970 UTC.
    """

    snapshot: Snapshot
    row: int
    now: float
    active: ActiveOverrides

    def is_public(self, row: int) -> bool:
        """Return whether readers can see an article at this time."""
        return is_public(self.snapshot, row, self.now, self.active)

    def is_older_post(self, row: int) -> bool:
        """Return whether an article is an older post of a series, and in no list therefore."""
        visible = self.active.visible(self.snapshot.public.at(self.now))
        return self.snapshot.newest_only.is_older(row, visible)

    @property
    def has_full_list(self) -> bool:
        """Whether the article has all candidates that are stored, and others may be on topic."""
        rows, _ = self.snapshot.candidates.of(self.row)
        return int(np.count_nonzero(rows >= 0)) >= MAX_CANDIDATES
