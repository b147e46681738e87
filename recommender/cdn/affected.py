"""Find the articles whose cached responses a change of overrides or visibility makes stale."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from recommender.catalogue.visibility import Visibility
from recommender.overrides.override import Kind, Override, Scope
from recommender.overrides.resolve import RowLookup


class AffectedArticles(NamedTuple):
    """Ids without duplicates, in the order of the overrides."""

    articles: list[str]
    """Articles whose own list has changed."""
    cards: list[str]
    """Articles that other lists show, or no longer show."""


def affected_between(
    before: Sequence[Override], after: Sequence[Override], since: float, now: float
) -> list[Override]:
    """List the overrides that were added or undone, or that started or ended.

    Parameters
    ----------
    before, after : overrides that are not undone, at two polls.
    since, now : times of the polls, in seconds since 1970 UTC.
    """
    known, present = {one.id for one in before}, {one.id for one in after}
    removed = [one for one in before if one.id not in present]
    changed = [
        one for one in after if one.id not in known or _passed((one.starts, one.ends), since, now)
    ]
    return removed + changed


def visibility_between(
    before: Sequence[Visibility], after: Sequence[Visibility], since: float, now: float
) -> list[str]:
    """List the ids of the articles that became visible or hidden.

    Parameters are those of :func:`affected_between`, with rows of the table of visibility.
    """
    known = max((row.changed for row in before), default=0)
    found: dict[str, None] = {}
    for row in after:
        if row.changed > known or _passed((row.published, row.expires), since, now):
            found[row.article_id] = None
    return list(found)


def affected_articles(
    overrides: Iterable[Override], changed: Sequence[str] = ()
) -> AffectedArticles:
    """Collect the ids that overrides name. Sections, tags and authors are left out.

    ``changed`` are ids of articles that became visible or hidden.
    """
    articles: dict[str, None] = dict.fromkeys(changed)
    cards: dict[str, None] = dict.fromkeys(changed)
    for one in overrides:
        if one.article:
            articles[one.article] = None
        if one.kind in {Kind.WITHDRAW, Kind.SHOW}:
            cards[one.article] = None
        elif not one.article and one.scope is Scope.ARTICLE:
            cards[one.pick] = None
    return AffectedArticles(list(articles), list(cards))


def with_copies(affected: AffectedArticles, rows: RowLookup) -> AffectedArticles:
    """Add the copies of articles on cards: what hides or shows these applies to the copies.

    Moved articles are added with their IDs in the snapshot of ``rows``.
    """
    identifier = rows.snapshot.identifier
    copies = [identifier(row) for card in affected.cards for row in rows.copies(card)]
    found = []
    for ids in (affected.articles, affected.cards):
        shown = [identifier(row) for row in map(rows.of, ids) if row >= 0]
        found.append(list(dict.fromkeys([*ids, *shown, *copies])))
    return AffectedArticles(*found)


def _passed(dates: Iterable[int | None], since: float, now: float) -> bool:
    return any(date is not None and since < date <= now for date in dates)
