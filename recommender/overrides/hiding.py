"""What an article's record hides from readers before the next index run: decisions of their own.

Added and lifted by what content systems say alone, never touching an editor's.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from recommender.article import Article, Status
from recommender.overrides.decision import PUSHED, Decision, Kind
from recommender.overrides.log import add_within, standing_about

Span = tuple[int | None, int | None]
"""From when to when an article is hidden, in seconds since 1970 UTC; None is for ever."""

ALWAYS: Span = (None, None)


def spans(article: Article, now: datetime) -> list[Span]:
    """Tell when, from now on, an article's record hides it: status, embargo, expiry."""
    if article.status is not Status.PUBLISHED or _over(article, now):
        return [ALWAYS]
    published = int(article.published.timestamp())
    found: list[Span] = [(None, published)] if published > now.timestamp() else []
    if article.expires is not None:
        found.append((int(article.expires.timestamp()), None))
    return found


def covered(spans: Sequence[Span], others: Sequence[Span]) -> bool:
    """Tell whether an article that is hidden at ``others`` is hidden at ``spans`` anyway."""
    return all(any(_within(one, other) for other in others) for one in spans)


def hide(connection: Connection, article: str, by: str, now: float, spans: Sequence[Span]) -> None:
    """Let services hide an article at these times and, as far as pushes go, at no others."""
    pushed = {(one.starts, one.ends): one for one in pushed_about(connection, article)}
    lifted = [_lifting(one, by) for span, one in pushed.items() if span not in spans]
    added = [_hiding(article, span, by) for span in spans if span not in pushed]
    add_within(connection, [*lifted, *added], now)


def pushed_about(connection: Connection, article: str) -> list[Decision]:
    """Load what stands of an article's withdrawals by what content systems said."""
    return [
        one
        for one in standing_about(connection, article)
        if one.kind is Kind.WITHDRAW and one.article == article and one.pushed
    ]


def _over(article: Article, now: datetime) -> bool:
    """Tell whether it will never be public again."""
    return article.expires is not None and article.expires <= max(now, article.published)


def _within(one: Span, other: Span) -> bool:
    begins = other[0] is None or (one[0] is not None and one[0] >= other[0])
    ends = other[1] is None or (one[1] is not None and one[1] <= other[1])
    return begins and ends


def _hiding(article: str, span: Span, by: str) -> Decision:
    starts, ends = span
    reason = "withdrawn by the content system"
    if starts is not None:
        reason = "expires then, by the content system"
    return Decision(
        kind=Kind.WITHDRAW,
        article=article,
        author=by + PUSHED,
        reason=reason,
        starts=starts,
        ends=ends,
    )


def _lifting(one: Decision, by: str) -> Decision:
    reason = "published by the content system"
    return Decision(kind=Kind.UNDO, undoes=one.id, author=by + PUSHED, reason=reason)
