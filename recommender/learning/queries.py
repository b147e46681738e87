"""Evaluation queries: articles that link, each with its candidates and the linked articles.

A query uses the archive as of the publication of its article. Candidates are all other articles
published by the end of that day (UTC).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from models.arrays import Rows, Timestamps
from models.time_units import SECONDS_PER_DAY
from recommender.articles.article import Article
from recommender.articles.links import Link
from recommender.articles.model_inputs import publication_times


@dataclass(frozen=True)
class EvaluationQuery:
    """An article, the candidates that may be listed under it, and the relevant candidates.

    Attributes
    ----------
    row : of the article; articles come newest first.
    first, end : the candidates are the rows from ``first`` to before ``end`` without ``row``.
        The rows themselves would take memory that grows with the square of the archive.
    relevant : rows of the articles that editors linked or pinned.
    as_of : time of the query, in seconds since 1970 UTC. Nothing later is visible to it.
    """

    row: int
    first: int
    end: int
    relevant: frozenset[int]
    as_of: int

    @property
    def candidates(self) -> Rows:
        """Rows of the candidates, ascending: int32."""
        rows = np.arange(self.first, self.end, dtype=np.int32)
        return np.asarray(rows[rows != self.row])


def evaluation_queries(
    articles: Sequence[Article], links: Sequence[Link], since: datetime | None = None
) -> list[EvaluationQuery]:
    """Make one query for each article that links to an earlier one.

    Parameters
    ----------
    articles : newest first.
    links : pairs of rows, from the linking article to the linked one.
    since : only articles published at or after this time become queries; None for all articles.

    Returns
    -------
    The queries, newest article first.
    """
    published = publication_times(articles)
    linked: dict[int, set[int]] = {}
    for row, target in links:
        if since is None or articles[row].published >= since:
            linked.setdefault(row, set()).add(target)
    queries = []
    for row in sorted(linked):
        end_of_day = published[row] - published[row] % SECONDS_PER_DAY + SECONDS_PER_DAY
        first = first_before(published, end_of_day)
        if relevant := frozenset(target for target in linked[row] - {row} if target >= first):
            query = EvaluationQuery(row, first, len(articles), relevant, int(published[row]))
            queries.append(query)
    return queries


def first_before(published: Timestamps, time: int) -> int:
    """Return the first row that was published before a time; rows come newest first."""
    return int(np.searchsorted(-published, -time, side="right"))
