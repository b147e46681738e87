"""Rolling back to an older snapshot shows nothing that was withdrawn since by its source alone.

What editors and pushes withdrew is in the log already. What only the catalogue knows is hidden by
entries of their own, until an index run publishes what goes by the catalogue again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, Engine, select

from recommender.article import Status
from recommender.database import named, writing
from recommender.dates import from_epoch
from recommender.overrides.decision import Decision, Kind
from recommender.overrides.hiding import (
    ROLLBACK,
    Span,
    covered,
    hiding,
    lifting,
    rolled_back,
    span_of,
    spans,
)
from recommender.overrides.log import Log, add_within
from recommender.schema import articles
from recommender.snapshot import NEVER, Snapshot


class Record(NamedTuple):
    """What decides who may see an article."""

    status: Status
    published: datetime
    expires: datetime | None


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


def hidden(log: Log) -> list[Decision]:
    """Load what rolling back has hidden."""
    return [one for one in log.standing() if rolled_back(one)]


def lift(log: Log, now: float) -> None:
    """Lift what rolling back has hidden: what is in force goes by the catalogue again."""
    log.add([lifting(one, ROLLBACK) for one in hidden(log)], now)


def _hidden(
    connection: Connection, snapshot: Snapshot, now: datetime
) -> Iterator[tuple[str, list[Span]]]:
    """Find when the catalogue hides what the snapshot has as public then."""
    query = select(articles.c.id, articles.c.status, articles.c.published, articles.c.expires)
    for identifier, status, published, expires in connection.execute(query):
        row = snapshot.row(identifier)
        if row is not None:
            record = Record(Status(status), from_epoch(published), _moment(expires))
            end = snapshot.expires.item(row)
            begun = from_epoch(snapshot.published.item(row))
            shown = Record(Status.PUBLISHED, begun, None if end == NEVER else from_epoch(end))
            more = spans(record, now)
            if not covered(more, spans(shown, now)):
                yield identifier, more


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else from_epoch(seconds)
