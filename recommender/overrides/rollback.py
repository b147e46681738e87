"""Rolling back to an older snapshot shows nothing that was withdrawn since by its source alone.

What editors and pushes withdrew is in the log already. What only the catalogue knows is hidden by
entries of their own, for as long as the catalogue hides it: an older snapshot may be in force in
another home, or again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterator
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, Engine, select

from recommender.articles.article import Status
from recommender.catalogue.database import named, writing
from recommender.catalogue.schema import articles
from recommender.dates import from_epoch
from recommender.overrides.hiding import (
    ROLLBACK,
    Span,
    covered,
    hiding,
    lifting,
    pushed_about,
    rolled_back,
    span_of,
    spans,
)
from recommender.overrides.log import Log, add_within
from recommender.overrides.override import Decision, Kind
from recommender.snapshots.snapshot import NEVER, Snapshot


class Record(NamedTuple):
    """What decides who may see an article."""

    status: Status
    published: datetime
    expires: datetime | None


def shown_by(snapshot: Snapshot, identifier: str) -> Record | None:
    """Tell what a snapshot says of an article; None where it does not hold it."""
    row = snapshot.row(identifier)
    if row is None:
        return None
    end = snapshot.expires.item(row)
    begun = from_epoch(snapshot.published.item(row))
    return Record(Status.PUBLISHED, begun, None if end == NEVER else from_epoch(end))


def hide_gone(url: str, engine: Engine, snapshot: Snapshot, now: datetime) -> int:
    """Hide what a snapshot would show and the catalogue would not; returns how many articles."""
    known: dict[str, list[Span]] = defaultdict(list)
    for one in Log(url, engine).standing():
        if one.kind is Kind.WITHDRAW and one.pushed:
            known[one.article].append(span_of(one))
    with named(url), writing(engine, "decisions") as connection:
        wanted = [
            hiding(article, span, ROLLBACK)
            for article, more in _hidden(connection, snapshot, now)
            for span in more
            if not covered([span], known[article])
        ]
        add_within(connection, wanted, now.timestamp())
    return len({one.article for one in wanted})


def gone(url: str, engine: Engine, snapshot: Snapshot, now: datetime) -> list[Decision]:
    """Tell what :func:`hide_gone` would write, for who may not write."""
    with named(url), engine.connect() as connection:
        return [
            hiding(article, span, ROLLBACK)
            for article, more in _hidden(connection, snapshot, now)
            for span in more
        ]


def shown_again(url: str, engine: Engine, now: datetime) -> set[str]:
    """Name the articles that rolling back has hidden and the catalogue hides no longer."""
    hidden: dict[str, list[Decision]] = defaultdict(list)
    for one in Log(url, engine).standing():
        if rolled_back(one):
            hidden[one.article].append(one)
    if not hidden:
        return set()
    with named(url), engine.connect() as connection:
        return {
            article
            for article, record in _records(connection)
            if any(_needless(one, record, now) for one in hidden.get(article, ()))
        }


def lift(url: str, engine: Engine, wanted: Container[str], now: datetime) -> None:
    """Lift what rolling back has hidden of some articles, where the catalogue does not."""
    with named(url), writing(engine, "decisions") as connection:
        lifted = [
            lifting(one, ROLLBACK)
            for article, record in _records(connection)
            if article in wanted
            for one in pushed_about(connection, article)
            if _needless(one, record, now)
        ]
        add_within(connection, lifted, now.timestamp())


def _needless(one: Decision, record: Record, now: datetime) -> bool:
    return rolled_back(one) and not covered([span_of(one)], spans(record, now))


def _hidden(
    connection: Connection, snapshot: Snapshot, now: datetime
) -> Iterator[tuple[str, list[Span]]]:
    """Find when the catalogue hides what the snapshot has as public then."""
    for identifier, record in _records(connection):
        if shown := shown_by(snapshot, identifier):
            more = spans(record, now)
            if not covered(more, spans(shown, now)):
                yield identifier, more


def _records(connection: Connection) -> Iterator[tuple[str, Record]]:
    query = select(articles.c.id, articles.c.status, articles.c.published, articles.c.expires)
    for identifier, status, published, expires in connection.execute(query).all():
        yield identifier, Record(Status(status), from_epoch(published), _moment(expires))


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else from_epoch(seconds)
