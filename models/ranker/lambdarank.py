"""Fitting weights to what a block shows: what comes into the first places counts, or leaves them.

A conditional logit asks that everything chosen comes before everything else. LambdaRank (Burges,
Ragno and Le 2006) asks it of each two, one chosen and one not, as far as the list would lose nDCG
if they changed places. Places say nothing of how far apart two are, so a logit gives the length:
an affinity stays the log-odds of a link.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from models.ranker.linear_ranker import QueryGroups, fit_conditional_logit
from models.ranker.ranking_metrics import CUT, discounts

Floats = NDArray[np.float64]

DEEPEST = 2 * CUT
"""Places that count in the fit: what is just below a block may come into it. Two that both stand
below them are no pair."""


@dataclass(frozen=True)
class PreferencePairs:
    """Candidates of the same list of which one was chosen, and what changing places would lose.

    ``chosen``, ``other``: rows of the lists' scores, (k,). ``loss``: in nDCG of :data:`DEEPEST`
    places, times the list's importance, (k,).
    """

    chosen: NDArray[np.intp]
    other: NDArray[np.intp]
    loss: Floats


def fit_lambdarank(lists: QueryGroups, centre: Floats, precision: Floats, worth: float) -> Floats:
    """Fit weights by LambdaRank with a Gaussian prior, from ``centre`` on; see :func:`rescale`.

    Minimises ``worth * lambdarank_loss`` plus ``(w - centre)' precision (w - centre) / 2``.
    ``precision`` is (w, w). Pairs are those of the order by ``centre``: orders taken anew by the
    weights found gained nothing. What ``worth`` amounts to depends on how long lists are, as each
    one more is a pair more for everything chosen.
    """
    paired = preference_pairs(lists, centre)

    def loss(weights: Floats) -> tuple[float, Floats]:
        lost, slope = lambdarank_loss(lists.scores, paired, weights)
        pull = precision @ (weights - centre)
        return worth * lost + 0.5 * float((weights - centre) @ pull), worth * slope + pull

    found = minimize(loss, centre, jac=True, method="L-BFGS-B", options={"maxiter": 300})
    return np.asarray(found.x)


def lambdarank_loss(
    scores: Floats, paired: PreferencePairs, weights: Floats
) -> tuple[float, Floats]:
    """Sum ``loss * log(1 + exp(other - chosen))`` over pairs; and its slope, (w,).

    ``scores``: (m, w), as in :class:`models.ranker.linear_ranker.QueryGroups`.
    """
    affinity = scores @ weights
    ahead = affinity[paired.chosen] - affinity[paired.other]
    push, size = paired.loss * expit(-ahead), len(affinity)
    net = np.bincount(paired.other, push, size) - np.bincount(paired.chosen, push, size)
    return float(paired.loss @ np.logaddexp(0, -ahead)), scores.T @ net


def rescale(lists: QueryGroups, weights: Floats, centre: Floats, precision: Floats) -> Floats:
    """Give weights the length that a conditional logit finds, with the prior along that line.

    ``lists``: whole ones. Of those cut to the best by some weights, with what was chosen further
    down left in, the length would come out too small. Where lists would rather have the opposite
    order, which no length is, nothing was learned: the ``centre``.
    """
    pull = precision @ weights
    firm = weights @ pull
    if firm <= 0:
        return centre
    along = replace(lists, scores=(lists.scores @ weights)[:, None])
    length = fit_conditional_logit(
        along, np.array([centre @ pull / firm]), np.array([[firm]])
    ).item()
    return np.asarray(length * weights) if length > 0 else centre


def preference_pairs(lists: QueryGroups, weights: Floats) -> PreferencePairs:
    """Pair the chosen with the others of their lists, so far as a place within reach changes."""
    affinity = lists.scores @ weights
    ends = np.append(lists.starts[1:], len(affinity))
    bounds = zip(lists.starts.tolist(), ends.tolist(), lists.importance.tolist(), strict=True)
    found = [
        _of_one(affinity[start:end], lists.chosen[start:end], start, importance)
        for start, end, importance in bounds
    ]
    return PreferencePairs(*(np.concatenate(part) for part in zip(*found, strict=True)))


def _of_one(
    affinity: Floats, chosen: NDArray[np.bool_], start: int, importance: float
) -> tuple[NDArray[np.intp], NDArray[np.intp], Floats]:
    gains = np.zeros(len(affinity))
    worth = discounts(min(DEEPEST, len(affinity)))
    gains[np.argsort(-affinity, kind="stable")[: len(worth)]] = worth
    ones, others = np.flatnonzero(chosen), np.flatnonzero(~chosen)
    lost = np.abs(gains[ones, None] - gains[others]) / worth[: len(ones)].sum()
    one, other = np.nonzero(lost)
    return ones[one] + start, others[other] + start, lost[one, other] * importance
