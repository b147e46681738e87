"""The report of an evaluation: its types, and the metrics of one ranking."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from models.ranker.ranking_metrics import bootstrap_interval, ndcg, recall, reciprocal_rank
from recommender.learning.adapt import AdoptionDecision
from recommender.learning.queries import EvaluationQuery
from recommender.learning.relevance_threshold import ThresholdChoice


class Estimate(msgspec.Struct, frozen=True):
    """Mean over the queries, with its 95 % bootstrap interval."""

    mean: float
    interval: tuple[float, float]


class RankingMetrics(msgspec.Struct, frozen=True, kw_only=True):
    """Metrics of one ranking."""

    ndcg: Estimate = msgspec.field(name="ndcg@6")
    recall: Estimate = msgspec.field(name="recall@6")
    mrr: Estimate
    """Mean reciprocal rank."""


class Slice(msgspec.Struct, frozen=True, kw_only=True):
    """Metrics of every ranking on a part of the queries or of their links."""

    queries: int
    links: int
    rankings: dict[str, RankingMetrics]


class Slices(msgspec.Struct, frozen=True, kw_only=True):
    """Slices by section and language of the article, and by age of the linked article."""

    section: dict[str, Slice]
    """Largest first."""
    language: dict[str, Slice]
    """Largest first."""
    age: dict[str, Slice]
    """Newest first."""


class ExhaustiveSample(msgspec.Struct, frozen=True, kw_only=True):
    """Queries for which all articles were scored, and not only the pool of candidates."""

    queries: int
    links: int
    candidate_recall: float
    """Share of the sample's links in the pool."""
    pool_recall_at_100: float
    """Share among the best 100 of the pool."""
    recall_at_100: float
    """Share among the best 100 of all articles."""
    recall_ratio: float | None
    """``candidate_recall / recall_at_100``; None where the latter is 0."""


class WeightTrials(msgspec.Struct, frozen=True, kw_only=True):
    """How often fine-tuned weights were tried and adopted while the site's links grew."""

    tried: int
    adopted: int
    last: AdoptionDecision | None


class ExcludedLinks(msgspec.Struct, frozen=True, kw_only=True):
    """Links that no list can have, by the reason why they were left out."""

    other_language: int = 0
    """Links to another language or script, with ``ranking.language = "same"``."""
    not_public: int = 0
    """Links from or to a draft, or an article that was withdrawn or had expired."""

    def __add__(self, other: ExcludedLinks) -> ExcludedLinks:
        """Add up the links of each reason."""
        return ExcludedLinks(
            other_language=self.other_language + other.other_language,
            not_public=self.not_public + other.not_public,
        )

    def __bool__(self) -> bool:
        """Return whether any links were left out."""
        return bool(self.other_language or self.not_public)

    def __str__(self) -> str:
        """Give the number of links and the reasons in one line."""
        reasons = {
            'to another language (ranking.language = "same")': self.other_language,
            "from or to an article that is not public": self.not_public,
        }
        named = ", ".join(f"{number} {reason}" for reason, number in reasons.items() if number)
        total = self.other_language + self.not_public
        return f"{total} {'link' if total == 1 else 'links'} left out: {named}"


class EvaluationReport(msgspec.Struct, frozen=True, kw_only=True):
    """What ``recommender evaluate --json`` prints."""

    queries: int
    links: int
    unknown_links: int
    """Lines of the link file that name an unknown article."""
    excluded_links: ExcludedLinks
    """Links that no list can have. They are not among ``links``."""
    rankings: dict[str, RankingMetrics]
    candidate_recall: float
    """Share of all links whose target is in the pool of candidates."""
    pool_size: float
    """Mean number of candidates."""
    exhaustive: ExhaustiveSample
    weights: WeightTrials
    threshold: ThresholdChoice | None
    """The last choice of a relevance threshold; None unless the settings say "auto". Without
    ``kept`` earlier links were too few."""
    slices: Slices


class RankedArticle(msgspec.Struct, frozen=True):
    """One line of ``recommender evaluate --picks``."""

    source: str = msgspec.field(name="from")
    picks: list[str]
    """Ids, best first."""


def measure(
    queries: Sequence[EvaluationQuery], rankings: Sequence[Sequence[int]]
) -> RankingMetrics:
    """Average nDCG@6, recall@6 and the reciprocal rank over the queries.

    Parameters
    ----------
    rankings : for each query the rows of the ranked articles, best first.
    """
    pairs = list(zip(rankings, (query.relevant for query in queries), strict=True))
    return RankingMetrics(
        ndcg=_estimate([ndcg(rows, relevant) for rows, relevant in pairs]),
        recall=_estimate([recall(rows, relevant) for rows, relevant in pairs]),
        mrr=_estimate([reciprocal_rank(rows, relevant) for rows, relevant in pairs]),
    )


def _estimate(values: Sequence[float]) -> Estimate:
    low, high = bootstrap_interval(np.array(values))
    mean = float(np.mean(values)) if values else 0.0
    return Estimate(round(mean, 4), (round(low, 4), round(high, 4)))
