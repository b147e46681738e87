"""Previews the impact of a site-wide rule: which lists it would change."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from itertools import islice
from typing import Any, NamedTuple

import numpy as np

from models.arrays import Mask
from recommender.overrides.active import ActiveOverrides
from recommender.overrides.override import Kind, Override
from recommender.serving.filters import Query, is_public
from recommender.serving.recommend import related
from recommender.snapshots.snapshot import Snapshot

MAX_CHECKED = 200
"""Articles whose lists are ranked twice; each ranking costs as much as a request."""

MAX_EXAMPLES = 3


class ImpactCard(NamedTuple):
    """A card of an example."""

    title: str
    differs: bool
    """Whether only this one of the two lists has it."""
    was: int = 0
    """Position in the list before, for a card of both lists that changed places; else 0."""


class ImpactExample(NamedTuple):
    """An article whose list changes, with its cards before and after."""

    article: dict[str, Any]
    before: list[ImpactCard]
    after: list[ImpactCard]


class ImpactPreview(NamedTuple):
    """How many lists a rule changes, and the first of them."""

    checked: int
    """Articles whose lists were compared: the newest that could show a target of the rule, or that
    a hold is about."""
    changed: int
    partial: bool
    """Whether there are more such articles than were checked."""
    examples: list[ImpactExample]


def with_global_override(
    snapshot: Snapshot, active: ActiveOverrides, override: Override, rows: Sequence[int]
) -> ActiveOverrides:
    """Return ``active`` with one more site-wide override.

    Parameters
    ----------
    snapshot
        The snapshot that is served.
    active
        Overrides that are active now.
    override
        A boost, block, withdrawal, or hold of a section, tag or author.
    rows
        Rows of the articles that it is about.
    """
    if override.kind is Kind.BOOST:
        boost = np.zeros(len(snapshot), np.float32) if active.boost is None else active.boost.copy()
        boost[list(rows)] += math.log(override.factor or 1.0)
        return dataclasses.replace(active, boost=boost)
    if override.kind is Kind.HOLD:
        return dataclasses.replace(active, held=_with_rows(active.held, len(snapshot), rows))
    excluded = _with_rows(active.excluded, len(snapshot), rows)
    withdrawn = frozenset(rows) if override.kind is Kind.WITHDRAW else frozenset()
    return dataclasses.replace(active, excluded=excluded, withdrawn=active.withdrawn | withdrawn)


def _with_rows(mask: Mask | None, size: int, rows: Sequence[int]) -> Mask:
    """Return a copy of a mask in which some more rows are True."""
    changed = np.zeros(size, np.bool_) if mask is None else mask.copy()
    changed[list(rows)] = True
    return changed


def impact_preview(
    snapshot: Snapshot,
    active: ActiveOverrides,
    override: Override,
    rows: Sequence[int],
    now: float,
) -> ImpactPreview:
    """Compare lists as they are with lists as a site-wide override would make them.

    Parameters
    ----------
    snapshot
        The snapshot that is served.
    active
        Overrides that are active now.
    override
        A boost, block, withdrawal, or hold of a section, tag or author.
    rows
        Rows of the articles that it is about.
    now
        Seconds since 1970 UTC.
    """
    changed_overrides = with_global_override(snapshot, active, override, rows)
    examples: list[ImpactExample] = []
    changed = 0
    # A hold changes the lists under the articles themselves.
    lists = rows if override.kind is Kind.HOLD else _affected(snapshot, active, rows)
    public = (row for row in lists if is_public(snapshot, row, now, active))
    affected = list(islice(public, MAX_CHECKED + 1))
    for row in affected[:MAX_CHECKED]:
        before, after = (
            [card.row for card in related(snapshot, row, Query(), now, overrides)]
            for overrides in (active, changed_overrides)
        )
        changed += before != after
        if before != after and len(examples) < MAX_EXAMPLES:
            examples.append(_example(snapshot, row, before, after))
    checked = min(len(affected), MAX_CHECKED)
    return ImpactPreview(checked, changed, checked < len(affected), examples)


def _affected(snapshot: Snapshot, active: ActiveOverrides, rows: Sequence[int]) -> list[int]:
    """Return the rows that have one of these among their candidates or pins, newest first."""
    # One more element, False, for empty candidate places: they hold -1.
    targets = np.zeros(len(snapshot) + 1, np.bool_)
    targets[list(rows)] = True
    found = set(snapshot.candidates.showing(targets).tolist())
    for row, overrides in active.articles.items():
        if any(one.kind is Kind.PIN and targets[one.row] for one in overrides):
            found.add(row)
    return snapshot.by_date(found)


def compared_cards(
    snapshot: Snapshot, before: Sequence[int], after: Sequence[int]
) -> tuple[list[ImpactCard], list[ImpactCard]]:
    """Return the cards of a list before and after a change, with marks where they differ.

    Parameters
    ----------
    before, after
        Rows of the cards, in order.
    """
    was = {row: n for n, row in enumerate(before, 1) if after[n - 1 : n] != [row]}
    titles = {one: snapshot.card(one)["title"] for one in {*before, *after}}
    return (
        [ImpactCard(titles[one], one not in after) for one in before],
        [ImpactCard(titles[one], one not in before, was.get(one, 0)) for one in after],
    )


def _example(snapshot: Snapshot, row: int, before: list[int], after: list[int]) -> ImpactExample:
    return ImpactExample(snapshot.card(row), *compared_cards(snapshot, before, after))
