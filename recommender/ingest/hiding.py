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
from recommender.catalogue.former_ids import load_names
from recommender.catalogue.schema import articles
from recommender.catalogue.visibility_table import visible_ids
from recommender.errors import PublishRefusedError, SnapshotError
from recommender.settings import Settings
from recommender.snapshots.snapshot import Snapshot
from recommender.snapshots.store import current_id

MEMORY = 32 << 20
"""Bytes of records that are kept in memory; more of them are in a temporary file."""


class HidingLimit:
    """Counts the articles that the sources of one import hide, and refuses too many.

    A withdrawal also hides the copies of the article in the current snapshot. The first import has
    no limit: readers see nothing yet.
    """

    def __init__(self, engine: Engine, settings: Settings, now: datetime, *, force: bool) -> None:
        self._engine, self._limits, self._now = engine, settings.publish, now
        self._data_dir = settings.data_dir
        self._is_off = force or _is_empty(engine)
        self._hidden: set[str] = set()

    @cached_property
    def _public(self) -> int:
        """Public articles before the first of them is hidden. Counting reads the whole table."""
        return _count_public(self._engine, self._now)

    def is_exceeded(self, more: int) -> bool:
        """Return whether so many articles more are too many."""
        if self._is_off or not more:
            return False
        return self._limits.too_many_missing(len(self._hidden) + more, self._public)

    def with_copies(self, ids: Collection[str], withdrawn: Collection[str]) -> set[str]:
        """Add to the articles that a source hides the public copies of those that it withdraws."""
        if self._is_off or not withdrawn:
            return set(ids)
        try:
            snapshot = Snapshot(self._data_dir.snapshots / current_id(self._data_dir))
        except SnapshotError:  # readers see none
            return set(ids)
        rows = {row for one in withdrawn for row in snapshot.copies_of(one).tolist()}
        copies = {snapshot.identifier(row) for row in rows}.difference(ids)
        return copies.intersection(public_ids(self._engine, copies, self._now)).union(ids)

    def count(self, source: str, ids: Collection[str]) -> None:
        """Count the articles that a source is about to hide.

        Raises
        ------
        PublishRefusedError
            They are too many. Then none of them counts.
        """
        more = self._hidden.union(ids)
        if not self.is_exceeded(len(more) - len(self._hidden)):
            self._hidden = more
            return
        hidden = len(more)
        raise PublishRefusedError(
            f"{source}: hid nothing: with it {hidden} of {self._public} articles would be drafts, "
            "withdrawn, copies of withdrawn ones, expired or under embargo: "
            f"{hidden / self._public:.0%}, limit "
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
        self.withdrawn: set[str] = set()
        """Those of them that are withdrawn, which also hides their copies."""
        self._now, self._is_too_many = now, is_too_many
        self._file = SpooledTemporaryFile(MEMORY)  # noqa: SIM115 - see `close`

    def keep(self, connection: Connection, batch: Sequence[Article]) -> Sequence[Article]:
        """Keep the records of a batch that hide articles, and return the others."""
        hidden = self._hidden(connection, [a for a in batch if not a.is_public(self._now)])
        if not hidden:
            return batch
        self.ids.update(*hidden.values())
        withdrawn = {article.id for article in batch if article.status is Status.WITHDRAWN}
        self.withdrawn.update(*(hidden[one] for one in withdrawn & hidden.keys()))
        if not self._is_too_many(len(self.ids)):
            for article in batch:
                if article.id in hidden:
                    self._file.write(msgspec.json.encode(article) + b"\n")
        return [article for article in batch if article.id not in hidden]

    def _hidden(self, connection: Connection, not_public: Sequence[Article]) -> dict[str, set[str]]:
        """Return by ID of a record the IDs under which readers see what it hides.

        A record that names former IDs hides the articles that have them. IDs from which an article
        has moved before are left out: readers see it under the present one.
        """
        named = {article.id: {article.id, *(article.formerly or ())} for article in not_public}
        ids = set[str]().union(*named.values())
        names = load_names(connection, ids)
        present = sorted(one for one in ids if one not in names or names[one][0] == one)
        visible = visible_ids(connection, present, self._now.timestamp())
        return {one: found for one, given in named.items() if (found := given & visible)}

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
