"""The list under one article at one time: what its reasons look at."""

from __future__ import annotations

from dataclasses import dataclass

from recommender.overrides.active import ActiveOverrides
from recommender.serving.filters import is_public
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
