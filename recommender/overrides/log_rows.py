"""Rows of the table ``decisions``: read, selected and stored within a transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, CursorResult, Select, func, or_, select

from recommender.articles.article import normalize_id
from recommender.catalogue.database import batches
from recommender.catalogue.former_ids import FormerIds, load_former_ids
from recommender.catalogue.schema import decisions
from recommender.overrides.override import Kind, Override, Scope


def entries_within(connection: Connection) -> list[Override]:
    """Load all entries as they are stored, oldest first."""
    return load_entries(connection, select(decisions).order_by(decisions.c.id))


def store_within(connection: Connection, entries: Sequence[Override]) -> None:
    """Store entries under the numbers that they have, without checks."""
    if entries:
        connection.execute(decisions.insert(), [_row(entry) for entry in entries])


def entry_with_number(connection: Connection, number: int) -> list[Override]:
    """Load the entry with a number as it is stored; an empty list if there is none."""
    return load_entries(connection, select(decisions).where(decisions.c.id == number))


def version_within(connection: Connection, article: str | None) -> int:
    """Return the greatest number of all entries, or of those of one list; see `Log.version`."""
    query = select(func.max(decisions.c.id))
    if article is not None:
        names = load_former_ids(connection).all_of(article)
        query = query.where(decisions.c.article.in_(names))
    return connection.execute(query).scalar() or 0


def related_within(
    connection: Connection, overrides: Sequence[Override], moves: FormerIds
) -> list[Override]:
    """Load the entries of the same articles or picks, oldest first.

    Of sections, tags and authors all are loaded: a name is written in several ways.
    """
    scopes = {str(one.scope) for one in overrides} - {str(Scope.ARTICLE)}
    of_scopes = select(decisions).where(decisions.c.scope.in_(scopes))
    found = {entry.id: entry for entry in load_entries(connection, of_scopes)} if scopes else {}
    for column in (decisions.c.article, decisions.c.pick):
        present = {getattr(one, column.name) for one in overrides} - {""}
        names = present | {former for name in present for former in moves.former_of(name)}
        for batch in batches(sorted(names)):
            for entry in load_entries(connection, select(decisions).where(column.in_(batch))):
                found[entry.id] = with_current_ids(entry, moves)
    return [found[number] for number in sorted(found)]


def names_any_of(ids: Sequence[str]) -> ColumnElement[bool]:
    """Select the entries that name one of some IDs: as the article or as the pick."""
    return or_(decisions.c.article.in_(ids), decisions.c.pick.in_(ids))


def with_current_ids(entry: Override, moves: FormerIds) -> Override:
    """Replace former IDs in an entry by present ones."""
    if not moves.current:
        return entry
    article = moves.current_of(normalize_id(entry.article))
    is_id = entry.scope is Scope.ARTICLE
    pick = moves.current_of(normalize_id(entry.pick)) if is_id else entry.pick
    return msgspec.structs.replace(entry, article=article, pick=pick)


def load_entries(connection: Connection, query: Select[Any]) -> list[Override]:
    """Load the entries of a query, in its order."""
    rows: CursorResult[Any] = connection.execute(query)
    return [
        Override(**{**row, "kind": Kind(row["kind"]), "scope": Scope(row["scope"])})
        for row in rows.mappings()
    ]


def _row(entry: Override) -> dict[str, Any]:
    row = {column.name: getattr(entry, column.name) for column in decisions.c}
    return row | {"kind": str(entry.kind), "scope": str(entry.scope)}
