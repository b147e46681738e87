"""Articles that an import hides: they are counted before the first of them is hidden.

Services hide an article as soon as its record is stored. A wrong export may set most of an archive
to draft. So such records are kept back until their source has ended, and too many are refused.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime
from functools import cached_property
from tempfile import SpooledTemporaryFile

import msgspec
from sqlalchemy import Connection, Engine, func, select

from recommender.articles.article import Article, Status
from recommender.catalogue.database import reading
from recommender.catalogue.schema import articles
from recommender.catalogue.visibility_table import visible_ids
from recommender.errors import PublishRefusedError
from recommender.settings import PublishLimits

MEMORY = 32 << 20
"""Bytes of records that are kept in memory; more of them are in a temporary file."""


class HidingLimit:
    """Counts the articles that the sources of one import hide, and refuses too many.

    The first import has no limit: readers see nothing yet.
    """

    def __init__(
        self, engine: Engine, limits: PublishLimits, now: datetime, *, force: bool
    ) -> None:
        self._engine, self._limits, self._now = engine, limits, now
        self._is_off = force or _is_empty(engine)
        self._hidden = 0

    @cached_property
    def _public(self) -> int:
        """Public articles before the first of them is hidden. Counting reads the whole table."""
        return _count_public(self._engine, self._now)

    def is_exceeded(self, more: int) -> bool:
        """Return whether so many articles more are too many."""
        if self._is_off or not more:
            return False
        return self._limits.too_many_missing(self._hidden + more, self._public)

    def count(self, source: str, more: int) -> None:
        """Count the articles that a source is about to hide.

        Raises
        ------
        PublishRefusedError
            They are too many. Then none of them counts.
        """
        if not self.is_exceeded(more):
            self._hidden += more
            return
        hidden = self._hidden + more
        raise PublishRefusedError(
            f"{source}: hid nothing: with it {hidden} of {self._public} articles would be drafts, "
            f"withdrawn, expired or under embargo: {hidden / self._public:.0%}, limit "
            f"{self._limits.max_shrinkage:.0%} (publish.max_shrinkage). The current snapshot keeps "
            "serving; check the source, or run again with --force"
        )


class HiddenRecords:
    """Keeps the records of one source that hide visible articles; iterating returns them.

    Parameters
    ----------
    now : time of the import.
    is_too_many : returns whether a number of them will be refused. From then on they are counted
        and not kept.
    """

    def __init__(self, now: datetime, is_too_many: Callable[[int], bool]) -> None:
        self.ids: set[str] = set()
        """IDs of the articles that the records hide."""
        self._now, self._is_too_many = now, is_too_many
        self._file = SpooledTemporaryFile(MEMORY)  # noqa: SIM115 - see `close`

    def keep(self, connection: Connection, batch: Sequence[Article]) -> Sequence[Article]:
        """Keep the records of a batch that hide articles, and return the others."""
        not_public = [article.id for article in batch if not article.is_public(self._now)]
        hidden = visible_ids(connection, not_public, self._now.timestamp())
        if not hidden:
            return batch
        self.ids |= hidden
        if not self._is_too_many(len(self.ids)):
            for article in batch:
                if article.id in hidden:
                    self._file.write(msgspec.json.encode(article) + b"\n")
        return [article for article in batch if article.id not in hidden]

    def __iter__(self) -> Iterator[Article]:
        """Yield the records, in their order in the source."""
        self._file.seek(0)
        for line in self._file:
            yield msgspec.json.decode(line, type=Article)

    def close(self) -> None:
        """Delete the temporary file."""
        self._file.close()


def public_ids(engine: Engine, ids: Collection[str], now: datetime) -> set[str]:
    """Return those of the articles that readers see at ``now``, unless an editor hides them."""
    if not ids:
        return set()
    with reading(engine) as connection:
        return visible_ids(connection, sorted(ids), now.timestamp())


def _is_empty(engine: Engine) -> bool:
    """Return whether the catalogue has no article."""
    with reading(engine) as connection:
        return connection.execute(select(articles.c.id).limit(1)).first() is None


def _count_public(engine: Engine, now: datetime) -> int:
    """Count the articles whose records are public at ``now``."""
    at, expires = int(now.timestamp()), articles.c.expires
    public = (
        articles.c.status == str(Status.PUBLISHED),
        articles.c.published <= at,
        expires.is_(None) | (expires > at),
    )
    with reading(engine) as connection:
        return int(connection.execute(select(func.count()).where(*public)).scalar_one())
