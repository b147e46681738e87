"""The append-only log of overrides, in the table ``decisions`` of the catalogue.

Entries are numbered in the order in which they become visible to readers. The greatest number is
the version of the log. An entry keeps the IDs that it was stored with. Where an article has moved
to another ID since, loaded entries have its present ID.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager

import msgspec
from sqlalchemy import Connection, Engine, select

from recommender.catalogue.database import (
    Check,
    batches,
    exclusive_transaction,
    open_database,
    reading,
    unchecked,
)
from recommender.catalogue.former_ids import FormerIds, load_former_ids
from recommender.catalogue.schema import articles, decisions
from recommender.errors import ConflictError, OverrideError, UnknownArticleError
from recommender.messages import Message, shortened
from recommender.overrides.active_log import ActiveLog, no_entry
from recommender.overrides.log_rows import (
    entry_with_number,
    load_entries,
    names_any_of,
    related_within,
    store_within,
    version_within,
    with_current_ids,
)
from recommender.overrides.override import Kind, Override, Scope
from recommender.overrides.validation import validated


class Log:
    """Reads and adds entries."""

    def __init__(self, url: str, engine: Engine | None = None, check: Check = unchecked) -> None:
        """Open the log.

        Parameters
        ----------
        url : SQLAlchemy URL of the catalogue.
        engine : engine to use as it is; without one the database is opened and migrated.
        check : called at the start of each write transaction; an error of it ends the transaction.
        """
        self._check = check
        self.engine = engine or open_database(url)

    def close(self) -> None:
        """Close the connections to the database."""
        self.engine.dispose()

    def version(self, article: str | None = None) -> int:
        """Return the greatest number of all entries, or of the entries of one list; 0 without any.

        ``article`` is the article above the list; "" selects the entries that apply to all lists.
        """
        with reading(self.engine) as connection:
            return version_within(connection, article)

    def entries(
        self,
        *,
        after: int = 0,
        before: int | None = None,
        article: str | None = None,
        author: str | None = None,
        kind: Kind | None = None,
        since: float | None = None,
        until: float | None = None,
        newest: int | None = None,
    ) -> list[Override]:
        """Load entries, oldest first.

        Parameters
        ----------
        after, before : exclusive limits of the number.
        article : id of an article, as the article or as the pick.
        author : name of an editor.
        kind : what the entries do.
        since, until : inclusive and exclusive limit of the creation, in seconds since 1970 UTC.
        newest : return at most this many entries, the newest.
        """
        query = select(decisions).where(decisions.c.id > after)
        if before is not None:
            query = query.where(decisions.c.id < before)
        if author is not None:
            query = query.where(decisions.c.author == author)
        if kind is not None:
            query = query.where(decisions.c.kind == str(kind))
        if since is not None:
            query = query.where(decisions.c.created >= int(since))
        if until is not None:
            query = query.where(decisions.c.created < int(until))
        with reading(self.engine) as connection:
            moves = load_former_ids(connection)
            if article is not None:
                query = query.where(names_any_of(moves.all_of(article)))
            query = query.order_by(decisions.c.id.desc()).limit(newest)
            entries = load_entries(connection, query)[::-1]
            return [with_current_ids(entry, moves) for entry in entries]

    def entries_as_stored(self, after: int) -> list[Override]:
        """Load the entries with greater numbers, oldest first, with the IDs of their time."""
        query = select(decisions).where(decisions.c.id > after).order_by(decisions.c.id)
        with reading(self.engine) as connection:
            return load_entries(connection, query)

    def undone(self, numbers: Iterable[int]) -> dict[int, Override]:
        """Return the entries that undo some entries now, by the number of the undone one."""
        found: dict[int, Override] = {}
        pending = sorted(set(numbers))
        with reading(self.engine) as connection:
            while pending:
                undos = [
                    entry
                    for batch in batches(pending)
                    for entry in load_entries(
                        connection, select(decisions).where(decisions.c.undoes.in_(batch))
                    )
                ]
                found |= {entry.id: entry for entry in undos}
                pending = [entry.id for entry in undos]
        return ActiveLog(found[number] for number in sorted(found)).undone()

    def active(self) -> list[Override]:
        """Load the overrides that are not undone, whatever their dates, oldest first."""
        return ActiveLog(self.entries()).overrides()

    def root(self, number: int) -> Override:
        """Follow a chain of undos to the override at its end."""
        with reading(self.engine) as connection:
            entry = _entry(connection, number)
            while entry.undoes is not None:
                entry = _entry(connection, entry.undoes)
        return entry

    def add(
        self,
        overrides: Sequence[Override],
        now: float,
        *,
        expected_versions: Mapping[str, int] | None = None,
    ) -> list[Override]:
        """Add overrides, all or none, and return them with their numbers.

        Parameters
        ----------
        now : time of the entries, in seconds since 1970 UTC.
        expected_versions : version of each list that the editor loaded, by id of the article.

        Raises
        ------
        ConflictError
            A list has a newer version.
        OverrideError
            An override is invalid or contradicts another one.
        """
        with self.transaction() as connection:
            _check_versions(connection, expected_versions or {})
            return add_within(connection, overrides, now)

    def transaction(self) -> AbstractContextManager[Connection]:
        """Open an exclusive write transaction of the log."""
        return exclusive_transaction(self.engine, "decisions", self._check)


def add_within(connection: Connection, overrides: Sequence[Override], now: float) -> list[Override]:
    """Add overrides within :meth:`Log.transaction`; see :meth:`Log.add`."""
    entries, moves = [], load_former_ids(connection)
    for number, one in enumerate(overrides):
        with _numbered_error(number):
            entries.append(validated(with_current_ids(_with_target(connection, one), moves), now))
    _check_ids(connection, entries)
    added = _with_numbers(connection, entries, int(now), moves)
    store_within(connection, added)
    return added


def active_within(connection: Connection, article: str) -> list[Override]:
    """Load the overrides that are not undone and name an article: above the list or as the pick."""
    moves = load_former_ids(connection)
    query = select(decisions).where(names_any_of(moves.all_of(article))).order_by(decisions.c.id)
    entries = load_entries(connection, query)
    return ActiveLog(with_current_ids(entry, moves) for entry in entries).overrides()


@contextmanager
def _numbered_error(number: int) -> Iterator[None]:
    """Store in an OverrideError the index of the override that caused it."""
    try:
        yield
    except OverrideError as error:
        error.number = number
        raise


def _check_versions(connection: Connection, expected: Mapping[str, int]) -> None:
    moves = load_former_ids(connection)
    for name, version in expected.items():
        names = moves.all_of(name)
        newer = select(decisions).where(decisions.c.article.in_(names), decisions.c.id > version)
        if found := load_entries(connection, newer.order_by(decisions.c.id)):
            newer_entries = [with_current_ids(entry, moves) for entry in found]
            raise ConflictError(names[0], version, newer_entries)


def _with_target(connection: Connection, override: Override) -> Override:
    """Copy the article, pick and scope of the undone entry into an undo."""
    if override.kind is not Kind.UNDO:
        return override
    target = _entry(connection, override.undoes or 0)
    return msgspec.structs.replace(
        override, article=target.article, pick=target.pick, scope=target.scope
    )


def _entry(connection: Connection, number: int) -> Override:
    if found := entry_with_number(connection, number):
        return found[0]
    raise no_entry(number)


def _check_ids(connection: Connection, overrides: Sequence[Override]) -> None:
    """Reject ids that are not in the catalogue, except in undos."""
    ids: dict[str, int] = {}
    for number, one in enumerate(overrides):
        if one.kind is not Kind.UNDO:
            for name in (one.article, one.pick if one.scope is Scope.ARTICLE else ""):
                ids.setdefault(name, number)
    ids.pop("", None)
    known: set[str] = set()
    for batch in batches(sorted(ids)):
        query = select(articles.c.id).where(articles.c.id.in_(batch))
        known.update(connection.execute(query).scalars())
    if unknown := [name for name in ids if name not in known]:
        more = Message(" (and %(n)s more)", n=len(unknown) - 1) if len(unknown) > 1 else ""
        with _numbered_error(ids[unknown[0]]):
            error = UnknownArticleError(
                "article %(article)r%(more)s: expected the id of an article in the catalogue",
                article=shortened(unknown[0], 80),
                more=more,
            )
            error.unknown = unknown[0]
            raise error


def _with_numbers(
    connection: Connection, overrides: Sequence[Override], now: int, moves: FormerIds
) -> list[Override]:
    """Assign the numbers, and check each entry against all earlier entries."""
    log = ActiveLog(related_within(connection, overrides, moves))
    first = version_within(connection, None) + 1
    added = []
    for number, one in enumerate(overrides):
        entry = msgspec.structs.replace(one, id=first + number, created=now)
        with _numbered_error(number):
            log.add(entry)
        added.append(entry)
    return added
