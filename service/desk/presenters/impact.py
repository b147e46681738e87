"""What a decision about every block would change, on the newest articles that it can touch."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from recommender.overrides.active import ActiveOverrides
from recommender.overrides.override import Kind, Override
from recommender.serving.filters import Query, is_public
from recommender.serving.recommend import related
from recommender.snapshots.snapshot import Snapshot
from service.desk.presenters.search_index import card_of

SAMPLE = 200
"""Articles whose blocks are made twice; each costs as much as a request."""

EXAMPLES = 3


class ImpactPreview(NamedTuple):
    """How many blocks a decision changes, and the first of them."""

    asked: int
    changed: int
    examples: list[dict[str, Any]]
    """Each with the article, and its cards before and after."""


def with_global_overrides(
    snapshot: Snapshot, force: ActiveOverrides, one: Override, rows: Sequence[int]
) -> ActiveOverrides:
    """Put one more decision about every block in force, for the rows that it names."""
    if one.kind is Kind.BOOST:
        lift = np.zeros(len(snapshot), np.float32) if force.boost is None else force.boost.copy()
        lift[list(rows)] += math.log(one.factor or 1.0)
        return dataclasses.replace(force, boost=lift)
    shut = np.zeros(len(snapshot), np.bool_) if force.excluded is None else force.excluded.copy()
    shut[list(rows)] = True
    gone = frozenset(rows) if one.kind is Kind.WITHDRAW else frozenset()
    return dataclasses.replace(force, excluded=shut, withdrawn=force.withdrawn | gone)


def impact_preview(
    snapshot: Snapshot, force: ActiveOverrides, one: Override, rows: Sequence[int], now: float
) -> ImpactPreview:
    """Compare blocks as they are with blocks as they would be."""
    then = with_global_overrides(snapshot, force, one, rows)
    changed, examples = 0, list[dict[str, Any]]()
    asked = [row for row in _touched(snapshot, force, rows) if is_public(snapshot, row, now, force)]
    for row in asked[:SAMPLE]:
        before, after = (
            [pick.row for pick in related(snapshot, row, Query(), now, each)]
            for each in (force, then)
        )
        changed += before != after
        if before != after and len(examples) < EXAMPLES:
            examples.append(_example(snapshot, row, before, after))
    return ImpactPreview(min(len(asked), SAMPLE), changed, examples)


def _touched(snapshot: Snapshot, force: ActiveOverrides, rows: Sequence[int]) -> list[int]:
    """Find the rows that have one of these among their candidates or pins, newest first."""
    # One more, False, for the places of candidates that are not there: they hold -1.
    meant = np.zeros(len(snapshot) + 1, np.bool_)
    meant[list(rows)] = True
    found = set(np.flatnonzero(meant[snapshot.candidates].any(axis=1)).tolist())
    for row, rules in force.articles.items():
        if any(rule.kind is Kind.PIN and meant[rule.row] for rule in rules):
            found.add(row)
    return sorted(found)


def _example(snapshot: Snapshot, row: int, before: list[int], after: list[int]) -> dict[str, Any]:
    return {
        "article": card_of(snapshot, row),
        "before": [card_of(snapshot, pick) | {"leaves": pick not in after} for pick in before],
        "after": [card_of(snapshot, pick) | {"comes": pick not in before} for pick in after],
    }
