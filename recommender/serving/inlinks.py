"""Inlinks: which articles link to a candidate, and which of them are similar to the article."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from recommender.serving.list_context import ListContext

SIMILAR_CANDIDATES = 30
"""Candidates of the greatest relevance that count as similar articles."""


@dataclass(frozen=True)
class Inlinks:
    """Finds the public articles that link to candidates of one article at one time.

    A ``candidate`` below is a row of the snapshot.
    """

    context: ListContext

    def of(self, candidate: int) -> list[int]:
        """List the rows of the articles that link to a candidate, newest first.

        Links of the article above the list are left out because its ranking does not see them.
        """
        linkers = self.context.snapshot.linkers_of(candidate).tolist()
        return [r for r in linkers if r != self.context.row and self.context.is_public(r)]

    def similar_titles(self, candidate: int, limit: int) -> list[str]:
        """Return the titles of the newest linking articles that are similar to the article."""
        similar = [row for row in self.of(candidate) if row in self._similar]
        return [self.context.snapshot.card(row)["title"] for row in similar[:limit]]

    @cached_property
    def _similar(self) -> frozenset[int]:
        snapshot = self.context.snapshot
        rows, relevance = snapshot.candidates.of(self.context.row)
        best = rows[np.argsort(-relevance, kind="stable")]
        return frozenset(best[snapshot.are_articles(best)][:SIMILAR_CANDIDATES].tolist())
