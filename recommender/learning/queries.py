"""How well editors' links are found, as if at the moment each article was published.

For every article that links: candidates are the others published no later than the end of its day
(UTC). Its own outgoing links are never visible to its ranking, nor anything that was published or
linked later.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.ranker.ranking_metrics import bootstrap_interval, ndcg, recall, reciprocal_rank
from recommender.articles.article import Article
from recommender.articles.links import Link

Rows = NDArray[np.int32]
RankFunction = Callable[[int, Rows], Rows]
"""Orders the candidates of an article, best first: (row, candidate rows) to rows."""

DAY = 86_400


@dataclass(frozen=True)
class EvaluationQuery:
    """An article that links, who may stand under it, and what its editors chose."""

    row: int
    candidates: Rows
    relevant: frozenset[int]
    as_of: int
    """As of when it is asked, seconds since 1970 UTC."""


def evaluation_queries(
    articles: Sequence[Article], links: Sequence[Link], since: datetime | None = None
) -> list[EvaluationQuery]:
    """Ask for each article that links to an earlier one, newest first."""
    published = np.array([int(article.published.timestamp()) for article in articles])
    truth: dict[int, set[int]] = {}
    for row, target in links:
        if since is None or articles[row].published >= since:
            truth.setdefault(row, set()).add(target)
    asked = []
    for row in sorted(truth):
        end_of_day = published[row] - published[row] % DAY + DAY
        candidates = np.flatnonzero(published < end_of_day).astype(np.int32)
        candidates = candidates[candidates != row]
        possible = frozenset(truth[row]) & frozenset(candidates.tolist())
        if possible:
            asked.append(EvaluationQuery(row, candidates, possible, int(published[row])))
    return asked


def rankings_of(
    asked: Sequence[EvaluationQuery], ranker: RankFunction, limit: int
) -> list[list[int]]:
    """Let a ranker order the candidates of every question; the best ``limit`` rows of each."""
    return [ranker(question.row, question.candidates)[:limit].tolist() for question in asked]


def figures(asked: Sequence[EvaluationQuery], picks: Sequence[Sequence[int]]) -> dict[str, Any]:
    """Average recall@6, nDCG@6 and MRR over the questions, each with its bootstrap interval."""
    measures = {"ndcg@6": ndcg, "recall@6": recall, "mrr": reciprocal_rank}
    result: dict[str, Any] = {}
    for name, measure in measures.items():
        pairs = zip(asked, picks, strict=True)
        values = np.array([measure(chosen, question.relevant) for question, chosen in pairs])
        low, high = bootstrap_interval(values)
        mean = float(values.mean()) if len(values) else 0.0
        result[name] = {"mean": round(mean, 4), "interval": [round(low, 4), round(high, 4)]}
    return result
