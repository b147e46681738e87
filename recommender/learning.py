"""Weights of the affinity, learned from the links that editors made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from models.affinity import PRODUCTS, LinearAffinity, Lists, curvature, fit, standardised
from models.features import FEATURES
from recommender.lessons import Lesson, from_link
from recommender.sheets import Sheet

SITE_WORTH = 300.0
"""Questions that a site counts for, however many it has: none shall drown the others."""

MOST_A_QUESTION = 1.5
RIDGE = 100.0
"""Pull towards no weight at all, in questions; chosen by leaving one site out."""

SPREAD = 0.3
"""Share of a feature's usual deviation within a pool that is added to it."""

CLOSEST = 60
"""Candidates a list that a second fit looks at: telling apart the best is what a block is about."""

Floats = NDArray[np.float64]


def learn(sites: Sequence[Sequence[Sheet]]) -> LinearAffinity:
    """Learn weights from several sites at once, each counting alike.

    Twice: a guess of who suits, and then with what candidates are to each other.
    """
    without = _model([[sheet.by(None) for sheet in one] for one in sites], guess=())
    with_likely = [[sheet.by(without) for sheet in one] for one in sites]
    return _model(with_likely, guess=without.weights)


def _model(sites: Sequence[Sequence[Sheet]], guess: tuple[float, ...]) -> LinearAffinity:
    spread = _spread(sites)
    return LinearAffinity(FEATURES, spread, _weights(sites, spread), guess)


def _spread(sites: Sequence[Sequence[Sheet]]) -> tuple[float, ...]:
    deviations = [np.mean([sheet.raw.std(axis=0) for sheet in one], axis=0) for one in sites]
    return tuple(float(value) for value in SPREAD * np.mean(deviations, axis=0))


def _weights(sites: Sequence[Sequence[Sheet]], spread: tuple[float, ...]) -> tuple[float, ...]:
    width = len(FEATURES) + len(PRODUCTS)
    weights, ridge = np.zeros(width), RIDGE * np.eye(width)
    for best in (None, CLOSEST):
        parts = [closest(_site(one, spread), weights, best) for one in sites]
        weights = fit(joined(parts), np.zeros(width), ridge)
    return tuple(float(weight) for weight in weights)


def closest(lists: Lists, weights: Floats, best: int | None) -> Lists:
    """Keep the ``best`` of each list by given weights, and the chosen ones: the hard cases."""
    if best is None:
        return lists
    sizes = np.diff(np.append(lists.starts, len(lists.chosen)))
    owner = np.repeat(np.arange(len(sizes)), sizes)
    order = np.lexsort((-(lists.scores @ weights), owner))
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order)) - lists.starts[owner]
    keep = (place < best) | lists.chosen
    starts = np.cumsum(np.append(0, np.add.reduceat(keep, lists.starts)[:-1]))
    return Lists(lists.scores[keep], starts, lists.chosen[keep], lists.importance)


def lists_of(lessons: Sequence[Lesson], spread: tuple[float, ...]) -> Lists:
    """Put lessons end to end: of each the candidates looked at; at least one must tell something.

    Features are standardised over the whole pool, whatever was looked at.
    """
    telling = [lesson for lesson in lessons if lesson.tells]
    sizes = [int(lesson.looked_at.sum()) for lesson in telling]
    raw = [(standardised(one.sheet.raw, FEATURES, spread), one.looked_at) for one in telling]
    return Lists(
        scores=np.concatenate([scores[seen] for scores, seen in raw]),
        starts=np.cumsum([0, *sizes[:-1]], dtype=np.int64),
        chosen=np.concatenate([one.chosen[one.looked_at] for one in telling]),
        importance=np.array([one.importance for one in telling]),
    )


def _site(sheets: Sequence[Sheet], spread: tuple[float, ...]) -> Lists:
    """All links of a site, together worth as much as those of any other."""
    lists = lists_of([from_link(sheet) for sheet in sheets], spread)
    worth = min(SITE_WORTH / len(lists.importance), MOST_A_QUESTION)
    return replace(lists, importance=lists.importance * worth)


def joined(parts: Sequence[Lists]) -> Lists:
    """Put the lists of several sites end to end."""
    offsets = np.cumsum([0, *(len(part.chosen) for part in parts[:-1])])
    return Lists(
        scores=np.concatenate([part.scores for part in parts]),
        starts=np.concatenate([p.starts + o for p, o in zip(parts, offsets, strict=True)]),
        chosen=np.concatenate([part.chosen for part in parts]),
        importance=np.concatenate([part.importance for part in parts]),
    )


def refit(model: LinearAffinity, prior: Floats, own: Sequence[Lesson]) -> LinearAffinity:
    """Move weights towards what a site itself teaches, held by what the other sites taught.

    ``prior``: precision of the shipped weights, (w, w): the curvature of the likelihood that they
    were learned from, plus the ridge (a Laplace approximation).
    """
    centre = np.asarray(model.weights)
    weights = fit(closest(lists_of(own, model.spread), centre, CLOSEST), centre, prior)
    return replace(model, weights=tuple(float(w) for w in weights))


def precision_of(model: LinearAffinity, sites: Sequence[Sequence[Sheet]]) -> Floats:
    """Tell how firmly several sites hold the weights learned from them: (w, w)."""
    guess = model.first_guess
    lists = joined([_site([sheet.by(guess) for sheet in one], model.spread) for one in sites])
    weights = np.asarray(model.weights)
    return curvature(lists, weights) + RIDGE * np.eye(len(weights))
