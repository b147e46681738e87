"""Fits the weights of the ranker: default weights on several sites, and site weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from models.arrays import Floats
from models.features.feature_names import FEATURES
from models.ranker.lambdarank import fit_lambdarank, rescale
from models.ranker.linear_ranker import LinearRanker, QueryGroups, fit_conditional_logit, hessian
from recommender.learning.examples import (
    TrainingExample,
    concatenate,
    hard_negatives,
    query_groups,
    site_query_groups,
)
from recommender.learning.point_in_time import CandidateFeatures

RIDGE = 100.0
"""Precision of the prior at zero, measured in examples; chosen by leaving one site out."""

MIN_SCALE = 0.3
"""Floor of a feature's standard deviation: this factor times its mean within-pool standard
deviation."""

HARD_NEGATIVES = 60
"""Best candidates of each query in the later fits: only the top of a list is shown."""

LAMBDARANK_WEIGHT, SITE_LAMBDARANK_WEIGHT = 2.5, 0.4
"""Weight of the LambdaRank loss beside the prior: for default weights, for site weights. From 1.6
to 4 and from .3 to .5 results hardly change (docs/research.md)."""


def train_default(
    sites: Sequence[Sequence[CandidateFeatures]], *, pool_features: bool = True
) -> LinearRanker:
    """Train weights on several sites, weighted by :func:`site_query_groups`.

    First-pass weights are fitted without the pool features, then all weights with them. Both fits
    are conditional logits. Last the LambdaRank loss fits the top of the lists, with the logit as
    prior.

    Parameters
    ----------
    sites : for each site the candidates of its queries, taken without first-pass weights.
    pool_features : False: without the pool features, for ablation.
    """
    full = [[query.with_first_pass(None) for query in site] for site in sites]
    model = _fit(full, first_pass=())
    if pool_features:
        full = [[query.with_first_pass(model) for query in site] for site in sites]
        model = _fit(full, first_pass=model.weights)
    groups = [site_query_groups(site, model.min_scale) for site in full]
    precision = _precision(concatenate(groups), model)
    weights = _fit_top(groups, np.asarray(model.weights), precision, LAMBDARANK_WEIGHT)
    return replace(model, weights=tuple(weights.tolist()))


def _fit(
    sites: Sequence[Sequence[CandidateFeatures]], first_pass: tuple[float, ...]
) -> LinearRanker:
    min_scale = _min_scale(sites)
    return LinearRanker(FEATURES, min_scale, _logit_weights(sites, min_scale), first_pass)


def _min_scale(sites: Sequence[Sequence[CandidateFeatures]]) -> tuple[float, ...]:
    deviations = [np.mean([query.features.std(axis=0) for query in site], axis=0) for site in sites]
    return tuple(float(value) for value in MIN_SCALE * np.mean(deviations, axis=0))


def _logit_weights(
    sites: Sequence[Sequence[CandidateFeatures]], min_scale: tuple[float, ...]
) -> tuple[float, ...]:
    """Fit a conditional logit to whole pools, then to their hard negatives."""
    width = len(FEATURES)
    weights, ridge = np.zeros(width), RIDGE * np.eye(width)
    for best in (None, HARD_NEGATIVES):
        parts = [hard_negatives(site_query_groups(s, min_scale), weights, best) for s in sites]
        weights = fit_conditional_logit(concatenate(parts), np.zeros(width), ridge)
    return tuple(float(weight) for weight in weights)


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
    weights = _fit_top([groups], np.asarray(model.weights), prior, SITE_LAMBDARANK_WEIGHT)
    return replace(model, weights=tuple(weights.tolist()))


def prior_precision(model: LinearRanker, sites: Sequence[Sequence[CandidateFeatures]]) -> Floats:
    """Compute the precision of weights that were trained on several sites: (w, w)."""
    full = ([query.with_first_pass(model.first_pass) for query in site] for site in sites)
    return _precision(concatenate([site_query_groups(s, model.min_scale) for s in full]), model)


def _precision(groups: QueryGroups, model: LinearRanker) -> Floats:
    weights = np.asarray(model.weights)
    return hessian(groups, weights) + RIDGE * np.eye(len(weights))


def _fit_top(
    sites: Sequence[QueryGroups], centre: Floats, precision: Floats, loss_weight: float
) -> Floats:
    """Fit weights, (w,), to the top of lists; the prior has its mean at ``centre``."""
    hard = concatenate([hard_negatives(groups, centre, HARD_NEGATIVES) for groups in sites])
    weights = fit_lambdarank(hard, centre, precision, loss_weight)
    return rescale(concatenate(sites), weights, centre, precision)
