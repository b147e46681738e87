"""Addresses as IDs that change from ``http`` to ``https``, or back: their articles have moved.

Feeds name their entries by address, and change all of them when the site moves to ``https``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import Connection, delete, select

from recommender.articles.article import Article
from recommender.catalogue.schema import articles, former_ids


class SchemeChanges:
    """Adds former IDs to the records of one source.

    An address that is new, and whose other one the source had, has moved. An address stays a
    former one until the source has both. Then they are two records.
    """

    def __init__(self, source: str) -> None:
        self._source = source
        self._read: set[str] = set()
        """Addresses that the source has."""
        self._moved: set[str] = set()
        """Those of them that got a former ID here."""

    def with_former_ids(self, connection: Connection, batch: Sequence[Article]) -> list[Article]:
        """Return the records of a batch; those that moved name their former ID."""
        others = {a.id: other for a in batch if (other := _other_scheme(a.id))}
        self._read |= others.keys()
        silent = {a.id: others[a.id] for a in batch if a.formerly is None and a.id in others}
        alone = {one: other for one, other in silent.items() if other not in self._read}
        separate = self._separate(connection, others) & silent.keys()
        moved = self._moves(connection, alone)
        self._moved |= moved
        formerly = dict.fromkeys(separate, ()) | {one: (others[one],) for one in moved}
        return [
            msgspec.structs.replace(a, formerly=formerly[a.id]) if a.id in formerly else a
            for a in batch
        ]

    def _separate(self, connection: Connection, others: Mapping[str, str]) -> set[str]:
        """Undo moves from addresses that the source has, too, and return these."""
        wrong = {one: other for one, other in others.items() if other in self._moved}
        same = former_ids.c.former_id.in_(wrong) & former_ids.c.article_id.in_(wrong.values())
        if wrong:
            connection.execute(delete(former_ids).where(same))
        return set(wrong)

    def _moves(self, connection: Connection, others: Mapping[str, str]) -> set[str]:
        """Return the addresses that moved now, or did in an earlier import."""
        ids = [*others, *others.values()]
        query = select(articles.c.id, articles.c.source).where(articles.c.id.in_(ids))
        sources = {row.id: row.source for row in connection.execute(query)}
        claims = connection.execute(select(former_ids).where(former_ids.c.former_id.in_(ids)))
        known = {frozenset((row.former_id, row.article_id)) for row in claims}
        return {
            one
            for one, other in others.items()
            if sources.get(other) == self._source
            and (one not in sources or frozenset((one, other)) in known)
        }


def _other_scheme(identifier: str) -> str:
    """Return an address with the other scheme; "" for an ID that is none."""
    scheme, mark, rest = identifier.partition("://")
    other = {"http": "https", "https": "http"}.get(scheme)
    return f"{other}{mark}{rest}" if other and mark else ""
