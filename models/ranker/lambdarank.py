"""LambdaRank: fit weights to the order of the first places, which is what a list shows.

A conditional logit counts every pair of a chosen and another candidate alike. LambdaRank (Burges,
Ragno & Le 2006) weights a pair by the nDCG that the list would lose if the two changed places.
The order of a list does not depend on the length of the weight vector. So a conditional logit
sets the length afterwards, and a relevance score stays the log-odds of a link.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

from models.arrays import Floats, Mask, Positions
from models.ranker.linear_ranker import MAX_ITERATIONS, QueryGroups, fit_conditional_logit
from models.ranker.ranking_metrics import CUT, discounts

MAX_RANK = 2 * CUT
"""Number of places that count in the fit. A candidate just below the list may move into it. Two
candidates below this rank form no pair."""


@dataclass(frozen=True)
class PreferencePairs:
    """Pairs of a chosen and another candidate of the same query.

    Attributes
    ----------
    chosen, other : shape (k,), rows in the features of the query groups.
    loss : shape (k,), nDCG of :data:`MAX_RANK` places lost by changing places, times the
        importance of the query.
    """

    chosen: Positions
    other: Positions
    loss: Floats


def fit_lambdarank(groups: QueryGroups, centre: Floats, precision: Floats, weight: float) -> Floats:
    """Fit weights by LambdaRank with a Gaussian prior; see :func:`rescale` for their length.

    Minimizes ``weight * lambdarank_loss`` plus ``(w - centre)' precision (w - centre) / 2``. The
    pairs are those of the order by ``centre``. Computing them again by the fitted weights gained
    nothing.

    Parameters
    ----------
    centre : shape (f,), mean of the prior, and where the fit starts.
    precision : shape (f, f), inverse covariance of the prior.
    weight : weight of the loss against the prior. It depends on the number of candidates for each
        query, since each candidate adds a pair for every chosen candidate.

    Returns
    -------
    float64, shape (f,).
    """
    pairs = preference_pairs(groups, centre)

    def loss(weights: Floats) -> tuple[float, Floats]:
        value, gradient = lambdarank_loss(groups.features, pairs, weights)
        pull = precision @ (weights - centre)
        prior = 0.5 * float((weights - centre) @ pull)
        return weight * value + prior, weight * gradient + pull

    options = {"maxiter": MAX_ITERATIONS}
    return np.asarray(minimize(loss, centre, jac=True, method="L-BFGS-B", options=options).x)


def lambdarank_loss(
    features: Floats, pairs: PreferencePairs, weights: Floats
) -> tuple[float, Floats]:
    """Return the sum of ``loss * log(1 + exp(other - chosen))`` over pairs, and its gradient.

    Parameters
    ----------
    features : shape (m, f), as in :class:`models.ranker.linear_ranker.QueryGroups`.
    weights : shape (f,).
    """
    relevance = features @ weights
    margin = relevance[pairs.chosen] - relevance[pairs.other]
    # The derivative of log(1 + exp(-margin)) is -1 / (1 + exp(margin)).
    gradient_weight, size = pairs.loss * expit(-margin), len(relevance)
    net = np.bincount(pairs.other, gradient_weight, size)
    net -= np.bincount(pairs.chosen, gradient_weight, size)
    return float(pairs.loss @ np.logaddexp(0, -margin)), features.T @ net


def rescale(groups: QueryGroups, weights: Floats, centre: Floats, precision: Floats) -> Floats:
    """Scale weights to the length that a conditional logit finds along their direction.

    Parameters
    ----------
    groups : all candidates of the queries. Hard negatives alone would give too short a vector.
    weights : shape (f,).
    centre, precision : the prior, as in :func:`fit_lambdarank`.

    Returns
    -------
    float64, shape (f,). If the opposite direction fits better, nothing was learned, and the
    result is ``centre``.
    """
    pull = precision @ weights
    strength = weights @ pull
    if strength <= 0:
        return centre
    along = replace(groups, features=(groups.features @ weights)[:, None])
    prior_length = np.array([centre @ pull / strength])
    length = fit_conditional_logit(along, prior_length, np.array([[strength]])).item()
    return np.asarray(length * weights) if length > 0 else centre


def preference_pairs(groups: QueryGroups, weights: Floats) -> PreferencePairs:
    """Pair chosen candidates with the other candidates of their query, ordered by the weights."""
    relevance = groups.features @ weights
    bounds = pairwise([*groups.starts.tolist(), len(relevance)])
    pairs = [
        _pairs_of_query(relevance[start:end], groups.chosen[start:end], start, importance)
        for (start, end), importance in zip(bounds, groups.importance.tolist(), strict=True)
    ]
    return PreferencePairs(*(np.concatenate(part) for part in zip(*pairs, strict=True)))


def _pairs_of_query(
    relevance: Floats, chosen: Mask, start: int, importance: float
) -> tuple[Positions, Positions, Floats]:
    """Return the pairs of one query whose candidates begin at ``start``, and their loss."""
    gains = np.zeros(len(relevance))
    weights = discounts(min(MAX_RANK, len(relevance)))
    gains[np.argsort(-relevance, kind="stable")[: len(weights)]] = weights
    ones, others = np.flatnonzero(chosen), np.flatnonzero(~chosen)
    loss = np.abs(gains[ones, None] - gains[others]) / weights[: len(ones)].sum()
    one, other = np.nonzero(loss)
    return ones[one] + start, others[other] + start, loss[one, other] * importance
