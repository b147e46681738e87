"""Evaluation queries: articles that link, each with its candidates and the linked articles.

A query uses the archive as of the publication of its article. Candidates are all other articles
published by the end of that day (UTC).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from models.arrays import Rows
from models.time_units import SECONDS_PER_DAY
from recommender.articles.article import Article
from recommender.articles.links import Link


@dataclass(frozen=True)
class EvaluationQuery:
    """An article, the candidates that may be listed under it, and the relevant candidates."""

    row: int
    candidates: Rows
    relevant: frozenset[int]
    """Rows of the articles that editors linked or pinned."""
    as_of: int
    """Time of the query, in seconds since 1970 UTC. Nothing later is visible to it."""


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
    published = np.array([int(article.published.timestamp()) for article in articles])
    linked: dict[int, set[int]] = {}
    for row, target in links:
        if since is None or articles[row].published >= since:
            linked.setdefault(row, set()).add(target)
    queries = []
    for row in sorted(linked):
        end_of_day = published[row] - published[row] % SECONDS_PER_DAY + SECONDS_PER_DAY
        candidates = np.flatnonzero(published < end_of_day).astype(np.int32)
        candidates = candidates[candidates != row]
        relevant = frozenset(linked[row]) & frozenset(candidates.tolist())
        if relevant:
            queries.append(EvaluationQuery(row, candidates, relevant, int(published[row])))
    return queries
