"""The catalogue: all articles that were ever imported, in a SQL database."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from itertools import islice
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, Select, select, update

from recommender.articles.article import Article, Status, normalize_id
from recommender.catalogue.database import batches, open_database, reading, writing
from recommender.catalogue.former_ids import (
    FormerIds,
    load_former_ids,
    moved_back,
    return_from,
    store_former_ids,
)
from recommender.catalogue.former_texts import load_former_texts
from recommender.catalogue.former_urls import load_former_urls
from recommender.catalogue.rows import (
    FULL_RUN,
    article_of,
    count_as_changed,
    count_change,
    digests,
    flagged_article,
    ids_of_others,
    keep_texts,
    older_than_copies,
    remember_full_run,
    row_of,
    stored_article,
    update_flags,
    upsert,
    with_former_ids,
    with_language,
)
from recommender.catalogue.schema import articles, changes
from recommender.catalogue.visibility import Origin, Visibility, visibility_of
from recommender.catalogue.visibility_table import (
    import_records,
    import_removals,
    rows_since,
    visible_ids,
)

BATCH = 500
"""Articles per transaction. An interrupted import loses one batch at most."""


class Counts(msgspec.Struct):
    """Numbers of articles in an import."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    others: list[str] = []
    """IDs of the changed articles that are other articles now, see :func:`ids_of_others`."""

    @property
    def total(self) -> int:
        """All articles of the import."""
        return self.new + self.changed + self.unchanged

    def add(self, other: Counts) -> None:
        """Add the numbers of another import."""
        self.new += other.new
        self.changed += other.changed
        self.unchanged += other.unchanged
        self.others += other.others


