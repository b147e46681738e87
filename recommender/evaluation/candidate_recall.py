"""Candidate recall: the share of editors' links that the pool of candidates contains.

For a sample of the queries all articles are scored as well, to compare the pool with an exhaustive
ranking.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from models.arrays import Floats, Rows
from models.features.batch import QueryBatch, query_features
from models.ranker.linear_ranker import LinearRanker
from recommender.evaluation.report import ExhaustiveSample
from recommender.learning.point_in_time import CandidateFeatures
from recommender.learning.queries import EvaluationQuery
from recommender.reports.snapshot_stats import even_sample

SAMPLE_SIZE = 200
"""Queries of the exhaustive sample. One costs as much as thirty pools, and 200 give the share of
links within a few hundredths."""

BEST = 100
"""Places of the exhaustive ranking that count; no list shows anything further down."""


@dataclass
class CandidateRecall:
    """Counts links in pools, one query at a time; ``sample`` has the rows to score in full."""

    sample: frozenset[int]
    _links: int = 0
    _in_pool: int = 0
    _sizes: list[int] = field(default_factory=list)
    _sampled: list[tuple[int, int, int, int]] = field(default_factory=list)
    """Of each sampled query: links, those in the pool, in its best, in the best of all articles."""

    def add(
        self,
        model: LinearRanker,
        candidates: CandidateFeatures,
        batch: QueryBatch,
        eligible: Rows,
    ) -> None:
        """Count the links of a query, and score all articles if it is in the sample.

        Parameters
        ----------
        eligible : int32, ascending rows that can be cards under the article.
        """
        query = candidates.query
        links, in_pool = len(query.relevant), int(candidates.chosen.sum())
        self._links += links
        self._in_pool += in_pool
        self._sizes.append(len(candidates.pool))
        if query.row in self.sample:
            best = _hits(model, candidates, candidates.pool, candidates.features)
            pooled = np.isin(eligible, candidates.pool)
            values = query_features(batch, 0, eligible, pooled, model.first_pass)
            best_of_all = _hits(model, candidates, eligible, values)
            self._sampled.append((links, in_pool, best, best_of_all))

    @property
    def candidate_recall(self) -> float:
        """Share of all links whose target is in the pool."""
        return round(self._in_pool / self._links, 4)

    @property
    def pool_size(self) -> float:
        """Mean number of candidates."""
        return round(float(np.mean(self._sizes)), 1)

    def exhaustive(self) -> ExhaustiveSample:
        """Compare the pool with the exhaustive ranking on the sample."""
        links, in_pool, best, best_of_all = (sum(c) for c in zip(*self._sampled, strict=True))
        return ExhaustiveSample(
            queries=len(self._sampled),
            links=links,
            candidate_recall=round(in_pool / links, 4),
            pool_recall_at_100=round(best / links, 4),
            recall_at_100=round(best_of_all / links, 4),
            recall_ratio=round(in_pool / best_of_all, 4) if best_of_all else None,
        )


def _hits(model: LinearRanker, candidates: CandidateFeatures, rows: Rows, values: Floats) -> int:
    """Count the links among the best of ``rows``; features are standardised within the pool."""
    relevance = model.contributions(values, pool=candidates.features).sum(axis=1)
    best = rows[np.argsort(-relevance, kind="stable")[:BEST]]
    return int(np.isin(best, list(candidates.query.relevant)).sum())


def sample_rows(queries: Sequence[EvaluationQuery]) -> frozenset[int]:
    """Choose the queries to score in full, evenly over time: their rows."""
    positions = even_sample(np.arange(len(queries)), SAMPLE_SIZE).tolist()
    return frozenset(queries[position].row for position in positions)
