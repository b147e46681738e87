"""Chooses the relevance threshold of a site by its links.

How much evidence an article needs to be on topic differs between sites. On a site about many
subjects, links go to articles with much more evidence than even odds. Then a higher threshold
drops unrelated cards and hardly any linked article.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from models.ranker.linear_ranker import LinearRanker
from recommender.learning.adapt import MIN_EXAMPLES, ndcg_values
from recommender.learning.examples import TrainingExample
from recommender.learning.point_in_time import CandidateFeatures
from recommender.settings import LOWEST_AUTO, Ranking

THRESHOLDS = (LOWEST_AUTO, 0.6, 0.7, 0.8, 0.9, 0.95)
"""Probabilities of a common topic to choose from."""

MIN_KEPT = 0.99
"""Share of the nDCG@6 without threshold that the lists keep."""


class ThresholdChoice(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The relevance threshold of a site, and the measurements behind it."""

    value: float = LOWEST_AUTO
    """Probability of a common topic."""
    examples: int = 0
    """Number of linking articles and pins that were measured. Without ``kept`` it was too small."""
    kept: dict[str, float] = {}
    """Share of the nDCG@6 without threshold, by threshold."""


def choose_threshold(model: LinearRanker, examples: Sequence[TrainingExample]) -> ThresholdChoice:
    """Choose the highest threshold at which the lists keep 99 % of their nDCG@6.

    Parameters
    ----------
    model : the weights that order the candidates.
    examples : of links, pins and blocks. Blocks are not measured: one card is wrong, and the
        others need not be on topic.

    Returns
    -------
    The choice. It is the lowest threshold where none keeps enough, and where fewer than
    ``MIN_EXAMPLES`` examples can be measured.
    """
    measured = [one.candidates for one in examples if one.is_informative and one.prefers_relevant]
    if len(measured) < MIN_EXAMPLES:
        return ThresholdChoice(examples=len(measured))
    without = _mean_ndcg(model, measured, 0)
    kept = {one: _mean_ndcg(model, measured, one) / (without or 1) for one in THRESHOLDS}
    return ThresholdChoice(
        value=max((one for one in THRESHOLDS if kept[one] >= MIN_KEPT), default=LOWEST_AUTO),
        examples=len(measured),
        kept={str(one): round(share, 4) for one, share in kept.items()},
    )


def _mean_ndcg(
    model: LinearRanker, queries: Sequence[CandidateFeatures], threshold: float
) -> float:
    """Compute the mean nDCG@6 of the candidates that reach a threshold."""
    least = Ranking(minimum_relevance=threshold).min_evidence
    return float(ndcg_values(model, queries, least).mean())