class Catalogue:
    """Stores and loads articles, in SQLite or PostgreSQL."""

    def __init__(self, url: str, engine: Engine | None = None) -> None:
        """Open the database, and create a missing SQLite file.

        Parameters
        ----------
        url : SQLAlchemy URL.
        engine : engine to use as it is; without one the database is opened and migrated.

        Raises
        ------
        CatalogueError
            The URL is invalid or the database cannot be reached.
        """
        self.engine = engine or open_database(url)

    def add(
        self,
        read: Iterable[Article],
        source: str,
        now: datetime,
        choose: Callable[[Connection, Sequence[Article]], Sequence[Article]] | None = None,
    ) -> Counts:
        """Insert articles, or replace those with the same id.

        Parameters
        ----------
        source : stored with each article, for people.
        choose : returns those of a batch that are stored and counted now; all without it.
        """
        counts = Counts()
        stream = iter(read)
        while batch := list(islice(stream, BATCH)):
            with writing(self.engine) as connection:
                now_stored = choose(connection, batch) if choose else batch
                self._add_batch(connection, now_stored, source, now, counts)
        return counts

    def hide(self, statuses: Mapping[str, Status], source: str, now: datetime) -> Counts:
        """Hide articles by records that cannot be stored, such as drafts without a date.

        Unknown articles are left out. Withdrawn ones stay withdrawn.

        Parameters
        ----------
        statuses : by ID ``draft`` or ``withdrawn``.
        """
        counts = Counts()
        for batch in batches(sorted(statuses)):
            query = select(articles).where(articles.c.id.in_(batch))
            with writing(self.engine) as connection:
                stored = [article_of(row) for row in connection.execute(query).mappings()]
                hidden = [
                    msgspec.structs.replace(article, status=statuses[article.id])
                    for article in stored
                    if article.status not in (Status.WITHDRAWN, statuses[article.id])
                ]
                counts.unchanged += len(stored) - len(hidden)
                self._add_batch(connection, hidden, source, now, counts)
        return counts

    def withdraw_all_but(self, kept: Collection[str], now: datetime) -> int:
        """Withdraw all articles whose ids are not in ``kept``, and return their number.

        An article that ``kept`` has under a former ID moves back to it. The digests of the
        withdrawn records are deleted, so that a later import shows them again.
        """
        withdrawn = {"status": str(Status.WITHDRAWN), "digest": "", "read_at": int(now.timestamp())}
        with writing(self.engine) as connection:
            gone = [i for i in connection.execute(_not_withdrawn()).scalars() if i not in kept]
            if gone:
                count_change(connection)
                # What is withdrawn stays so under its former ID.
                return_from(connection, visible_ids(connection, gone, now.timestamp()), kept)
            for batch in batches(gone):
                import_removals(connection, batch, now)
                same = articles.c.id.in_(batch)
                connection.execute(update(articles).where(same).values(**withdrawn))
        return len(gone)

    def shown_ids(self) -> set[str]:
        """Load the ids of all articles that are not withdrawn."""
        return self._ids(_not_withdrawn())

    def version(self) -> int:
        """Return the number of changes of articles. Read it before the articles, not after."""
        with reading(self.engine) as connection:
            query = select(changes.c.number).where(changes.c.name == "articles")
            return int(connection.execute(query).scalar_one())

    def remember_full_run(self, base: str, version: int) -> None:
        """Store that a full run has seen these articles, see :meth:`knows_full_run`.

        Parameters
        ----------
        base : ID of its snapshot.
        version : number of changes that it has seen, see :meth:`version`.
        """
        with writing(self.engine) as connection:
            remember_full_run(connection, base, version)

    def knows_full_run(self, base: str) -> bool:
        """Return whether the database is the one that a full run has read, or a later state of it.

        A copy from before the run lacks it, however many changes were counted there since.
        """
        query = select(changes.c.name).where(changes.c.name == FULL_RUN + base)
        with reading(self.engine) as connection:
            return connection.execute(query).first() is not None

    def get(self, identifier: str) -> Article | None:
        """Load an article; None for an unknown id."""
        with reading(self.engine) as connection:
            row = (
                connection.execute(with_language().where(articles.c.id == normalize_id(identifier)))
                .mappings()
                .first()
            )
        return None if row is None else flagged_article(row)

    def all(self) -> list[Article]:
        """Load all articles in the order of :meth:`each`."""
        return list(self.each())

    def each(self) -> Iterator[Article]:
        """Yield all articles, newest first; of the same second, the last imported first.

        ``formerly`` of each has its former IDs. The records of these are not left out.
        """
        newest_first = (articles.c.published.desc(), articles.c.changed.desc(), articles.c.id)
        return self._loaded(with_language().order_by(*newest_first))

    def changed_since(self, version: int) -> list[Article]:
        """Load the articles of any status that are new or changed, newest first.

        Parameters
        ----------
        version : number of changes that are known, see :meth:`version`.
        """
        query = with_language().where(articles.c.changed > version)
        query = query.order_by(articles.c.published.desc(), articles.c.changed.desc())
        return list(self._loaded(query))

    def hidden_ids(self) -> set[str]:
        """Load the ids of all articles that are drafts or withdrawn."""
        return self._ids(select(articles.c.id).where(articles.c.status != str(Status.PUBLISHED)))

    def former_ids(self) -> FormerIds:
        """Load which IDs articles had before."""
        with reading(self.engine) as connection:
            return load_former_ids(connection)

    def former_urls(self) -> dict[str, str]:
        """Load by former address, normalised, the id of the article that had it last."""
        with reading(self.engine) as connection:
            return load_former_urls(connection)

    def former_texts(self) -> list[Article]:
        """Load the texts that withdrawn articles had before a source replaced them."""
        with reading(self.engine) as connection:
            return load_former_texts(connection)

    def removed(self) -> set[str]:
        """Load the ids of the articles that ``index --prune`` withdrew."""
        removed = (articles.c.status == str(Status.WITHDRAWN)) & (articles.c.digest == "")
        return self._ids(select(articles.c.id).where(removed))

    def renew(self, ids: Collection[str]) -> int:
        """Count unchanged articles as imported last where a copy was; return their number.

        A source that returns to earlier IDs sends known records. Without this, the copies under
        the later IDs would count as newer, although their addresses may be gone.

        Parameters
        ----------
        ids : of all articles that the sources have now.
        """
        with writing(self.engine) as connection:
            older = older_than_copies(connection, ids)
            if older:
                count_as_changed(connection, older)
        return len(older)

    def import_numbers(self) -> dict[str, int]:
        """Load by id the number of the import in which each article was new or changed last."""
        query = select(articles.c.id, articles.c.changed)
        with reading(self.engine) as connection:
            return {identifier: number for identifier, number in connection.execute(query)}  # noqa: C416 - typed

    def finish(self, complete: Callable[[Article], Article]) -> int:
        """Add the missing teaser of pushed articles, and return their number.

        ``complete`` returns the article with one. The digest remains that of the pushed record,
        so that pushing it again changes nothing.
        """
        query = with_language().where(articles.c.teaser == "")
        with reading(self.engine) as connection:
            found = connection.execute(query).mappings().all()
        for row in found:
            completed = complete(stored_article(row))
            filled = {"teaser": completed.teaser, "flags": list(completed.flags)}
            same = (articles.c.id == row["id"]) & (articles.c.digest == row["digest"])
            with writing(self.engine) as connection:
                connection.execute(update(articles).where(same).values(**filled))
        return len(found)

    def visibility(self) -> list[Visibility]:
        """Load all rows of the table of visibility."""
        with reading(self.engine) as connection:
            return rows_since(connection, 0)

    def close(self) -> None:
        """Close the connections to the database."""
        self.engine.dispose()

    def _ids(self, query: Select[Any]) -> set[str]:
        with reading(self.engine) as connection:
            return set(connection.execute(query).scalars())

    def _loaded(self, query: Select[Any]) -> Iterator[Article]:
        """Yield articles with their former IDs; a batch of them is in memory."""
        with reading(self.engine) as connection:
            former = load_former_ids(connection)
            rows = connection.execution_options(yield_per=BATCH).execute(query)
            for row in rows.mappings():
                yield with_former_ids(flagged_article(row), former)

    def _add_batch(
        self,
        connection: Connection,
        batch: Sequence[Article],
        source: str,
        now: datetime,
        counts: Counts,
    ) -> None:
        known = digests(connection, [article.id for article in batch])
        known |= dict.fromkeys(moved_back(connection, batch), "")  # changed by that alone
        rows = [row_of(article, source, now) for article in batch]
        for row in rows:
            match known.get(row["id"]):
                case None:
                    counts.new += 1
                case digest if digest == row["digest"]:
                    counts.unchanged += 1
                case _:
                    counts.changed += 1
        changed = [row for row in rows if known.get(row["id"]) != row["digest"]]
        update_flags(connection, [row for row in rows if known.get(row["id"]) == row["digest"]])
        if changed:
            count_change(connection)
            ids = {row["id"] for row in changed}
            records = [visibility_of(a, Origin.SOURCE) for a in batch if a.id in ids]
            import_records(connection, records, now, {a.id for a in batch if a.formerly})
            kept = keep_texts(connection, changed)
            counts.others += ids_of_others(connection, kept)
            upsert(connection, kept)
            store_former_ids(connection, [a for a in batch if a.id in ids])


@contextmanager
def existing_catalogue(url: str) -> Iterator[Catalogue]:
    """Open the catalogue; a missing database is an error and is not created."""
    with closing(Catalogue(url, open_database(url, create=False))) as catalogue:
        yield catalogue


def _not_withdrawn() -> Select[Any]:
    return select(articles.c.id).where(articles.c.status != str(Status.WITHDRAWN))
