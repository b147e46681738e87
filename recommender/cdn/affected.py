"""Which answers a decision changes: named as caches keep them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from recommender.catalogue.visibility import Visibility
from recommender.overrides.override import Kind, Override, Scope


class AffectedArticles(NamedTuple):
    """Ids, each once, in the order of the decisions."""

    articles: list[str]
    """Articles whose own block has changed."""
    cards: list[str]
    """Articles that stand in other blocks than before."""


def affected_between(
    before: Sequence[Override], after: Sequence[Override], since: float, now: float
) -> list[Override]:
    """Find what came to stand, what stands no longer, and what began or ended since a moment."""
    was, becomes = {one.id for one in before}, {one.id for one in after}
    found = [one for one in before if one.id not in becomes]
    for one in after:
        dates = (one.starts, one.ends)
        turned = any(date is not None and since < date <= now for date in dates)
        if turned or one.id not in was:
            found.append(one)
    return found


def visibility_between(
    before: Sequence[Visibility], after: Sequence[Visibility], since: float, now: float
) -> list[str]:
    """Name the articles whose visibility changed, or turned by its dates, since a moment."""
    known = max((row.changed for row in before), default=0)
    found: dict[str, None] = {}
    for row in after:
        turned = any(d is not None and since < d <= now for d in (row.published, row.expires))
        if row.changed > known or turned:
            found[row.article_id] = None
    return list(found)


def affected_articles(
    decisions: Iterable[Override], changed: Sequence[str] = ()
) -> AffectedArticles:
    """Name what decisions are about; whole sections, tags and authors are left out.

    ``changed`` are articles that became visible or hidden.
    """
    articles: dict[str, None] = dict.fromkeys(changed)
    cards: dict[str, None] = dict.fromkeys(changed)
    for one in decisions:
        if one.article:
            articles[one.article] = None
        if one.kind is Kind.WITHDRAW:
            cards[one.article] = None
        elif not one.article and one.scope is Scope.ARTICLE:
            cards[one.pick] = None
    return AffectedArticles(list(articles), list(cards))
