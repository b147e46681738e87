"""Withdraw an article and restore it."""

from __future__ import annotations

from collections.abc import Iterable

from recommender.articles.article import normalize_id
from recommender.catalogue import visibility_table
from recommender.catalogue.former_ids import load_former_ids
from recommender.errors import OverrideError
from recommender.overrides.active import ActiveOverrides
from recommender.overrides.log import Log, active_within, add_within
from recommender.overrides.override import Kind, Override
from recommender.snapshots.snapshot import Snapshot


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


def restore(
    log: Log, article: str, author: str, reason: str, now: float, *, copy_of: str = ""
) -> Override | None:
    """Show an article again that an editor, a content system or both have withdrawn.

    Parameters
    ----------
    copy_of : id of the article as whose copy this one is hidden; "" where it is not. Then the
        article is shown, and the other article and its other copies stay hidden.

    Returns
    -------
    Override or None
        The first entry added to the log; None if only a content system had withdrawn the article.

    Raises
    ------
    OverrideError
        Neither has withdrawn it.
    """
    with log.transaction() as connection:
        article = load_former_ids(connection).current_of(normalize_id(article))
        found = withdrawals(active_within(connection, article), article, now)
        if not visibility_table.restore(connection, article, author, now) and not (
            found or copy_of
        ):
            raise OverrideError(
                "article %(article)r: expected an article that was withdrawn here or by a content "
                "system; a status in its own record is changed at its source",
                article=article,
            )
        entries = [
            Override(kind=Kind.UNDO, undoes=one.id, author=author, reason=reason) for one in found
        ]
        if copy_of:
            entries.append(Override(kind=Kind.SHOW, article=article, author=author, reason=reason))
        added = add_within(connection, entries, now)
    return added[0] if added else None


def hidden_copies(active: ActiveOverrides, snapshot: Snapshot, article: str) -> list[str]:
    """List the ids of the articles that are hidden as copies of another one."""
    own = snapshot.row(article)
    copies = snapshot.copies_of(normalize_id(article)).tolist()
    return [snapshot.identifier(row) for row in copies if row != own and row in active.copies]


def copy_of(active: ActiveOverrides, snapshot: Snapshot, article: str) -> str:
    """Return the id of the article as whose copy another one is hidden; "" where it is not."""
    row = snapshot.row(article)
    return "" if row is None else active.copies.get(row, "")
