"""What a row of the table ``visibility`` says: when an article is visible to readers.

:mod:`recommender.catalogue.visibility_table` has the rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

import msgspec

from recommender.articles.article import Article, Status

FOREVER = 2**63 - 1
"""The end of an article that does not expire, in seconds since 1970 UTC."""


class Origin(StrEnum):
    """What a row describes: the record of a source, or the last push."""

    SOURCE = "source"
    PUSH = "push"


Key = tuple[str, Origin]


class Visibility(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the table. Times are whole seconds since 1970 UTC."""

    article_id: str
    origin: Origin
    status: Status
    published: int
    expires: int | None = None
    author: str = ""
    """The content system that pushed it, or the editor who restored it."""
    created: int = 0
    """When the row was written."""
    changed: int = 0
    """Increases with every write, in the order in which writes become visible; each is unique."""

    @property
    def key(self) -> Key:
        """Article and origin, the primary key."""
        return self.article_id, self.origin

    def visible(self, now: float) -> bool:
        """Return whether the row shows the article at ``now``."""
        return self.status is Status.PUBLISHED and (
            self.published <= now < (FOREVER if self.expires is None else self.expires)
        )

    def covers(self, other: Visibility, now: float) -> bool:
        """Return whether the row shows the article whenever ``other`` does, from ``now`` on."""
        theirs, ours = other._window(now), self._window(now)
        return theirs is None or (
            ours is not None and ours[0] <= theirs[0] and theirs[1] <= ours[1]
        )

    def same(self, other: Visibility) -> bool:
        """Return whether both rows show the article at the same times."""
        ours, theirs = ((r.status, r.published, r.expires) for r in (self, other))
        return ours == theirs

    def restricted(self, other: Visibility) -> Visibility:
        """Return a copy of ``other`` that is visible only while both rows are."""
        ends = [end for end in (self.expires, other.expires) if end is not None]
        return msgspec.structs.replace(
            other,
            status=other.status if self.status is Status.PUBLISHED else self.status,
            published=max(self.published, other.published),
            expires=min(ends, default=None),
        )

    def opened(self, now: float) -> Visibility:
        """Return a copy that shows the article at ``now``."""
        expired = self.expires is not None and self.expires <= now
        return msgspec.structs.replace(
            self,
            status=Status.PUBLISHED,
            published=min(self.published, int(now)),
            expires=None if expired else self.expires,
        )

    def removed(self) -> Visibility:
        """Return a copy that never shows the article and leaves its copies visible."""
        return msgspec.structs.replace(self, status=Status.PUBLISHED, expires=0)

    def always(self) -> Visibility:
        """Return a copy that always shows the article."""
        return msgspec.structs.replace(self, status=Status.PUBLISHED, published=0, expires=None)

    def _window(self, now: float) -> tuple[int, int] | None:
        begin, end = max(self.published, int(now)), self.expires
        end = FOREVER if end is None else end
        return (begin, end) if self.status is Status.PUBLISHED and begin < end else None


def visibility_of(article: Article, origin: Origin, author: str = "") -> Visibility:
    """Return the row that corresponds to the record of an article."""
    return Visibility(
        article_id=article.id,
        origin=origin,
        status=article.status,
        published=int(article.published.timestamp()),
        expires=None if article.expires is None else int(article.expires.timestamp()),
        author=author,
    )


def kept_hidden(rows: Iterable[Visibility], records: Iterable[Article], now: datetime) -> list[str]:
    """List the articles that content systems hide although their records are public."""
    at = now.timestamp()
    hidden = {r.article_id for r in rows if r.origin is Origin.PUSH and not r.visible(at)}
    return [one.id for one in records if one.id in hidden and one.is_public(now)]
