"""Fine-tunes the weights on a site's examples and decides whether to adopt the result.

The examples are ordered by time and divided into fifths. Weights fine-tuned on the older examples
are compared with the default weights on each of the four newest fifths (rolling hold-outs). The
fine-tuned weights are adopted if they win on the newest fifth and the mean gain over all four
exceeds its standard error. The rule was tested where there is nothing to learn: on links drawn at
random by the scores of the default weights. The newest fifth alone adopts 33 of 102 fits, the full
rule 6 (docs/research.md).
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from models.arrays import Floats
from models.ranker.linear_ranker import LinearRanker
from models.ranker.ranking_metrics import CUT, ndcg
from recommender.learning.examples import TrainingExample
from recommender.learning.point_in_time import CandidateFeatures
from recommender.learning.train import fine_tune_weights

MIN_EXAMPLES = 60
"""Examples needed for a trial; with fewer the hold-outs are too small to decide."""

FOLDS = 5
"""Parts of the examples, in order of time; all but the oldest serve as hold-outs."""


class AdoptionDecision(msgspec.Struct, frozen=True, kw_only=True):
    """Whether site weights were adopted, and the measurements behind it."""

    adopted: bool
    reason: str
    """Text for the terminal and logs."""
    examples: int
    """Informative training examples."""
    holdout_size: int = 0
    """Links and pins in the newest fifth; blocks are not measured."""
    default_ndcg: float | None = None
    """nDCG@6 of the default weights on the newest fifth."""
    site_ndcg: float | None = None
    """nDCG@6 of the fine-tuned weights on the newest fifth."""
    mean_gain: float | None = None
    """Mean difference of nDCG@6 over all hold-outs; None if the fine-tuned weights were not
    better on the newest fifth."""
    standard_error: float | None = None
    """Standard error of the mean gain."""


def fine_tune(
    model: LinearRanker, prior: Floats, examples: Sequence[TrainingExample]
) -> tuple[LinearRanker, AdoptionDecision]:
    """Fine-tune weights on all examples, if the rolling hold-outs favour it.

    Parameters
    ----------
    model : the default weights.
    prior : see :func:`recommender.learning.train.fine_tune_weights`.
    examples : oldest first.

    Returns
    -------
    The fine-tuned weights if they are adopted, else ``model``; and the decision.
    """
    informative = [example for example in examples if example.is_informative]
    if len(informative) < MIN_EXAMPLES:
        return model, too_few(len(informative))
    default, site = _hold_out(model, prior, informative, 1)
    decision = AdoptionDecision(
        adopted=False,
        reason="no better on the newest fifth of the examples",
        examples=len(informative),
        holdout_size=len(default),
        default_ndcg=round(float(default.mean()), 4) if len(default) else None,
        site_ndcg=round(float(site.mean()), 4) if len(default) else None,
    )
    if not len(default) or site.mean() <= default.mean():
        return model, decision
    older = [_hold_out(model, prior, informative, fold) for fold in range(2, FOLDS)]
    gains = np.concatenate([new - old for old, new in [(default, site), *older]])
    decision = _decide(decision, gains)
    return (fine_tune_weights(model, prior, informative) if decision.adopted else model), decision


def too_few(examples: int) -> AdoptionDecision:
    """Keep the default weights because there are too few examples for a trial."""
    noun = "training example" if examples == 1 else "training examples"
    reason = f"{examples} {noun}; site-specific weights need {MIN_EXAMPLES}"
    return AdoptionDecision(adopted=False, reason=reason, examples=examples)


def _hold_out(
    model: LinearRanker, prior: Floats, examples: Sequence[TrainingExample], fold: int
) -> tuple[Floats, Floats]:
    """Measure the default and the fine-tuned weights on one fifth, 1 for the newest.

    The weights are fine-tuned on the examples before that fifth. Blocks cannot be measured, because
    only some of their candidates were shown.

    Returns
    -------
    nDCG@6 per measured example, for the default and for the fine-tuned weights: two arrays (k,).
    """
    size = len(examples) // FOLDS
    start = len(examples) - fold * size
    held_out = [e.candidates for e in examples[start : start + size] if e.prefers_relevant]
    trial = fine_tune_weights(model, prior, examples[:start])
    return ndcg_values(model, held_out), ndcg_values(trial, held_out)


def _decide(decision: AdoptionDecision, gains: Floats) -> AdoptionDecision:
    """Decide by the differences of nDCG@6 over all hold-outs, (k,)."""
    mean = float(gains.mean())
    error = float(gains.std(ddof=1) / np.sqrt(len(gains))) if len(gains) > 1 else np.inf
    adopted = mean > error
    suffix = (
        "" if adopted else ", but the mean gain over all hold-outs is within its standard error"
    )
    return msgspec.structs.replace(
        decision,
        adopted=adopted,
        reason=f"better on the newest fifth of the examples{suffix}",
        mean_gain=round(mean, 4),
        standard_error=round(error, 4),
    )


def ndcg_values(
    model: LinearRanker, queries: Sequence[CandidateFeatures], min_evidence: float = -np.inf
) -> Floats:
    """Compute nDCG@6 of a model for each query: shape (len(queries),).

    Parameters
    ----------
    min_evidence : least log-odds of a common topic of a candidate.
    """
    ranked = (_top_rows(model, one, min_evidence) for one in queries)
    return np.array(
        [ndcg(rows, one.query.relevant) for one, rows in zip(queries, ranked, strict=True)]
    )


def _top_rows(model: LinearRanker, candidates: CandidateFeatures, min_evidence: float) -> list[int]:
    """Rows of the six candidates with the highest relevance score, best first."""
    relevance = model.contributions(candidates.features).sum(axis=1)
    order = np.argsort(-relevance, kind="stable")
    order = order[candidates.topic_log_odds[order] >= min_evidence][:CUT]
    return [int(row) for row in candidates.pool[order]]
