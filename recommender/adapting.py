"""Weights of a site's own: refitted on what it teaches, adopted only if they win on the newest."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from models.affinity import LinearAffinity
from models.metrics import CUT, ndcg
from recommender.learning import refit
from recommender.lessons import Lesson
from recommender.sheets import Sheet

FEWEST = 60
"""Lessons below which nothing is tried: a fifth of them would decide by chance."""

HELD_BACK = 5
"""One lesson in so many, the newest, is kept from the fit and decides."""

Floats = NDArray[np.float64]


class Adoption(msgspec.Struct, frozen=True, kw_only=True):
    """What was tried and how it was decided: the record that stands in the manifest."""

    adopted: bool
    because: str
    lessons: int
    """Links, pins and blocks learned from, as lists of candidates."""
    judged_on: int = 0
    """Newest lists, held back."""
    shipped: float | None = None
    """nDCG@6 of the shipped weights on what was held back."""
    own: float | None = None
    """nDCG@6 of the refitted weights on the same."""


def adapted(
    model: LinearAffinity, prior: Floats, lessons: Sequence[Lesson]
) -> tuple[LinearAffinity, Adoption]:
    """Refit weights on all lessons if those from the older ones win on the newest fifth.

    ``lessons``: oldest first. ``prior``: as :func:`recommender.learning.refit` takes it.
    """
    telling = [lesson for lesson in lessons if lesson.tells]
    if len(telling) < FEWEST:
        few = f"{len(telling)} links, pins and blocks to learn from, {FEWEST} are needed"
        return model, Adoption(adopted=False, because=few, lessons=len(telling))
    border = len(telling) - len(telling) // HELD_BACK
    newest = [one.sheet for one in telling[border:] if one.looked_at.all()]
    trial = refit(model, prior, telling[:border])
    before, after = (values(weights, newest) for weights in (model, trial))
    wins = bool(len(newest) > 0 and after.mean() > before.mean())
    adoption = Adoption(
        adopted=wins,
        because="better on the newest fifth" if wins else "no better on the newest fifth",
        lessons=len(telling),
        judged_on=len(newest),
        shipped=round(float(before.mean()), 4) if newest else None,
        own=round(float(after.mean()), 4) if newest else None,
    )
    return (refit(model, prior, telling) if wins else model), adoption


def values(model: LinearAffinity, sheets: Sequence[Sheet]) -> Floats:
    """Take nDCG@6 of every sheet by a model: shape (len(sheets),)."""
    return np.array([ndcg(order(model, sheet), sheet.question.truth) for sheet in sheets])


def order(model: LinearAffinity, sheet: Sheet) -> list[int]:
    """Order a pool by affinity, the first six."""
    affinity = model.shares(sheet.raw).sum(axis=1)
    return [int(row) for row in sheet.pool[np.argsort(-affinity, kind="stable")][:CUT]]
