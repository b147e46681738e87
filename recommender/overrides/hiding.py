"""Withdrawals by content systems: added and lifted by them alone, never touching an editor's."""

from __future__ import annotations

from sqlalchemy import Connection

from recommender.overrides.decision import Decision, Kind
from recommender.overrides.log import add_within, standing_about

PUSHED = " (push)"
"""Stands behind the name of whoever decided by pushing."""


def hide(
    connection: Connection,
    article: str,
    by: str,
    now: float,
    until: int | None = None,
    *,
    anew: bool = True,
) -> None:
    """Withdraw an article, at most ``until``, where no editor's withdrawal holds.

    Not ``anew`` only changes the end of a withdrawal that stands already: what readers never
    saw needs none.
    """
    pushed, others = _withdrawals(connection, article)
    if any(one.holds(now) for one in others) or not (pushed or anew):
        return
    wanted = Decision(
        kind=Kind.WITHDRAW,
        article=article,
        author=by + PUSHED,
        reason="withdrawn by the content system",
        starts=max((one.ends for one in others if one.ends and one.ends <= now), default=None),
        ends=min((at for at in (until, *_starts(others, now)) if at), default=None),
    )
    if any((one.starts, one.ends) == (wanted.starts, wanted.ends) for one in pushed):
        return
    add_within(connection, [*_undone(pushed, by), wanted], now)


def reveal(connection: Connection, article: str, by: str, now: float) -> None:
    """Lift what content systems withdrew."""
    pushed, _ = _withdrawals(connection, article)
    add_within(connection, _undone(pushed, by), now)


def _withdrawals(connection: Connection, article: str) -> tuple[list[Decision], list[Decision]]:
    """Load the withdrawals of an article that stand: by pushes, and by editors."""
    found = [
        one
        for one in standing_about(connection, article)
        if one.kind is Kind.WITHDRAW and one.article == article
    ]
    pushed = [one for one in found if one.author.endswith(PUSHED)]
    return pushed, [one for one in found if one not in pushed]


def _starts(others: list[Decision], now: float) -> list[int]:
    return [one.starts for one in others if one.starts is not None and one.starts > now]


def _undone(pushed: list[Decision], by: str) -> list[Decision]:
    reason = "published by the content system"
    return [
        Decision(kind=Kind.UNDO, undoes=one.id, author=by + PUSHED, reason=reason) for one in pushed
    ]
