"""Withdraw an article and restore it."""

from __future__ import annotations

from collections.abc import Iterable

from recommender.articles.article import normalize_id
from recommender.catalogue import visibility
from recommender.errors import OverrideError
from recommender.overrides.log import Log, active_within, add_within
from recommender.overrides.override import Kind, Override


def withdraw(log: Log, article: str, author: str, reason: str, now: float) -> Override:
    """Hide an article everywhere from now on."""
    entry = Override(kind=Kind.WITHDRAW, article=article, author=author, reason=reason)
    return log.add([entry], now)[0]


def withdrawals(overrides: Iterable[Override], article: str, now: float) -> list[Override]:
    """List the overrides that withdraw an article now or later."""
    return [
        one
        for one in overrides
        if one.kind is Kind.WITHDRAW
        and one.article == article
        and (one.active_at(now) or (one.starts is not None and one.starts > now))
    ]


def restore(log: Log, article: str, author: str, reason: str, now: float) -> Override | None:
    """Show an article again that an editor, a content system or both have withdrawn.

    Returns
    -------
    Override or None
        The first entry added to the log; None if only a content system had withdrawn the article.

    Raises
    ------
    OverrideError
        Neither has withdrawn it.
    """
    article = normalize_id(article)
    with log.transaction() as connection:
        found = withdrawals(active_within(connection, article), article, now)
        if not visibility.restore(connection, article, author, now) and not found:
            raise OverrideError(
                "article %(article)r: expected an article that was withdrawn here or by a content "
                "system; a status in its own record is changed at its source",
                article=article,
            )
        undos = [
            Override(kind=Kind.UNDO, undoes=one.id, author=author, reason=reason) for one in found
        ]
        added = add_within(connection, undos, now)
    return added[0] if added else None
