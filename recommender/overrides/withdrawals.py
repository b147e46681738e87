"""Withdrawing an article and restoring it, as decisions like all others."""

from __future__ import annotations

from collections.abc import Iterable

from recommender.articles.article import spelled
from recommender.errors import OverrideError
from recommender.overrides.log import Log
from recommender.overrides.override import Decision, Kind
from recommender.overrides.standing import Standing


def withdraw(log: Log, article: str, author: str, reason: str, now: float) -> Decision:
    """Show an article nowhere from now on."""
    wanted = Decision(kind=Kind.WITHDRAW, article=article, author=author, reason=reason)
    return log.add([wanted], now)[0]


def withdrawals(standing: Iterable[Decision], article: str, now: float) -> list[Decision]:
    """Find what withdraws an article now or later, of what stands.

    An expiry that a content system told of, and that is still to come, is none.
    """
    return [
        d
        for d in standing
        if d.kind is Kind.WITHDRAW
        and d.article == article
        and (d.holds(now) or (d.starts is not None and d.starts > now and not d.pushed))
    ]


def restore(log: Log, article: str, author: str, reason: str, now: float) -> Decision:
    """Lift the withdrawal of an article: by an editor, by a content system, or by both.

    Raises :class:`OverrideError` where neither has withdrawn it.
    """
    article = spelled(article)
    found = withdrawals(Standing(log.entries(article=article)).decisions(), article, now)
    if not found:
        raise OverrideError(
            "article %(article)r: no editor has withdrawn it; a status in its own record is "
            "changed where the article is written",
            article=article,
        )
    undone = [
        Decision(kind=Kind.UNDO, undoes=entry.id, author=author, reason=reason) for entry in found
    ]
    return log.add(undone, now)[0]
