"""Affinity: the log-odds, up to a constant, that an editor would link one article to another.

A sum over standardised features of the pair, so that weights carry over from site to site and each
feature's share of a score can be told.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class LinearRanker:
    """Weights of features; ``min_scale`` keeps a feature that hardly varies from being blown up.

    ``features``: names of the raw features, in order. ``min_scale``: one a raw feature, in its
    unit. ``weights``: one a feature. ``first_pass_weights``: as many, by which the last two
    features were taken; see :func:`models.features.pool_context.pool_features`.
    """

    features: tuple[str, ...]
    min_scale: tuple[float, ...]
    weights: tuple[float, ...]
    first_pass_weights: tuple[float, ...]

    @property
    def first_pass(self) -> LinearRanker:
        """The affinity before it is known what candidates are to each other."""
        return replace(self, weights=self.first_pass_weights)

    def contributions(self, raw: Floats, among: Floats | None = None) -> Floats:
        """Tell what each feature gives to each candidate of one article.

        ``raw``: float64, shape (c, f), the features of all candidates of its pool; of others where
        ``among`` has the pool's. Returns shape (c, f); the affinity is their sum over the last
        axis.
        """
        scores = standardize(raw, self.min_scale, among)
        return np.asarray(scores * np.asarray(self.weights))


def standardize(raw: Floats, min_scale: tuple[float, ...], among: Floats | None = None) -> Floats:
    """Express features by their distance from the pool's mean, in its deviations: (c, f).

    The pool is ``raw`` itself, or ``among`` where others are held against it.

    The deviation within the pool is joined with ``min_scale``: ``sqrt(sd ** 2 + min_scale ** 2)``.
    """
    if len(raw) == 0:
        return np.zeros((0, len(min_scale)))
    pool = raw if among is None else among
    mean = pool.mean(axis=0)
    scores = np.subtract(raw, mean, dtype=np.float64)
    off = scores if pool is raw else pool - mean
    variance = np.einsum("ij,ij->j", off, off) / len(off)  # half the time of pool.var
    scores /= np.sqrt(variance + np.square(min_scale) + 1e-12)
    return np.asarray(scores)


@dataclass(frozen=True)
class QueryGroups:
    """Many pools end to end: what weights are fitted on.

    ``scores``: float64, shape (m, w), standardised features. ``starts``: int64, shape (l,), where
    each list begins. ``chosen``: bool, shape (m,), at least one a list. ``importance``: shape (l,).
    """

    scores: Floats
    starts: NDArray[np.int64]
    chosen: NDArray[np.bool_]
    importance: Floats


def fit_conditional_logit(lists: QueryGroups, centre: Floats, precision: Floats) -> Floats:
    """Fit weights by conditional logit (McFadden 1974) with a Gaussian prior.

    Minimises the negative log-likelihood that of each list the chosen ones are chosen (a softmax
    over the list), plus ``(w - centre)' precision (w - centre) / 2``. ``precision`` is (w, w).
    """
    sizes = np.diff(np.append(lists.starts, len(lists.chosen)))
    owner = np.repeat(np.arange(len(sizes)), sizes)
    wanted = lists.chosen / np.add.reduceat(lists.chosen, lists.starts)[owner]
    wanted = wanted * lists.importance[owner]

    def loss(weights: Floats) -> tuple[float, Floats]:
        log_share, share = _softmax(lists, owner, weights)
        off = weights - centre
        pull = precision @ off
        gradient = lists.scores.T @ (share * lists.importance[owner] - wanted) + pull
        return float(-(wanted @ log_share) + 0.5 * off @ pull), gradient

    found = minimize(loss, centre, jac=True, method="L-BFGS-B", options={"maxiter": 300})
    return np.asarray(found.x)


def hessian(lists: QueryGroups, weights: Floats) -> Floats:
    """Take the second derivative of the negative log-likelihood: (w, w), for a Laplace prior."""
    sizes = np.diff(np.append(lists.starts, len(lists.chosen)))
    owner = np.repeat(np.arange(len(sizes)), sizes)
    _, share = _softmax(lists, owner, weights)
    heavy = lists.scores * (share * lists.importance[owner])[:, None]
    means = np.add.reduceat(lists.scores * share[:, None], lists.starts)
    return np.asarray(lists.scores.T @ heavy - (means * lists.importance[:, None]).T @ means)


def _softmax(
    lists: QueryGroups, owner: NDArray[np.int64], weights: Floats
) -> tuple[Floats, Floats]:
    values = lists.scores @ weights
    values = values - np.maximum.reduceat(values, lists.starts)[owner]
    total = np.add.reduceat(np.exp(values), lists.starts)
    log_share = values - np.log(total)[owner]
    return log_share, np.exp(log_share)
