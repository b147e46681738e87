"""The catalogue: every article that was ever read, in a SQL database."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, create_engine, event, make_url, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from recommender.article import Article, Status
from recommender.dates import from_epoch
from recommender.errors import CatalogueError
from recommender.schema import articles, metadata

BATCH = 500
"""Articles a transaction: what an interrupted run can lose of its reading."""

LOCK_SECONDS = 10
"""How long a writer waits for another one on SQLite."""


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

        Raises :class:`CatalogueError` where the URL is none or the database cannot be reached.
        """
        with _named(url):
            self.engine = _engine(url)
            metadata.create_all(self.engine)
        self._url = url

    def add(self, read: Iterable[Article], source: str, now: datetime) -> Counts:
        """Put articles in, or bring up to date what is there by the same id."""
        counts = Counts()
        stream = iter(read)
        while batch := list(islice(stream, BATCH)):
            with _named(self._url), self.engine.begin() as connection:
                self._add_batch(connection, batch, source, now, counts)
        return counts

    def __len__(self) -> int:
        """Count the articles, of whatever status."""
        with _named(self._url), self.engine.connect() as connection:
            return len(connection.execute(select(articles.c.id)).all())

    def get(self, identifier: str) -> Article | None:
        """Look an article up by its id."""
        with _named(self._url), self.engine.connect() as connection:
            row = (
                connection.execute(select(articles).where(articles.c.id == identifier))
                .mappings()
                .first()
            )
        return None if row is None else _article(row)

    def all(self) -> list[Article]:
        """Load every article, newest first; articles of one moment by id."""
        query = select(articles).order_by(articles.c.published.desc(), articles.c.id)
        with _named(self._url), self.engine.connect() as connection:
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


def _engine(url: str) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(parsed, pool_pre_ping=True)
    if parsed.database and parsed.database != ":memory:":
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(parsed, connect_args={"timeout": LOCK_SECONDS})
    event.listen(engine, "connect", _ready_sqlite)
    return engine


def _ready_sqlite(connection: Any, _record: object) -> None:
    # With a write-ahead log, services read on while an index run writes.
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")


@contextmanager
def _named(url: str) -> Iterator[None]:
    """Turn the database library's errors into ours, without the password."""
    try:
        yield
    except (ArgumentError, NoSuchModuleError) as error:
        raise CatalogueError(
            f"catalogue: got {url!r}, wanted a SQLAlchemy URL such as sqlite:///path/to/file "
            f"or postgresql+psycopg://host/database ({_first_line(error)})"
        ) from error
    except (SQLAlchemyError, OSError, ImportError) as error:
        shown = make_url(url).render_as_string(hide_password=True)
        raise CatalogueError(f"catalogue {shown}: {_first_line(error)}") from error


def _first_line(error: BaseException) -> str:
    origin = getattr(error, "orig", None) or error
    return str(origin).partition("\n")[0]


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
