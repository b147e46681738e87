"""The linear ranker: a weighted sum of standardized features, fitted by conditional logit.

The relevance score is the log-odds, up to a constant, that an editor links a candidate from the
query article. Features are standardized within the candidates of a query, so that weights carry
over from site to site. Each feature contributes its own term to the sum, so that a score can be
explained.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize

from models.arrays import Floats, Mask, Offsets

MAX_ITERATIONS = 300
"""Iterations of L-BFGS. The losses are convex and usually converge in fewer than 100."""


@dataclass(frozen=True)
class LinearRanker:
    """Weights of features.

    Attributes
    ----------
    features : names of the f features, in order.
    min_scale : f values in the units of the features; see :func:`standardize`.
    weights : f weights, in log-odds for one standard deviation.
    first_pass_weights : f weights of the first pass, from which the last two features are
        computed; see :mod:`models.features.pool_context`.
    """

    features: tuple[str, ...]
    min_scale: tuple[float, ...]
    weights: tuple[float, ...]
    first_pass_weights: tuple[float, ...]

    @property
    def first_pass(self) -> LinearRanker:
        """The ranker of the first pass, without the features of the pool."""
        return replace(self, weights=self.first_pass_weights)

    def contributions(self, features: Floats, pool: Floats | None = None) -> Floats:
        """Return the contribution of each feature to the score of each candidate of a query.

        Parameters
        ----------
        features : shape (c, f).
        pool : shape (p, f), features of the pool; ``features`` themselves if not given.

        Returns
        -------
        float64, shape (c, f), in log-odds. The sum over the last axis is the relevance score.
        """
        standardized = standardize(features, self.min_scale, pool)
        return np.asarray(standardized * np.asarray(self.weights))

    def contributions_on(self, scale: Scale, features: Floats) -> Floats:
        """Return the contributions of features, shape (c, f), on a given scale: shape (c, f)."""
        return np.asarray((features - scale.mean) / scale.std * np.asarray(self.weights))

    def first_pass_scores_on(self, scale: Scale, pairs: Floats) -> Floats:
        """Return the first-pass scores of candidates on a given scale: shape (c,).

        Parameters
        ----------
        pairs : shape (c, p), the first p features. The weights of the others are 0.
        """
        size = pairs.shape[1]
        standardized = (pairs - scale.mean[..., :size]) / scale.std[..., :size]
        return np.asarray(standardized @ np.asarray(self.first_pass_weights)[:size])


class Scale(NamedTuple):
    """What standardizes the f features of one query, or of q queries by broadcasting.

    Attributes
    ----------
    mean, std : float64, shape (f,) or (q, f); ``(features - mean) / std`` is standardized. The
        standard deviation is never below ``min_scale``, see :func:`scale_of`.
    """

    mean: Floats
    std: Floats


def scale_of(pool: Floats, min_scale: tuple[float, ...]) -> Scale:
    """Return the mean of each feature over a pool, and ``sqrt(std ** 2 + min_scale ** 2)``.

    Parameters
    ----------
    pool : shape (p, f). Without any row the mean is 0.
    min_scale : f values in the units of the features.
    """
    if len(pool) == 0:
        return Scale(np.zeros(len(min_scale)), np.array(min_scale) + 1e-6)
    mean = pool.mean(axis=0)
    centred = pool - mean
    variance = np.einsum("ij,ij->j", centred, centred) / len(centred)  # half the time of var()
    return Scale(mean, np.sqrt(variance + np.square(min_scale) + 1e-12))


def standardize(
    features: Floats, min_scale: tuple[float, ...], pool: Floats | None = None
) -> Floats:
    """Subtract the mean of the pool and divide by its deviation, see :func:`scale_of`.

    The least deviation is ``min_scale``. So a feature that hardly varies within the pool is not
    amplified.

    Parameters
    ----------
    features : shape (c, f).
    min_scale : f values in the units of the features.
    pool : shape (p, f), features of the pool; ``features`` themselves if not given.

    Returns
    -------
    float64, shape (c, f).
    """
    if len(features) == 0:
        return np.zeros((0, len(min_scale)))
    mean, std = scale_of(features if pool is None else pool, min_scale)
    return np.asarray((features - mean) / std, dtype=np.float64)


@dataclass(frozen=True)
class QueryGroups:
    """Concatenated candidates of many queries: the data on which weights are fitted.

    Attributes
    ----------
    features : float64, shape (m, f), standardized.
    starts : int64, shape (q,), where the candidates of each query begin.
    chosen : bool, shape (m,), which candidates editors chose; at least one for each query.
    importance : shape (q,), weight of each query in the loss.
    """

    features: Floats
    starts: Offsets
    chosen: Mask
    importance: Floats

    @property
    def owner(self) -> Offsets:
        """Position of the query of each candidate: int64, shape (m,)."""
        sizes = np.diff(np.append(self.starts, len(self.chosen)))
        return np.repeat(np.arange(len(sizes)), sizes)


def fit_conditional_logit(groups: QueryGroups, centre: Floats, precision: Floats) -> Floats:
    """Fit weights by conditional logit (McFadden 1974) with a Gaussian prior.

    Minimizes the negative log-likelihood of the choices under a softmax over each query's
    candidates, plus ``(w - centre)' precision (w - centre) / 2``. Several choices of one query
    share its importance.

    Parameters
    ----------
    centre : shape (f,), mean of the prior, and where the fit starts.
    precision : shape (f, f), inverse covariance of the prior.

    Returns
    -------
    float64, shape (f,).
    """
    owner = groups.owner
    target = groups.chosen / np.add.reduceat(groups.chosen, groups.starts)[owner]
    target = target * groups.importance[owner]

    def loss(weights: Floats) -> tuple[float, Floats]:
        log_probability, probability = _softmax(groups, owner, weights)
        pull = precision @ (weights - centre)
        residual = probability * groups.importance[owner] - target
        prior = 0.5 * (weights - centre) @ pull
        return float(prior - target @ log_probability), groups.features.T @ residual + pull

    options = {"maxiter": MAX_ITERATIONS}
    return np.asarray(minimize(loss, centre, jac=True, method="L-BFGS-B", options=options).x)


def hessian(groups: QueryGroups, weights: Floats) -> Floats:
    """Return the second derivative of the negative log-likelihood, shape (f, f).

    It is the precision of a Laplace approximation at the weights, shape (f,).
    """
    owner = groups.owner
    _, probability = _softmax(groups, owner, weights)
    weighted = groups.features * (probability * groups.importance[owner])[:, None]
    means = np.add.reduceat(groups.features * probability[:, None], groups.starts)
    outer = (means * groups.importance[:, None]).T @ means
    return np.asarray(groups.features.T @ weighted - outer)


def _softmax(groups: QueryGroups, owner: Offsets, weights: Floats) -> tuple[Floats, Floats]:
    """Return log-probabilities and probabilities of the candidates: (m,) each."""
    scores = groups.features @ weights
    scores = scores - np.maximum.reduceat(scores, groups.starts)[owner]
    total = np.add.reduceat(np.exp(scores), groups.starts)
    log_probability = scores - np.log(total)[owner]
    return log_probability, np.exp(log_probability)
