"""How often the model alone does now what editors once decided."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

from recommender.overrides.active import ActiveOverrides
from recommender.overrides.override import Kind, Override, Scope
from recommender.overrides.resolve import RowLookup
from recommender.serving.filters import Query, is_public
from recommender.serving.recommend import related

MOST = 500
"""Decisions that are compared, the newest; each article costs as much as a request."""


class ModelAgreement(NamedTuple):
    """Pins that the model would choose, and blocked picks that it would not, of how many."""

    pinned: int
    chosen: int
    blocked: int
    left_out: int


def model_agreement(
    rows: RowLookup, standing: Sequence[Override], force: ActiveOverrides, now: float
) -> ModelAgreement:
    """Compare pins and blocks under single articles, ended ones too, with the six by the model.

    ``standing``: oldest first. Those whose article or pick is not public now tell nothing.
    """
    alone = ActiveOverrides(withdrawn=force.withdrawn)
    six: dict[int, set[int]] = {}
    counts = {(kind, same): 0 for kind in (Kind.PIN, Kind.BLOCK) for same in (True, False)}
    told = (one for one in reversed(standing) if _tells(rows, one, force, now))
    for one in islice(told, MOST):
        row = rows.of(one.article)
        if row not in six:
            picks = related(rows.snapshot, row, Query(fill="none"), now, alone)
            six[row] = {pick.row for pick in picks}
        counts[one.kind, rows.of(one.pick) in six[row]] += 1
    return ModelAgreement(
        pinned=counts[Kind.PIN, True] + counts[Kind.PIN, False],
        chosen=counts[Kind.PIN, True],
        blocked=counts[Kind.BLOCK, True] + counts[Kind.BLOCK, False],
        left_out=counts[Kind.BLOCK, False],
    )


def _tells(rows: RowLookup, one: Override, force: ActiveOverrides, now: float) -> bool:
    if one.kind not in {Kind.PIN, Kind.BLOCK} or one.scope is not Scope.ARTICLE or not one.article:
        return False
    both = (rows.of(one.article), rows.of(one.pick))
    return all(row >= 0 and is_public(rows.snapshot, row, now, force) for row in both)
