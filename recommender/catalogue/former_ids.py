"""Former IDs: which article an ID names after the article has moved to another ID.

A record names the IDs that its article had before in ``formerly``. The last record that names an ID
has it. Rows stay when later records name none, because many content systems report a move once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import Connection, delete, func, inspect, or_, select

from recommender.articles.article import Article, normalize_id
from recommender.catalogue.database import batches, insert_or_replace
from recommender.catalogue.schema import former_ids

Names = Mapping[str, Sequence[str]]
"""By any ID of an article that moved, all its IDs: first the present one, then the former ones."""


class FormerIds:
    """The present IDs of moved articles, and the former IDs of each.

    Parameters
    ----------
    claims : for each former ID, the ID of the article that names it. That article may have moved
        on itself.
    """

    def __init__(self, claims: Mapping[str, str] | None = None) -> None:
        claims = claims or {}
        ends = {former: _end_of(claims, former) for former in claims}
        self.current = {former: end for former, end in ends.items() if end is not None}
        """Present ID by former ID. Articles that name each other in a circle have not moved."""
        self._former: dict[str, list[str]] = {}
        for former, current in self.current.items():
            self._former.setdefault(current, []).append(former)

    def current_of(self, identifier: str) -> str:
        """Return the present ID of an article."""
        return self.current.get(identifier, identifier)

    def former_of(self, identifier: str) -> list[str]:
        """List the former IDs of an article, also those of earlier moves."""
        return self._former.get(identifier, [])

    def all_of(self, identifier: str) -> list[str]:
        """List the present ID of an article and its former IDs."""
        current = self.current_of(normalize_id(identifier))
        return [current, *self.former_of(current)]

    def names_of(self, ids: Iterable[str]) -> Names:
        """Return the names of those of some articles that moved."""
        if not self.current:
            return {}
        names = {identifier: self.all_of(identifier) for identifier in ids}
        return {one: [now, *sorted(former)] for one, (now, *former) in names.items() if former}


def load_former_ids(connection: Connection) -> FormerIds:
    """Load all former IDs; none from a database that is not migrated yet."""
    if not inspect(connection).has_table("former_ids"):
        return FormerIds()
    rows = connection.execute(select(former_ids.c.former_id, former_ids.c.article_id))
    return FormerIds({former: article for former, article in rows})  # noqa: C416 - typed


def load_names(connection: Connection, ids: Collection[str]) -> Names:
    """Load the names of those of some articles that moved.

    Services call it whenever articles change. Loading all moves of an archive would take long.
    """
    if not inspect(connection).has_table("former_ids"):
        return {}
    moves = connection.execute(select(func.count()).select_from(former_ids)).scalar_one()
    if moves <= len(ids):
        return load_former_ids(connection).names_of(ids)
    claims: dict[str, str] = {}
    known, pending = set(ids), set(ids)
    while pending:
        found = _claims_about(connection, sorted(pending))
        pending = {*found, *found.values()} - known
        known |= pending
        claims |= found
    return FormerIds(claims).names_of(ids)


def _claims_about(connection: Connection, ids: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for batch in batches(ids):
        either = or_(former_ids.c.former_id.in_(batch), former_ids.c.article_id.in_(batch))
        query = select(former_ids.c.former_id, former_ids.c.article_id).where(either)
        found |= {former: article for former, article in connection.execute(query)}  # noqa: C416 - typed
    return found


def store_former_ids(connection: Connection, articles: Iterable[Article]) -> None:
    """Store the former IDs that records name, in place of those that they named before."""
    articles = list(articles)
    named = {a.id: a.formerly for a in articles if a.formerly is not None}
    if not named:
        return
    own = former_ids.c.article_id.in_(named)
    back = former_ids.c.former_id.in_(moved_back(connection, articles))
    connection.execute(delete(former_ids).where(own | back))
    claims = {former: article for article, formerly in named.items() for former in formerly}
    if claims:
        rows = [{"former_id": former, "article_id": article} for former, article in claims.items()]
        insert_or_replace(connection, former_ids, rows)


def moved_back(connection: Connection, articles: Iterable[Article]) -> list[str]:
    """List the ids of the records by which articles move back: they are no former IDs any more.

    Such a record names the present ID of its article as a former one, and did not before the
    article got that ID. Articles that swap their IDs in one import name each other, too. They have
    not moved back.
    """
    named = {a.id: a.formerly for a in articles if a.formerly}
    query = select(former_ids.c.former_id).where(former_ids.c.former_id.in_(named))
    if not named or connection.execute(query).first() is None:
        return []
    moves = load_former_ids(connection)
    own = former_ids.c.article_id.in_(named)
    known = {
        (row.article_id, row.former_id) for row in connection.execute(select(former_ids).where(own))
    }
    present = {article: moves.current_of(article) for article in named}
    return [
        article
        for article, current in present.items()
        if current in named[article] and (article, current) not in known
    ]


def return_from(connection: Connection, removed: Collection[str], kept: Collection[str]) -> None:
    """Let articles move back from IDs that the sources lack to former ones that they have.

    The present ID becomes a former one, so that decisions move along.

    Parameters
    ----------
    removed : present IDs that the sources lack.
    kept : all IDs that the sources have.
    """
    moves = load_former_ids(connection).current.items()
    back = {former: now for former, now in moves if former in kept and now in removed}
    for batch in batches(sorted(back)):
        connection.execute(delete(former_ids).where(former_ids.c.former_id.in_(batch)))
    if claims := {now: former for former, now in back.items()}:
        rows = [{"former_id": former, "article_id": article} for former, article in claims.items()]
        insert_or_replace(connection, former_ids, rows)


def _end_of(claims: Mapping[str, str], identifier: str) -> str | None:
    """Follow the moves of an article to its present ID; None if they go in a circle."""
    seen = {identifier}
    while (following := claims.get(identifier)) is not None:
        if following in seen:
            return None
        seen.add(following)
        identifier = following
    return identifier
