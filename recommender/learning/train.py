"""Fits the weights of the ranker to the examples of a site.

The default weights were trained by :mod:`benchmarks.quality.train_default_weights`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from models.arrays import Floats
from models.ranker.lambdarank import fit_lambdarank, rescale
from models.ranker.linear_ranker import LinearRanker, QueryGroups
from recommender.learning.examples import (
    TrainingExample,
    concatenate,
    hard_negatives,
    query_groups,
)

HARD_NEGATIVES = 60
"""Best candidates of each query in the later fits: only the top of a list is shown."""

LAMBDARANK_WEIGHT = 0.4
"""Weight of the LambdaRank loss beside the prior. From .3 to .5 results hardly change
(docs/research.md)."""


def fine_tune_weights(
    model: LinearRanker, prior: Floats, examples: Sequence[TrainingExample]
) -> LinearRanker:
    """Move the weights towards a site's own examples, with the default weights as prior.

    Parameters
    ----------
    prior : (w, w), precision of the default weights: the curvature of the likelihood of their
        training links plus the ridge (a Laplace approximation).
    """
    groups = query_groups(examples, model.min_scale)
    weights = fit_top([groups], np.asarray(model.weights), prior, LAMBDARANK_WEIGHT)
    return replace(model, weights=tuple(weights.tolist()))


def fit_top(
    sites: Sequence[QueryGroups], centre: Floats, precision: Floats, loss_weight: float
) -> Floats:
    """Fit weights, (w,), to the top of lists; the prior has its mean at ``centre``."""
    hard = concatenate([hard_negatives(groups, centre, HARD_NEGATIVES) for groups in sites])
    weights = fit_lambdarank(hard, centre, precision, loss_weight)
    return rescale(concatenate(sites), weights, centre, precision)
