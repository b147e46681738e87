"""The catalogue: every article that was ever read, in a SQL database."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

import msgspec
from sqlalchemy import Connection, select, update
from sqlalchemy.dialects import postgresql, sqlite

from recommender.article import Article, Status
from recommender.database import named, open_database
from recommender.dates import from_epoch
from recommender.schema import articles

BATCH = 500
"""Articles a transaction: what an interrupted run can lose of its reading."""


class Counts(msgspec.Struct):
    """What a reading brought."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0

    @property
    def total(self) -> int:
        """All articles that were read."""
        return self.new + self.changed + self.unchanged

    def add(self, other: Counts) -> None:
        """Count another reading in."""
        self.new += other.new
        self.changed += other.changed
        self.unchanged += other.unchanged


class Catalogue:
    """The articles' database; any SQLAlchemy URL of SQLite or PostgreSQL."""

    def __init__(self, url: str) -> None:
        """Open the database, and make it where it is missing.

        Raises a CatalogueError where the URL is none or the database cannot be reached.
        """
        self.engine = open_database(url)
        self._url = url

    def add(self, read: Iterable[Article], source: str, now: datetime) -> Counts:
        """Put articles in, or bring up to date what is there by the same id."""
        counts = Counts()
        stream = iter(read)
        while batch := list(islice(stream, BATCH)):
            with named(self._url), self.engine.begin() as connection:
                self._add_batch(connection, batch, source, now, counts)
        return counts

    def withdraw_all_but(self, kept: Collection[str], now: datetime) -> int:
        """Withdraw every article whose id is not among ``kept``; returns how many there were.

        One that is read again later comes back: its digest is forgotten.
        """
        changes = {"status": str(Status.WITHDRAWN), "digest": "", "read_at": int(now.timestamp())}
        with named(self._url), self.engine.begin() as connection:
            shown = select(articles.c.id).where(articles.c.status != str(Status.WITHDRAWN))
            gone = [i for i in connection.execute(shown).scalars() if i not in kept]
            for start in range(0, len(gone), BATCH):
                batch = articles.c.id.in_(gone[start : start + BATCH])
                connection.execute(update(articles).where(batch).values(**changes))
        return len(gone)

    def __len__(self) -> int:
        """Count the articles, of whatever status."""
        with named(self._url), self.engine.connect() as connection:
            return len(connection.execute(select(articles.c.id)).all())

    def get(self, identifier: str) -> Article | None:
        """Look an article up by its id."""
        with named(self._url), self.engine.connect() as connection:
            row = (
                connection.execute(select(articles).where(articles.c.id == identifier))
                .mappings()
                .first()
            )
        return None if row is None else _article(row)

    def all(self) -> list[Article]:
        """Load every article, newest first; articles of one moment by id."""
        query = select(articles).order_by(articles.c.published.desc(), articles.c.id)
        with named(self._url), self.engine.connect() as connection:
            return [_article(row) for row in connection.execute(query).mappings()]

    def close(self) -> None:
        """Let go of the database's connections."""
        self.engine.dispose()

    def _add_batch(
        self,
        connection: Connection,
        batch: Sequence[Article],
        source: str,
        now: datetime,
        counts: Counts,
    ) -> None:
        known = _digests(connection, [article.id for article in batch])
        rows = [_row(article, source, now) for article in batch]
        for row in rows:
            match known.get(row["id"]):
                case None:
                    counts.new += 1
                case digest if digest == row["digest"]:
                    counts.unchanged += 1
                case _:
                    counts.changed += 1
        changed = [row for row in rows if known.get(row["id"]) != row["digest"]]
        if changed:
            _upsert(connection, changed)


def _digests(connection: Connection, ids: list[str]) -> dict[str, str]:
    query = select(articles.c.id, articles.c.digest).where(articles.c.id.in_(ids))
    return {identifier: digest for identifier, digest in connection.execute(query)}  # noqa: C416 - typed


def _upsert(connection: Connection, rows: list[dict[str, Any]]) -> None:
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(articles)
    updates = {c.name: statement.excluded[c.name] for c in articles.c if not c.primary_key}
    connection.execute(
        statement.on_conflict_do_update(index_elements=[articles.c.id], set_=updates), rows
    )


def _row(article: Article, source: str, now: datetime) -> dict[str, Any]:
    row: dict[str, Any] = msgspec.structs.asdict(article)
    for name in ("published", "updated", "expires"):
        row[name] = None if row[name] is None else int(row[name].timestamp())
    for name in ("tags", "authors", "links"):
        row[name] = list(row[name])
    row["status"] = str(article.status)
    row["digest"] = hashlib.blake2b(msgspec.json.encode(row), digest_size=16).hexdigest()
    return row | {"source": source, "read_at": int(now.timestamp())}


def _article(row: Any) -> Article:
    return Article(
        **{name: row[name] for name in _PLAIN},
        published=from_epoch(row["published"]),
        updated=None if row["updated"] is None else from_epoch(row["updated"]),
        expires=None if row["expires"] is None else from_epoch(row["expires"]),
        tags=tuple(row["tags"]),
        authors=tuple(row["authors"]),
        links=tuple(row["links"]),
        status=Status(row["status"]),
    )


_PLAIN = ("id", "title", "teaser", "body", "url", "section", "language", "image", "image_alt")
