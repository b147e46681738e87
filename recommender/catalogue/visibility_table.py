"""Visibility of articles that changed since snapshots were built.

An article is visible to readers if the active snapshot shows it and each of its rows does.
Services poll the rows together with the override log. A row is written in the transaction that
changes the article:

- Source rows follow the catalogue. An import that hides an article writes the row at once. An
  import that shows it again changes the row only in :func:`settle`, at the end of the index run.
  Until then an older snapshot may be active, with a text for which the article was withdrawn.
- Push rows contain what a content system sent last. Imports do not change them. The next push or
  an editor who restores the article does.

A withdrawal hides the copies of the article, too. A record that ``index --prune`` withdrew is one
that the sources lack, and its copy is often the same article under another ID. So its row expires
instead: it hides that record alone.

Rows are never deleted, because other data directories may hold older snapshots of the same
catalogue. There are at most two rows for an article.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, or_, select, update

from recommender.articles.article import Article, Status
from recommender.catalogue.database import batches, insert_or_replace, reading, writing
from recommender.catalogue.rows import count_change
from recommender.catalogue.schema import articles, changes, visibility
from recommender.catalogue.visibility import Key, Origin, Visibility, visibility_of

PUSHED_BY, DELETED_BY = "pushed by ", "withdrawn by "
"""How the source of a record begins that a content system sent or deleted."""


def rows_since(connection: Connection, changed: int) -> list[Visibility]:
    """Load the rows whose ``changed`` is at least this number, in its order."""
    query = select(visibility).where(visibility.c.changed >= changed)
    return _read(connection, query.order_by(visibility.c.changed))


def rows_about(connection: Connection, ids: Sequence[str]) -> dict[Key, Visibility]:
    """Load the rows of some articles."""
    found: dict[Key, Visibility] = {}
    for batch in batches(ids):
        query = select(visibility).where(visibility.c.article_id.in_(batch))
        found |= {row.key: row for row in _read(connection, query)}
    return found


def visible_ids(connection: Connection, ids: Sequence[str], at: float) -> set[str]:
    """Return those of the articles that readers see at ``at``, unless an editor hides them."""
    shown = {one for one, record in _recorded(connection, ids).items() if record.visible(at)}
    rows = rows_about(connection, sorted(shown)).values()
    return shown - {row.article_id for row in rows if not row.visible(at)}


def import_records(
    connection: Connection,
    records: Sequence[Visibility],
    now: datetime,
    moved: Collection[str] = (),
) -> None:
    """Hide at once the articles that an import hides. Call it before the records are written.

    Parameters
    ----------
    records : the source rows that correspond to the new records.
    moved : ids of records that name former IDs. Readers may still see the articles under these.
    """
    at = min(now.timestamp(), time.time())
    _lock(connection)
    ids = [record.article_id for record in records]
    recorded, rows = _recorded(connection, ids), rows_about(connection, ids)
    changed_rows = []
    for record in records:
        before, row = recorded.get(record.article_id), rows.get(record.key)
        if record.article_id in moved:
            before = record.always()
        if row is not None:
            less = row.restricted(record)
            if not less.same(row):
                changed_rows.append(less)
        elif before is None:
            if record.status is Status.WITHDRAWN:  # its copies are hidden
                changed_rows.append(record)
        elif not record.covers(before, at):
            changed_rows.append(record)
    _write(connection, changed_rows, now.timestamp())


def import_removals(connection: Connection, ids: Sequence[str], now: datetime) -> None:
    """Hide at once the articles that the sources lack. Call it before they are updated."""
    records = [record.removed() for record in _recorded(connection, ids).values()]
    import_records(connection, records, now)


def push(connection: Connection, article: Article, author: str, now: datetime) -> None:
    """Show or hide an article as a content system sent it. Call it before the record is written.

    A new article gets no row, nor one that is as visible as before.
    """
    _lock(connection)
    sent = visibility_of(article, Origin.PUSH, author)
    before = _recorded(connection, [article.id]).get(article.id)
    if article.formerly:  # readers may still see it under a former ID
        before = sent.always()
    rows = rows_about(connection, [article.id])
    changed_rows = []
    source = rows.get((article.id, Origin.SOURCE))
    if source is not None:  # a push overrides what the source hides
        changed_rows.append(source.always())
    less = before is not None and not sent.covers(before, now.timestamp())
    hides = not sent.covers(sent.always(), now.timestamp())
    if sent.key in rows or less or (source is not None and hides):
        changed_rows.append(sent)
    unchanged = [row for row in changed_rows if row.key in rows and row.same(rows[row.key])]
    _write(connection, [row for row in changed_rows if row not in unchanged], now.timestamp())


def withdraw(connection: Connection, article: Article, author: str, now: datetime) -> None:
    """Hide an article that a content system deleted."""
    _lock(connection)
    row = visibility_of(article, Origin.PUSH, author)
    row = msgspec.structs.replace(row, status=Status.WITHDRAWN)
    _write(connection, [row], now.timestamp())


def restore(connection: Connection, article: str, author: str, now: float) -> bool:
    """Show an article that a content system hides at ``now``; return whether it was hidden."""
    _lock(connection)
    rows = rows_about(connection, [article])
    row = rows.get((article, Origin.PUSH))
    if row is None or row.visible(now):
        return False
    opened = [msgspec.structs.replace(row.opened(now), author=author)]
    if _republish(connection, article) and (source := rows.get((article, Origin.SOURCE))):
        opened.append(source.opened(now))
    _write(connection, opened, now)
    return True


def store_again(
    connection: Connection, rows: Sequence[Visibility], changed: int, now: float
) -> None:
    """Store rows of a backup with new numbers, greater than ``changed`` and than all others."""
    _lock(connection)
    counter = update(changes).where(changes.c.name == "visibility", changes.c.number < changed)
    connection.execute(counter.values(number=changed))
    _write(connection, rows, now)


def _republish(connection: Connection, article: str) -> bool:
    """Publish the record that a content system withdrew; return whether there is one.

    Without it the next index run would leave the article out, and hide its copies. The record
    counts as changed, so that incremental runs publish it.
    """
    withdrawn = (
        articles.c.id == article,
        articles.c.status == str(Status.WITHDRAWN),
        or_(*(articles.c.source.startswith(start) for start in (PUSHED_BY, DELETED_BY))),
    )
    count_change(connection)
    number = select(changes.c.number).where(changes.c.name == "articles").scalar_subquery()
    published = {"status": str(Status.PUBLISHED), "digest": "", "changed": number}
    return bool(connection.execute(update(articles).where(*withdrawn).values(**published)).rowcount)


def to_settle(engine: Engine) -> dict[str, bool]:
    """Find the articles whose source rows differ from their records.

    Returns
    -------
    dict
        By id, whether the article will be visible at more times once it is settled.
    """
    with reading(engine) as connection:
        return {
            record.article_id: row is not None and not row.covers(record, time.time())
            for record, row in _unsettled(connection)
        }


def settle(engine: Engine, ids: Collection[str], now: datetime) -> None:
    """Update the source rows of some articles from their records.

    Call it when all services use the snapshot that was built from these records.
    """
    with writing(engine) as connection:
        _lock(connection)
        changed_rows = [record for record, _ in _unsettled(connection) if record.article_id in ids]
        _write(connection, changed_rows, now.timestamp())


def _unsettled(connection: Connection) -> list[tuple[Visibility, Visibility | None]]:
    """List the records that differ from their source rows, of all articles with a row."""
    rows = {row.key: row for row in rows_since(connection, 0)}
    found: list[tuple[Visibility, Visibility | None]] = []
    ids = list(dict.fromkeys(article for article, _ in rows))
    for record in _recorded(connection, ids).values():
        row = rows.get(record.key)
        if row is None:
            # A public article needs no row.
            if not record.covers(record.always(), time.time()):
                found.append((record, None))
        elif not row.same(record):
            found.append((record, row))
    return found


def _recorded(connection: Connection, ids: Sequence[str]) -> dict[str, Visibility]:
    """Load the source rows that correspond to the records of some articles."""
    columns = ("id", "status", "published", "expires", "digest")
    found: dict[str, Visibility] = {}
    for batch in batches(ids):
        query = select(*(articles.c[name] for name in columns)).where(articles.c.id.in_(batch))
        for row in connection.execute(query):
            record = Visibility(
                article_id=row.id,
                origin=Origin.SOURCE,
                status=Status(row.status),
                published=row.published,
                expires=row.expires,
            )
            # A withdrawn record without a digest: the sources lacked it, see `Catalogue`.
            removed = record.status is Status.WITHDRAWN and not row.digest
            found[row.id] = record.removed() if removed else record
    return found


def _lock(connection: Connection) -> None:
    """Keep other writers of rows out until this transaction ends. Readers are not blocked.

    Without the lock, rows of two transactions could become visible in another order than that of
    their numbers. A service that asks for greater numbers would miss some.
    """
    connection.execute(_counter(0))


def _write(connection: Connection, rows: Sequence[Visibility], now: float) -> None:
    """Insert rows or replace those with the same key. The caller holds the lock."""
    if not rows:
        return
    connection.execute(_counter(len(rows)))
    query = select(changes.c.number).where(changes.c.name == "visibility")
    first = connection.execute(query).scalar_one() - len(rows) + 1
    numbered = [
        _row(msgspec.structs.replace(row, created=int(now), changed=first + number))
        for number, row in enumerate(rows)
    ]
    insert_or_replace(connection, visibility, numbered)


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
