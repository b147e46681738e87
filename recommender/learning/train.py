"""Weights of the affinity, learned from the links that editors made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from models.features.pairwise import FEATURES
from models.ranker.lambdarank import fit_lambdarank, rescale
from models.ranker.linear_ranker import LinearRanker, QueryGroups, fit_conditional_logit, hessian
from recommender.learning.examples import TrainingExample
from recommender.learning.lesson_lists import (
    concatenated,
    hard_negatives,
    query_groups,
    site_query_groups,
)
from recommender.learning.point_in_time import CandidateFeatures

RIDGE = 100.0
"""Pull towards no weight at all, in questions; chosen by leaving one site out."""

SPREAD = 0.3
"""Share of a feature's usual deviation within a pool that is added to it."""

CLOSEST = 60
"""Candidates a list that later fits look at: telling apart the best is what a block is about."""

TOP_WORTH, OWN_TOP_WORTH = 2.5, 0.4
"""What the top of lists of :data:`CLOSEST` counts beside the prior: of other sites' lists, of a
site's own. From 1.6 to 4 and from .3 to .5 it hardly matters, see benchmarks/quality."""

Floats = NDArray[np.float64]


def train_default(sites: Sequence[Sequence[CandidateFeatures]]) -> LinearRanker:
    """Learn weights from several sites at once, each counting alike.

    Twice: a guess of who suits, and then with what candidates are to each other. Last they are
    fitted to what a block shows, held by the logit before.
    """
    without = _model([[sheet.by(None) for sheet in one] for one in sites], guess=())
    with_likely = [[sheet.by(without) for sheet in one] for one in sites]
    model = _model(with_likely, guess=without.weights)
    lists = [site_query_groups(one, model.min_scale) for one in with_likely]
    precision = _precision(concatenated(lists), model)
    found = _topped(lists, np.asarray(model.weights), precision, TOP_WORTH)
    return replace(model, weights=tuple(found.tolist()))


def _model(sites: Sequence[Sequence[CandidateFeatures]], guess: tuple[float, ...]) -> LinearRanker:
    spread = _spread(sites)
    return LinearRanker(FEATURES, spread, _weights(sites, spread), guess)


def _spread(sites: Sequence[Sequence[CandidateFeatures]]) -> tuple[float, ...]:
    deviations = [np.mean([sheet.raw.std(axis=0) for sheet in one], axis=0) for one in sites]
    return tuple(float(value) for value in SPREAD * np.mean(deviations, axis=0))


def _weights(
    sites: Sequence[Sequence[CandidateFeatures]], spread: tuple[float, ...]
) -> tuple[float, ...]:
    width = len(FEATURES)
    weights, ridge = np.zeros(width), RIDGE * np.eye(width)
    for best in (None, CLOSEST):
        parts = [hard_negatives(site_query_groups(one, spread), weights, best) for one in sites]
        weights = fit_conditional_logit(concatenated(parts), np.zeros(width), ridge)
    return tuple(float(weight) for weight in weights)


def fine_tune_weights(
    model: LinearRanker, prior: Floats, own: Sequence[TrainingExample]
) -> LinearRanker:
    """Move weights towards what a site itself teaches, held by what the other sites taught.

    ``prior``: precision of the shipped weights, (w, w): the curvature at them of the likelihood of
    the links that they were learned from, plus the ridge, as a Laplace approximation would have it.
    """
    lists = query_groups(own, model.min_scale)
    found = _topped([lists], np.asarray(model.weights), prior, OWN_TOP_WORTH)
    return replace(model, weights=tuple(found.tolist()))


def prior_precision(model: LinearRanker, sites: Sequence[Sequence[CandidateFeatures]]) -> Floats:
    """Tell how firmly several sites hold the weights learned from them: (w, w)."""
    guess = model.first_pass
    taken = ([sheet.by(guess) for sheet in one] for one in sites)
    return _precision(
        concatenated([site_query_groups(one, model.min_scale) for one in taken]), model
    )


def _precision(lists: QueryGroups, model: LinearRanker) -> Floats:
    weights = np.asarray(model.weights)
    return hessian(lists, weights) + RIDGE * np.eye(len(weights))


def _topped(
    sites: Sequence[QueryGroups], centre: Floats, precision: Floats, worth: float
) -> Floats:
    """Fit weights to the top of lists, held by a precision, (w, w), at their centre: (w,)."""
    hard = concatenated([hard_negatives(lists, centre, CLOSEST) for lists in sites])
    found = fit_lambdarank(hard, centre, precision, worth)
    return rescale(concatenated(sites), found, centre, precision)
