"""Withdrawing an article and restoring it, as decisions like all others."""

from __future__ import annotations

from collections.abc import Iterable

from recommender.articles.article import normalize_id
from recommender.catalogue import visibility
from recommender.errors import OverrideError
from recommender.overrides.log import Log, add_within, standing_about
from recommender.overrides.override import Kind, Override


def withdraw(log: Log, article: str, author: str, reason: str, now: float) -> Override:
    """Show an article nowhere from now on."""
    wanted = Override(kind=Kind.WITHDRAW, article=article, author=author, reason=reason)
    return log.add([wanted], now)[0]


def withdrawals(standing: Iterable[Override], article: str, now: float) -> list[Override]:
    """Find what withdraws an article now or later, of what stands."""
    return [
        d
        for d in standing
        if d.kind is Kind.WITHDRAW
        and d.article == article
        and (d.holds(now) or (d.starts is not None and d.starts > now))
    ]


def restore(log: Log, article: str, author: str, reason: str, now: float) -> Override | None:
    """Lift the withdrawal of an article: by an editor, by a content system, or by both.

    Returns the first entry that was added to the log; None where no editor had withdrawn it.
    Raises :class:`OverrideError` where neither has withdrawn it.
    """
    article = normalize_id(article)
    with log.writing() as connection:
        found = withdrawals(standing_about(connection, article), article, now)
        if not visibility.restore(connection, article, author, now) and not found:
            raise OverrideError(
                "article %(article)r: no editor has withdrawn it; a status in its own record is "
                "changed where the article is written",
                article=article,
            )
        undone = [
            Override(kind=Kind.UNDO, undoes=one.id, author=author, reason=reason) for one in found
        ]
        added = add_within(connection, undone, now)
    return added[0] if added else None
