"""Visibility of articles that changed since snapshots were built.

An article is visible to readers iff the active snapshot shows it and every row about it does.
Services poll the rows together with the override log. A row is written in the transaction that
changes the article:

- Source rows follow the catalogue. An import that hides an article writes the row at once. An
  import that shows it again is taken over by :func:`settle`, at the end of the index run: an older
  snapshot may still be active, and the article may have been withdrawn for the text in it.
- Push rows hold what a content system sent last. They outlast every import, until the next push
  or until an editor restores the article.

Rows are never deleted: other data directories may hold older snapshots on the same catalogue. There
are at most two short rows for each article that became less visible at some time.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, select, update
from sqlalchemy.dialects import postgresql, sqlite

from recommender.articles.article import Article, Status
from recommender.catalogue.database import translate_db_errors
from recommender.catalogue.schema import articles, changes, visibility

FOREVER = 2**63 - 1
"""The end of an article that does not expire, in seconds since 1970 UTC."""

SOME = 400
"""Ids in one query; databases limit them."""


class Origin(StrEnum):
    """What a row follows."""

    SOURCE = "source"
    PUSH = "push"


Key = tuple[str, Origin]


class Visibility(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the table; moments are whole seconds since 1970 UTC."""

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
        """Article and origin, of which there is one row."""
        return self.article_id, self.origin

    def visible(self, now: float) -> bool:
        """Whether the row shows the article at a moment."""
        return self.status is Status.PUBLISHED and (
            self.published <= now < (FOREVER if self.expires is None else self.expires)
        )

    def covers(self, other: Visibility, now: float) -> bool:
        """Whether the row shows the article from ``now`` on whenever ``other`` does."""
        theirs, ours = other._span(now), self._span(now)
        return theirs is None or (
            ours is not None and ours[0] <= theirs[0] and theirs[1] <= ours[1]
        )

    def same(self, other: Visibility) -> bool:
        """Whether both rows show the article at the same moments."""
        ours, theirs = ((r.status, r.published, r.expires) for r in (self, other))
        return ours == theirs

    def restricted(self, other: Visibility) -> Visibility:
        """Return ``other``, visible only at the moments at which both rows are."""
        ends = [end for end in (self.expires, other.expires) if end is not None]
        return msgspec.structs.replace(
            other,
            status=other.status if self.status is Status.PUBLISHED else self.status,
            published=max(self.published, other.published),
            expires=min(ends, default=None),
        )

    def opened(self, now: float) -> Visibility:
        """Return the row with everything lifted that hides the article at ``now``."""
        over = self.expires is not None and self.expires <= now
        return msgspec.structs.replace(
            self,
            status=Status.PUBLISHED,
            published=min(self.published, int(now)),
            expires=None if over else self.expires,
        )

    def always(self) -> Visibility:
        """Return the row as one that hides nothing."""
        return msgspec.structs.replace(self, status=Status.PUBLISHED, published=0, expires=None)

    def _span(self, now: float) -> tuple[int, int] | None:
        begin, end = max(self.published, int(now)), self.expires
        end = FOREVER if end is None else end
        return (begin, end) if self.status is Status.PUBLISHED and begin < end else None


Rows = Mapping[Key, Visibility]


def visibility_of(article: Article, origin: Origin, author: str = "") -> Visibility:
    """Return the row of an article as its record is."""
    return Visibility(
        article_id=article.id,
        origin=origin,
        status=article.status,
        published=int(article.published.timestamp()),
        expires=None if article.expires is None else int(article.expires.timestamp()),
        author=author,
    )


def rows_since(connection: Connection, changed: int) -> list[Visibility]:
    """Load the rows with this number or a greater one, by number."""
    query = select(visibility).where(visibility.c.changed >= changed)
    return _read(connection, query.order_by(visibility.c.changed))


def rows_about(connection: Connection, ids: Sequence[str]) -> dict[Key, Visibility]:
    """Load the rows of some articles."""
    found: dict[Key, Visibility] = {}
    for part in _parts(ids):
        query = select(visibility).where(visibility.c.article_id.in_(part))
        found |= {row.key: row for row in _read(connection, query)}
    return found


def import_records(connection: Connection, records: Sequence[Visibility], now: datetime) -> None:
    """Hide at once what a source now hides; call it before the records are written.

    ``records`` are rows of the origin "source", as the records will be.
    """
    moment = min(now.timestamp(), time.time())
    _lock(connection)
    ids = [record.article_id for record in records]
    before, rows = _recorded(connection, ids), rows_about(connection, ids)
    wanted = []
    for record in records:
        was, row = before.get(record.article_id), rows.get(record.key)
        if row is not None:
            less = row.restricted(record)
            if not less.same(row):
                wanted.append(less)
        elif was is not None and not record.covers(was, moment):
            wanted.append(record)
    _write(connection, wanted, now.timestamp())


def import_withdrawals(connection: Connection, ids: Sequence[str], now: datetime) -> None:
    """Hide at once what the sources no longer have; call it before the records are written."""
    records = [
        msgspec.structs.replace(record, status=Status.WITHDRAWN)
        for record in _recorded(connection, ids).values()
    ]
    import_records(connection, records, now)


