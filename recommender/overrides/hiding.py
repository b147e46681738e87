"""What an article's record hides from readers before the next index run: decisions of their own.

Added and lifted by what content systems say alone, never touching an editor's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection

from recommender.articles.article import Article, Status
from recommender.overrides.log import add_within, standing_about
from recommender.overrides.override import PUSHED, Decision, Kind

ROLLBACK = "rollback"
"""Who hides what an older snapshot shows and the catalogue does not."""

Span = tuple[int | None, int | None]
"""From when to when an article is hidden, in seconds since 1970 UTC; None is for ever."""

ALWAYS: Span = (None, None)


class Dated(Protocol):
    """What an article's record says of who may see it."""

    @property
    def status(self) -> Status: ...  # noqa: D102
    @property
    def published(self) -> datetime: ...  # noqa: D102
    @property
    def expires(self) -> datetime | None: ...  # noqa: D102


def spans(article: Dated, now: datetime) -> list[Span]:
    """Tell when, from now on, an article's record hides it: status, embargo, expiry."""
    if article.status is not Status.PUBLISHED or _over(article, now):
        return [ALWAYS]
    published = int(article.published.timestamp())
    found: list[Span] = [(None, published)] if published > now.timestamp() else []
    if article.expires is not None:
        found.append((int(article.expires.timestamp()), None))
    return found


def covered(these: Sequence[Span], others: Sequence[Span]) -> bool:
    """Tell whether an article that is hidden at ``others`` is hidden at ``these`` anyway."""
    return all(any(_within(one, other) for other in others) for one in these)


def hide(connection: Connection, article: str, by: str, now: float, wanted: Sequence[Span]) -> None:
    """Let services hide an article at these times and, as far as pushes go, at no others."""
    pushed = pushed_about(connection, article)
    kept = {span_of(one): one for one in pushed if span_of(one) in wanted and not rolled_back(one)}
    lifted = [lifting(one, by) for one in pushed if one not in kept.values()]
    added = [hiding(article, span, by) for span in wanted if span not in kept]
    add_within(connection, [*lifted, *added], now)


def span_of(one: Decision) -> Span:
    """Tell when a withdrawal holds."""
    return one.starts, one.ends


def rolled_back(one: Decision) -> bool:
    """Tell whether it was hidden by rolling back."""
    return one.author == ROLLBACK + PUSHED


def pushed_about(connection: Connection, article: str) -> list[Decision]:
    """Load what stands of an article's withdrawals by what content systems said."""
    return [
        one
        for one in standing_about(connection, article)
        if one.kind is Kind.WITHDRAW and one.article == article and one.pushed
    ]


def kept_hidden(
    articles: Iterable[Article], standing: Iterable[Decision], now: datetime
) -> list[str]:
    """Name the articles that a content system withdrew and whose record has them as public."""
    moment = now.timestamp()
    gone = {
        one.article
        for one in standing
        if one.kind is Kind.WITHDRAW and one.pushed and one.holds(moment) and not rolled_back(one)
    }
    return [one.id for one in articles if one.id in gone and one.is_public(now)]


def hiding(article: str, span: Span, by: str) -> Decision:
    """Write that an article is hidden for a time."""
    starts, ends = span
    reason = "withdrawn by the content system" if starts is None else "expires then"
    if by == ROLLBACK:
        reason = "the snapshot that was put in force is older than that"
    return Decision(
        kind=Kind.WITHDRAW,
        article=article,
        author=by + PUSHED,
        reason=reason,
        starts=starts,
        ends=ends,
    )


def lifting(one: Decision, by: str) -> Decision:
    """Write that it is hidden no longer."""
    reason = "indexed anew" if by == ROLLBACK else "published by the content system"
    return Decision(kind=Kind.UNDO, undoes=one.id, author=by + PUSHED, reason=reason)


def _over(article: Dated, now: datetime) -> bool:
    """Tell whether it will never be public again."""
    return article.expires is not None and article.expires <= max(now, article.published)


def _within(one: Span, other: Span) -> bool:
    begins = other[0] is None or (one[0] is not None and one[0] >= other[0])
    ends = other[1] is None or (one[1] is not None and one[1] <= other[1])
    return begins and ends
