"""What a request works with: the decisions in force, as rows of one snapshot.

Only numpy. Everything here is immutable; a change makes a new one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from recommender.overrides.decision import Kind
from recommender.snapshot import NEVER


class Rule(NamedTuple):
    """A pin, block or hold under one article; ``row`` is the pick's, -1 where there is none."""

    kind: Kind
    row: int
    place: int
    entry: int
    starts: int
    ends: int


class Under(NamedTuple):
    """What holds under one article at one moment."""

    held: bool
    pins: list[Rule]
    """By place."""
    blocked: list[int]


@dataclass(frozen=True, slots=True)
class InForce:
    """The decisions that hold at one moment and until the next of their dates."""

    version: int = 0
    shut: NDArray[np.bool_] | None = None
    """Shape (n,): rows that stand in no list; None where none is shut."""
    lift: NDArray[np.float32] | None = None
    """Shape (n,): what is added to each row's score; None where nothing is."""
    withdrawn: frozenset[int] = frozenset()
    articles: Mapping[int, tuple[Rule, ...]] = field(default_factory=dict)
    """By row of the article, whatever their dates."""
    until: float = NEVER
    """The moment (seconds since 1970 UTC) at which something starts or ends."""

    def under(self, row: int, now: float) -> Under | None:
        """Find what holds under an article; None where nothing was ever decided."""
        rules = self.articles.get(row)
        if rules is None:
            return None
        held = [rule for rule in rules if rule.starts <= now < rule.ends]
        return Under(
            held=any(rule.kind is Kind.HOLD for rule in held),
            pins=sorted((r for r in held if r.kind is Kind.PIN), key=lambda rule: rule.place),
            blocked=[rule.row for rule in held if rule.kind is Kind.BLOCK],
        )


NOTHING = InForce()
"""Where nobody has decided anything."""