def push(connection: Connection, article: Article, author: str, now: datetime) -> None:
    """Show an article as a content system sent it; call it before the record is written.

    An article that nobody can have seen gets no row, nor one that is as visible as before.
    """
    _lock(connection)
    was = _recorded(connection, [article.id]).get(article.id)
    rows = rows_about(connection, [article.id])
    wanted = []
    source = rows.get((article.id, Origin.SOURCE))
    if source is not None:  # the push decides anew
        wanted.append(source.always())
    sent = visibility_of(article, Origin.PUSH, author)
    new = was is not None and not sent.covers(was, now.timestamp())
    hides = not sent.covers(sent.always(), now.timestamp())
    if sent.key in rows or new or (source is not None and hides):
        wanted.append(sent)
    unchanged = [row for row in wanted if row.key in rows and row.same(rows[row.key])]
    _write(connection, [row for row in wanted if row not in unchanged], now.timestamp())


def withdraw(connection: Connection, article: Article, author: str, now: datetime) -> None:
    """Hide an article that a content system deleted."""
    _lock(connection)
    gone = visibility_of(article, Origin.PUSH, author)
    row = msgspec.structs.replace(gone, status=Status.WITHDRAWN)
    _write(connection, [row], now.timestamp())


def restore(connection: Connection, article: str, author: str, now: float) -> bool:
    """Lift what a content system hides at ``now``; returns whether there was something."""
    _lock(connection)
    row = rows_about(connection, [article]).get((article, Origin.PUSH))
    if row is None or row.visible(now):
        return False
    _write(connection, [msgspec.structs.replace(row.opened(now), author=author)], now)
    return True


def to_settle(url: str, engine: Engine) -> dict[str, bool]:
    """Name the articles whose source rows differ from their records.

    The value is whether readers may see more of the article once it is settled.
    """
    with translate_db_errors(url), engine.connect() as connection:
        return {
            record.article_id: row is not None and not row.covers(record, time.time())
            for record, row in _unsettled(connection)
        }


def settle(url: str, engine: Engine, ids: Collection[str], now: datetime) -> None:
    """Take over the records of some articles into their source rows.

    Call it when all services use the snapshot that was built from these records.
    """
    with translate_db_errors(url), engine.begin() as connection:
        _lock(connection)
        wanted = [record for record, _ in _unsettled(connection) if record.article_id in ids]
        _write(connection, wanted, now.timestamp())


def kept_hidden(rows: Iterable[Visibility], records: Iterable[Article], now: datetime) -> list[str]:
    """Name the articles that content systems hide and whose records are public."""
    moment = now.timestamp()
    hidden = {r.article_id for r in rows if r.origin is Origin.PUSH and not r.visible(moment)}
    return [one.id for one in records if one.id in hidden and one.is_public(now)]


def _unsettled(connection: Connection) -> list[tuple[Visibility, Visibility | None]]:
    """Find the records that differ from their source rows, of all articles with a row."""
    rows = {row.key: row for row in rows_since(connection, 0)}
    found: list[tuple[Visibility, Visibility | None]] = []
    ids = list(dict.fromkeys(article for article, _ in rows))
    for record in _recorded(connection, ids).values():
        row = rows.get(record.key)
        if row is None:
            # Without a row a public article is as visible.
            if not record.covers(record.always(), time.time()):
                found.append((record, None))
        elif not row.same(record):
            found.append((record, row))
    return found


def _recorded(connection: Connection, ids: Sequence[str]) -> dict[str, Visibility]:
    """Load what the catalogue's records are, as source rows."""
    columns = (articles.c.id, articles.c.status, articles.c.published, articles.c.expires)
    found: dict[str, Visibility] = {}
    for part in _parts(ids):
        query = select(*columns).where(articles.c.id.in_(part))
        for identifier, status, published, expires in connection.execute(query):
            found[identifier] = Visibility(
                article_id=identifier,
                origin=Origin.SOURCE,
                status=Status(status),
                published=published,
                expires=expires,
            )
    return found


def _lock(connection: Connection) -> None:
    """Let no other transaction write rows until this one ends; readers go on.

    Without it rows of two transactions could become visible in another order than that of their
    numbers, and a service that asks for greater numbers would miss some.
    """
    connection.execute(_counter(0))


def _write(connection: Connection, rows: Sequence[Visibility], now: float) -> None:
    """Write rows in place of those with the same key; the caller holds the lock."""
    if not rows:
        return
    connection.execute(_counter(len(rows)))
    query = select(changes.c.number).where(changes.c.name == "visibility")
    first = connection.execute(query).scalar_one() - len(rows) + 1
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(visibility)
    updates = {c.name: statement.excluded[c.name] for c in visibility.c if not c.primary_key}
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[visibility.c.article_id, visibility.c.origin], set_=updates
        ),
        [
            _row(msgspec.structs.replace(row, created=int(now), changed=first + number))
            for number, row in enumerate(rows)
        ],
    )


def _counter(by: int) -> Any:
    counted = update(changes).where(changes.c.name == "visibility")
    return counted.values(number=changes.c.number + by)


def _read(connection: Connection, query: Any) -> list[Visibility]:
    return [
        Visibility(**{**row, "origin": Origin(row["origin"]), "status": Status(row["status"])})
        for row in connection.execute(query).mappings()
    ]


def _row(one: Visibility) -> dict[str, Any]:
    row = msgspec.structs.asdict(one)
    return row | {"origin": str(one.origin), "status": str(one.status)}


def _parts(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    return (ids[start : start + SOME] for start in range(0, len(ids), SOME))
