"""Fitting weights to what a block shows: the first places count most, those far below not at all.

A conditional logit asks that everything chosen comes before everything else. LambdaRank (Burges,
Ragno and Le 2006) asks it of each two, one chosen and one not, as far as the list would lose nDCG
if they changed places. Places say nothing of how far apart two are, so that the logit gives the
length: an affinity stays the log-odds of a link.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from models.affinity import Lists, fit
from models.metrics import CUT, discounts

Floats = NDArray[np.float64]

DEEPEST = 2 * CUT
"""Places that count in the fit: what is just below a block may come into it."""


@dataclass(frozen=True)
class Pairs:
    """Candidates of the same list of which one was chosen, and what changing places would lose.

    ``chosen``, ``other``: rows of the lists' scores, (k,). ``loss``: nDCG, by importance, (k,).
    """

    chosen: NDArray[np.intp]
    other: NDArray[np.intp]
    loss: Floats


def fit_top(lists: Lists, centre: Floats, precision: Floats, worth: float) -> Floats:
    """Fit weights by LambdaRank with a Gaussian prior, from ``centre`` on, at the logit's length.

    Minimises ``worth * sum(loss * log(1 + exp(s_other - s_chosen)))`` over all pairs, plus
    ``(w - centre)' precision (w - centre) / 2``. ``precision`` is (w, w). ``worth``: what a list
    whose nDCG is lost whole counts beside the prior. Losses are those of the order by ``centre``:
    orders taken anew by the weights found gained nothing.
    """
    paired = pairs(lists, centre)

    def loss(weights: Floats) -> tuple[float, Floats]:
        affinity, pull = lists.scores @ weights, precision @ (weights - centre)
        ahead = affinity[paired.chosen] - affinity[paired.other]
        push = worth * paired.loss * expit(-ahead)
        size = len(affinity)
        net = np.bincount(paired.other, push, size) - np.bincount(paired.chosen, push, size)
        lost = worth * (paired.loss @ np.logaddexp(0, -ahead))
        return float(lost + 0.5 * (weights - centre) @ pull), lists.scores.T @ net + pull

    found = minimize(loss, centre, jac=True, method="L-BFGS-B", options={"maxiter": 300})
    return at_length(lists, np.asarray(found.x), centre, precision)


def at_length(lists: Lists, weights: Floats, centre: Floats, precision: Floats) -> Floats:
    """Give weights the length that a conditional logit finds, with the prior along that line."""
    pull = precision @ weights
    firm = weights @ pull
    if firm <= 0:
        return weights
    along = replace(lists, scores=(lists.scores @ weights)[:, None])
    length = fit(along, np.array([centre @ pull / firm]), np.array([[firm]]))
    return np.asarray(length[0] * weights)


def pairs(lists: Lists, weights: Floats) -> Pairs:
    """Pair the chosen with the others of their lists, so far as a place within reach changes."""
    affinity = lists.scores @ weights
    ends = np.append(lists.starts[1:], len(affinity))
    bounds = zip(lists.starts.tolist(), ends.tolist(), lists.importance.tolist(), strict=True)
    found = [
        _of_one(affinity[start:end], lists.chosen[start:end], start, importance)
        for start, end, importance in bounds
    ]
    return Pairs(*(np.concatenate(part) for part in zip(*found, strict=True)))


def _of_one(
    affinity: Floats, chosen: NDArray[np.bool_], start: int, importance: float
) -> tuple[NDArray[np.intp], NDArray[np.intp], Floats]:
    gains = np.zeros(len(affinity))
    worth = discounts(min(DEEPEST, len(affinity)))
    gains[np.argsort(-affinity, kind="stable")[: len(worth)]] = worth
    ones, others = np.flatnonzero(chosen), np.flatnonzero(~chosen)
    lost = np.abs(gains[ones, None] - gains[others]) / worth[: min(len(ones), CUT)].sum()
    one, other = np.nonzero(lost)
    return ones[one] + start, others[other] + start, lost[one, other] * importance
