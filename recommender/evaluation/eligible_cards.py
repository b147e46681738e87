"""Which articles can be cards of a query: visible ones that its readers can read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from models.arrays import Codes, Rows
from recommender.articles.article import Article
from recommender.evaluation.report import ExcludedLinks
from recommender.indexing.build_corpus import expiry_times, language_codes, language_groups
from recommender.learning.queries import EvaluationQuery
from recommender.settings import Ranking


@dataclass(frozen=True)
class EligibleCards:
    """The rules of a site about languages and visibility, for n published articles.

    It has one value for each article and none for each query, so that memory is linear.

    Attributes
    ----------
    groups : int32, (n,): an article is listed only under those of the same group.
    expires : int64, (n,), in seconds since 1970 UTC.
    """

    groups: Codes
    expires: NDArray[np.int64]

    @classmethod
    def of(cls, articles: Sequence[Article], ranking: Ranking) -> Self:
        """Build the rules; ``articles`` have the status "published"."""
        return cls(language_groups(language_codes(articles), ranking), expiry_times(articles))

    def candidates(self, query: EvaluationQuery) -> Rows:
        """Return the candidates of a query that can be cards: int32, ascending rows."""
        rows = query.candidates
        same_group = self.groups[rows] == self.groups[query.row]
        eligible: Rows = rows[same_group & (self.expires[rows] > query.as_of)]
        return eligible

    def restrict(
        self, queries: Sequence[EvaluationQuery]
    ) -> tuple[list[EvaluationQuery], ExcludedLinks]:
        """Leave out links to what cannot be a card, and queries without other links.

        Returns
        -------
        The queries, and the number of links that were left out.
        """
        visible = _where(queries, self._is_visible)
        eligible = _where(visible, self._is_same_group)
        total, shown, kept = map(number_of_links, (queries, visible, eligible))
        return eligible, ExcludedLinks(other_language=shown - kept, not_public=total - shown)

    def _is_visible(self, query: EvaluationQuery, target: int) -> bool:
        """Return whether neither the article nor the linked one has expired."""
        return min(self.expires.item(query.row), self.expires.item(target)) > query.as_of

    def _is_same_group(self, query: EvaluationQuery, target: int) -> bool:
        return self.groups.item(query.row) == self.groups.item(target)


def number_of_links(queries: Sequence[EvaluationQuery]) -> int:
    """Count the links that the queries have to find."""
    return sum(len(query.relevant) for query in queries)


def _where(
    queries: Sequence[EvaluationQuery], accepts: Callable[[EvaluationQuery, int], bool]
) -> list[EvaluationQuery]:
    """Keep the relevant rows that are accepted, and the queries that have some."""
    kept = (
        replace(query, relevant=frozenset(row for row in query.relevant if accepts(query, row)))
        for query in queries
    )
    return [query for query in kept if query.relevant]
