"""Which answers a decision changes: named as caches keep them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from recommender.overrides.override import Decision, Kind, Scope


class Touched(NamedTuple):
    """Ids, each once, in the order of the decisions."""

    articles: list[str]
    """Articles whose own block has changed."""
    cards: list[str]
    """Articles that stand in other blocks than before."""


def between(
    before: Sequence[Decision], after: Sequence[Decision], since: float, now: float
) -> list[Decision]:
    """Find what came to stand, what stands no longer, and what began or ended since a moment."""
    was, becomes = {one.id for one in before}, {one.id for one in after}
    found = [one for one in before if one.id not in becomes]
    for one in after:
        dates = (one.starts, one.ends)
        turned = any(date is not None and since < date <= now for date in dates)
        if turned or one.id not in was:
            found.append(one)
    return found


def touched(decisions: Iterable[Decision]) -> Touched:
    """Name what decisions are about; whole sections, tags and authors are left out."""
    articles: dict[str, None] = {}
    cards: dict[str, None] = {}
    for one in decisions:
        if one.article:
            articles[one.article] = None
        if one.kind is Kind.WITHDRAW:
            cards[one.article] = None
        elif not one.article and one.scope is Scope.ARTICLE:
            cards[one.pick] = None
    return Touched(list(articles), list(cards))
