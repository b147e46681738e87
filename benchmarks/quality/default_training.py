"""Trains default weights on several sites, weighted alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from models.arrays import Floats
from models.features.feature_names import FEATURES
from models.ranker.linear_ranker import LinearRanker, QueryGroups, fit_conditional_logit, hessian
from recommender.learning.examples import concatenate, from_link, hard_negatives, query_groups
from recommender.learning.point_in_time import CandidateFeatures
from recommender.learning.train import HARD_NEGATIVES, fit_top

SITE_WEIGHT = 300.0
"""Total weight of a site's examples, so that a large site does not dominate smaller ones."""

MAX_EXAMPLE_WEIGHT = 1.5
"""Upper limit of the weight of one example. It caps the total of a site with fewer than 200
examples (300 / 1.5), so that a small site gets less total weight."""


RIDGE = 100.0
"""Precision of the prior at zero, measured in examples; chosen by leaving one site out."""

MIN_SCALE = 0.3
"""Floor of a feature's standard deviation: this factor times its mean within-pool standard
deviation."""

LAMBDARANK_WEIGHT = 2.5
"""Weight of the LambdaRank loss beside the prior. From 1.6 to 4 results hardly change
(docs/research.md)."""


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
    weights = fit_top(groups, np.asarray(model.weights), precision, LAMBDARANK_WEIGHT)
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
    ridge = RIDGE * np.eye(width)
    parts = [site_query_groups(site, min_scale) for site in sites]
    weights = fit_conditional_logit(concatenate(parts), np.zeros(width), ridge)
    hard = [hard_negatives(groups, weights, HARD_NEGATIVES) for groups in parts]
    weights = fit_conditional_logit(concatenate(hard), np.zeros(width), ridge)
    return tuple(float(weight) for weight in weights)


def prior_precision(model: LinearRanker, sites: Sequence[Sequence[CandidateFeatures]]) -> Floats:
    """Compute the precision of weights that were trained on several sites: (w, w)."""
    full = ([query.with_first_pass(model.first_pass) for query in site] for site in sites)
    return _precision(concatenate([site_query_groups(s, model.min_scale) for s in full]), model)


def _precision(groups: QueryGroups, model: LinearRanker) -> Floats:
    weights = np.asarray(model.weights)
    return hessian(groups, weights) + RIDGE * np.eye(len(weights))


def site_query_groups(
    queries: Sequence[CandidateFeatures], min_scale: tuple[float, ...]
) -> QueryGroups:
    """Concatenate the examples of a site, weighted to a total of :data:`SITE_WEIGHT`.

    The total is smaller for a site with few examples, see :data:`MAX_EXAMPLE_WEIGHT`.
    """
    groups = query_groups([from_link(candidates) for candidates in queries], min_scale)
    weight = min(SITE_WEIGHT / len(groups.importance), MAX_EXAMPLE_WEIGHT)
    return replace(groups, importance=groups.importance * weight)
