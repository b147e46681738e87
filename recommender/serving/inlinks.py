"""Inlinks: which articles link to a candidate, and which of them are similar to the article."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from recommender.overrides.active import ActiveOverrides
from recommender.serving.filters import is_public
from recommender.snapshots.snapshot import Snapshot

SIMILAR_CANDIDATES = 30
"""Candidates of the greatest relevance that count as similar articles."""


@dataclass(frozen=True)
class Inlinks:
    """Finds the public articles that link to candidates of one article at one time.

    Attributes
    ----------
    row : the row of the article; a ``candidate`` below is a row, too.
    now : seconds since 1970 UTC.
    """

    snapshot: Snapshot
    row: int
    now: float
    active: ActiveOverrides

    def of(self, candidate: int) -> list[int]:
        """List the rows of the articles that link to a candidate, newest first.

        Links of the article above the list are left out because its ranking does not see them.
        """
        return [
            row
            for row in self.snapshot.linkers_of(candidate).tolist()
            if row != self.row and is_public(self.snapshot, row, self.now, self.active)
        ]

    def similar_titles(self, candidate: int, limit: int) -> list[str]:
        """Return the titles of the newest linking articles that are similar to the article."""
        similar = [row for row in self.of(candidate) if row in self._similar]
        return [self.snapshot.card(row)["title"] for row in similar[:limit]]

    @cached_property
    def _similar(self) -> frozenset[int]:
        rows, relevance = self.snapshot.candidates.of(self.row)
        best = rows[np.argsort(-relevance, kind="stable")]
        return frozenset(best[self.snapshot.are_articles(best)][:SIMILAR_CANDIDATES].tolist())
