"""Withdrawing an article and restoring it, as decisions like all others."""

from __future__ import annotations

from collections.abc import Iterable

from recommender.errors import OverrideError
from recommender.overrides.decision import Decision, Kind
from recommender.overrides.log import Log
from recommender.overrides.standing import Standing


def withdraw(log: Log, article: str, author: str, reason: str, now: float) -> Decision:
    """Show an article nowhere from now on."""
    wanted = Decision(kind=Kind.WITHDRAW, article=article, author=author, reason=reason)
    return log.add([wanted], now)[0]


def withdrawals(standing: Iterable[Decision], article: str, now: float) -> list[Decision]:
    """Find what withdraws an article now or later, of what stands."""
    return [
        d
        for d in standing
        if d.kind is Kind.WITHDRAW and d.article == article and (d.ends is None or d.ends > now)
    ]


def restore(log: Log, article: str, author: str, reason: str, now: float) -> Decision:
    """Lift the withdrawal of an article.

    Raises :class:`OverrideError` where editors have not withdrawn it.
    """
    standing = Standing(log.entries(article=article)).decisions()
    for entry in withdrawals(standing, article, now):
        undo = Decision(kind=Kind.UNDO, undoes=entry.id, author=author, reason=reason)
        return log.add([undo], now)[0]
    raise OverrideError(
        "article %(article)r: no editor has withdrawn it; a status in its own record is changed "
        "where the article is written",
        article=article,
    )
