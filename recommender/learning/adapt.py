"""Weights of a site's own: refitted on what it teaches, adopted only if they win on the newest.

Where nothing was to be learned, own weights won on the newest fifth, of 12 to 260 lists, in 33 of
102 tries (benchmarks/quality/adopting.py). So the fifths before it are asked as well, each by
weights from what is older still, and all these lists together must speak for own weights by more
than the standard error of their mean gain: that was so in 6 of the same tries.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from models.ranker.linear_ranker import LinearRanker
from models.ranker.ranking_metrics import CUT, ndcg
from recommender.learning.examples import TrainingExample
from recommender.learning.point_in_time import CandidateFeatures
from recommender.learning.train import fine_tune_weights

MIN_EXAMPLES = 60
"""Lessons below which nothing is tried: what decides would be too few lists."""

FOLDS = 5
"""One lesson in so many, the newest, is kept from the fit and decides; then each fifth before."""

Floats = NDArray[np.float64]


class AdoptionDecision(msgspec.Struct, frozen=True, kw_only=True):
    """What was tried and how it was decided: the record that stands in the manifest."""

    adopted: bool
    because: str
    lessons: int
    """Articles that link, pins and blocks learned from, as lists of candidates."""
    judged_on: int = 0
    """Newest lists, held back."""
    shipped: float | None = None
    """nDCG@6 of the shipped weights on what was held back."""
    own: float | None = None
    """nDCG@6 of the refitted weights on the same."""
    gain: float | None = None
    """Mean difference of nDCG@6 on all lists newer than the oldest fifth; None where the newest
    were not won."""
    error: float | None = None
    """Standard error of that mean."""


def fine_tune(
    model: LinearRanker, prior: Floats, lessons: Sequence[TrainingExample]
) -> tuple[LinearRanker, AdoptionDecision]:
    """Refit weights on all lessons if those from the older ones win on the newest fifth.

    ``lessons``: oldest first. ``prior``: see
    :func:`recommender.learning.train.fine_tune_weights`.
    """
    telling = [lesson for lesson in lessons if lesson.is_informative]
    if len(telling) < MIN_EXAMPLES:
        return model, too_few(len(telling))
    before, after = _judged(model, prior, telling, 1)
    adoption = AdoptionDecision(
        adopted=False,
        because="no better on the newest fifth",
        lessons=len(telling),
        judged_on=len(before),
        shipped=round(float(before.mean()), 4) if len(before) else None,
        own=round(float(after.mean()), 4) if len(before) else None,
    )
    if not len(before) or after.mean() <= before.mean():
        return model, adoption
    older = [_judged(model, prior, telling, fifth) for fifth in range(2, FOLDS)]
    adoption = _weighed(
        adoption, np.concatenate([own - was for was, own in [(before, after), *older]])
    )
    return (fine_tune_weights(model, prior, telling) if adoption.adopted else model), adoption


def too_few(lessons: int) -> AdoptionDecision:
    """Tell that nothing was tried."""
    few = f"{lessons} articles that link, pins and blocks to learn from, {MIN_EXAMPLES} are needed"
    return AdoptionDecision(adopted=False, because=few, lessons=lessons)


def _judged(
    model: LinearRanker, prior: Floats, telling: Sequence[TrainingExample], fifth: int
) -> tuple[Floats, Floats]:
    """Judge a fifth, 1 for the newest, by the model and by weights from what is older.

    Returns nDCG@6 of both, (k,): of lists of which everything was looked at.
    """
    share = len(telling) // FOLDS
    start = len(telling) - fifth * share
    asked = [one.sheet for one in telling[start : start + share] if one.shown.all()]
    trial = fine_tune_weights(model, prior, telling[:start])
    return values(model, asked), values(trial, asked)


def _weighed(adoption: AdoptionDecision, gains: Floats) -> AdoptionDecision:
    """Decide by the differences on all lists that were judged, (k,)."""
    gain = float(gains.mean())
    error = float(gains.std(ddof=1) / np.sqrt(len(gains))) if len(gains) > 1 else np.inf
    wins = gain > error
    doubt = "" if wins else ", but on all that were judged by no more than the standard error"
    because = f"better on the newest fifth{doubt}"
    return msgspec.structs.replace(
        adoption, adopted=wins, because=because, gain=round(gain, 4), error=round(error, 4)
    )


def values(model: LinearRanker, sheets: Sequence[CandidateFeatures]) -> Floats:
    """Take nDCG@6 of every sheet by a model: shape (len(sheets),)."""
    return np.array([ndcg(order(model, sheet), sheet.question.relevant) for sheet in sheets])


def order(model: LinearRanker, sheet: CandidateFeatures) -> list[int]:
    """Order a pool by affinity, the first six."""
    affinity = model.contributions(sheet.raw).sum(axis=1)
    return [int(row) for row in sheet.pool[np.argsort(-affinity, kind="stable")][:CUT]]
