"""The log of decisions in the catalogue's database: only ever added to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import msgspec
from sqlalchemy import Connection, CursorResult, Engine, Select, func, or_, select

from recommender.articles.article import normalize_id
from recommender.catalogue.database import exclusive_transaction, open_database, translate_db_errors
from recommender.catalogue.schema import articles, decisions
from recommender.errors import ConflictError, OverrideError
from recommender.messages import Message
from recommender.overrides.facets import items
from recommender.overrides.override import Kind, Override, Scope
from recommender.overrides.standing import ActiveLog, no_entry
from recommender.overrides.validation import checked

SOME = 400
"""Ids named in one query; databases limit them."""

NAMES = tuple(column.name for column in decisions.c)


class Log:
    """Reads and adds decisions."""

    def __init__(self, url: str, engine: Engine | None = None) -> None:
        """Open the log; an ``engine`` that is given is used as it is, without migrations."""
        self._url = url
        self.engine = engine or open_database(url)

    def close(self) -> None:
        """Let go of the database's connections."""
        self.engine.dispose()

    def version(self, article: str | None = None) -> int:
        """Tell the greatest number of all entries, or of those about one article's block.

        0 where there are none; "" asks for those about every block.
        """
        about = None if article is None else normalize_id(article)
        with translate_db_errors(self._url), self.engine.connect() as connection:
            return _version(connection, about)

    def entries(
        self,
        *,
        after: int = 0,
        before: int | None = None,
        article: str | None = None,
        author: str | None = None,
        newest: int | None = None,
    ) -> list[Override]:
        """Load entries, oldest first.

        Those newer than a number, older than another, about an article (its block, or as a pick),
        by an editor; and of all these only the ``newest`` so many.
        """
        query = select(decisions).where(decisions.c.id > after)
        if before is not None:
            query = query.where(decisions.c.id < before)
        if article is not None:
            article = normalize_id(article)
            query = query.where(or_(decisions.c.article == article, decisions.c.pick == article))
        if author is not None:
            query = query.where(decisions.c.author == author)
        query = query.order_by(decisions.c.id.desc()).limit(newest)
        with translate_db_errors(self._url), self.engine.connect() as connection:
            return _read(connection, query)[::-1]

    def standing(self) -> list[Override]:
        """Load what no undo has lifted, whatever its dates, oldest first."""
        return ActiveLog(self.entries()).decisions()

    def root(self, number: int) -> Override:
        """Find the decision that an entry, or the entries that it undoes, is about."""
        with translate_db_errors(self._url), self.engine.connect() as connection:
            entry = _entry(connection, number)
            while entry.undoes is not None:
                entry = _entry(connection, entry.undoes)
        return entry

    def add(
        self, wanted: Sequence[Override], now: float, *, seen: Mapping[str, int] | None = None
    ) -> list[Override]:
        """Add decisions, all of them or none; returns them with their numbers.

        ``seen`` holds, by article, the version that whoever decides has looked at. Raises
        :class:`ConflictError` where there is a newer one, and :class:`OverrideError` for what may
        not be added.
        """
        with self.writing() as connection:
            _check_seen(connection, seen or {})
            return add_within(connection, wanted, now)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open a transaction that alone writes to the log."""
        with (
            translate_db_errors(self._url),
            exclusive_transaction(self.engine, "decisions") as connection,
        ):
            yield connection


def add_within(connection: Connection, wanted: Sequence[Override], now: float) -> list[Override]:
    """Add decisions in a transaction that alone writes to the log; see :meth:`Log.add`."""
    cleaned = []
    for number, one in enumerate(wanted):
        with _named_by(number):
            cleaned.append(checked(_completed(connection, one), now))
    _check_known(connection, cleaned)
    added = _numbered(connection, cleaned, int(now))
    if added:
        connection.execute(decisions.insert(), [_row(entry) for entry in added])
    return added


@contextmanager
def _named_by(number: int) -> Iterator[None]:
    """Say of a decision that cannot be taken which of several it is."""
    try:
        yield
    except OverrideError as error:
        error.number = number
        raise


def standing_about(connection: Connection, article: str) -> list[Override]:
    """Load what stands about an article's block or the article itself, whatever its dates."""
    about = or_(decisions.c.article == article, decisions.c.pick == article)
    entries = _read(connection, select(decisions).where(about).order_by(decisions.c.id))
    return ActiveLog(entries).decisions()


def members(engine: Engine, scope: Scope, name: str) -> list[str]:
    """List the ids of the articles with a tag or an author."""
    item = items(engine, scope)
    query = select(articles.c.id).where(select(item.c.value).where(item.c.value == name).exists())
    with engine.connect() as connection:
        return list(connection.execute(query).scalars())


def _version(connection: Connection, article: str | None) -> int:
    query = select(func.max(decisions.c.id))
    if article is not None:
        query = query.where(decisions.c.article == article)
    return connection.execute(query).scalar() or 0


def _check_seen(connection: Connection, seen: Mapping[str, int]) -> None:
    for name, version in seen.items():
        article = normalize_id(name)
        newer = select(decisions).where(decisions.c.article == article, decisions.c.id > version)
        if found := _read(connection, newer.order_by(decisions.c.id)):
            raise ConflictError(article, version, found)


def _completed(connection: Connection, wanted: Override) -> Override:
    """Say of an undo what it is about: as what it undoes."""
    if wanted.kind is not Kind.UNDO:
        return wanted
    target = _entry(connection, wanted.undoes or 0)
    return msgspec.structs.replace(
        wanted, article=target.article, pick=target.pick, scope=target.scope
    )


def _entry(connection: Connection, number: int) -> Override:
    found = _read(connection, select(decisions).where(decisions.c.id == number))
    if not found:
        raise no_entry(number)
    return found[0]


def _check_known(connection: Connection, wanted: Sequence[Override]) -> None:
    """Refuse ids that the catalogue does not hold; what is undone has been checked before."""
    ids: dict[str, int] = {}
    for number, one in enumerate(wanted):
        if one.kind is not Kind.UNDO:
            for name in (one.article, one.pick if one.scope is Scope.ARTICLE else ""):
                ids.setdefault(name, number)
    ids.pop("", None)
    known: set[str] = set()
    for part in _parts(sorted(ids)):
        query = select(articles.c.id).where(articles.c.id.in_(part))
        known.update(connection.execute(query).scalars())
    if unknown := [name for name in ids if name not in known]:
        shown = unknown[0] if len(unknown[0]) <= 80 else unknown[0][:77] + "..."
        more = Message(" (and %(n)s more)", n=len(unknown) - 1) if len(unknown) > 1 else ""
        with _named_by(ids[unknown[0]]):
            raise OverrideError(
                "article %(article)r%(more)s: wanted the id of one in the catalogue",
                article=shown,
                more=more,
            )


def _numbered(connection: Connection, wanted: Sequence[Override], now: int) -> list[Override]:
    """Give the entries their numbers, each checked against all before it."""
    state = ActiveLog(_concerned(connection, wanted))
    first = _version(connection, None) + 1
    added = []
    for number, one in enumerate(wanted):
        entry = msgspec.structs.replace(one, id=first + number, created=now)
        with _named_by(number):
            state.add(entry)
        added.append(entry)
    return added


def _concerned(connection: Connection, wanted: Sequence[Override]) -> list[Override]:
    """Load the entries about the same articles or picks, oldest first."""
    found: dict[int, Override] = {}
    for column in (decisions.c.article, decisions.c.pick):
        names = sorted({getattr(one, column.name) for one in wanted} - {""})
        for part in _parts(names):
            for entry in _read(connection, select(decisions).where(column.in_(part))):
                found[entry.id] = entry
    return [found[number] for number in sorted(found)]


def _parts(names: Sequence[str]) -> Iterable[Sequence[str]]:
    return (names[start : start + SOME] for start in range(0, len(names), SOME))


def _read(connection: Connection, query: Select[Any]) -> list[Override]:
    rows: CursorResult[Any] = connection.execute(query)
    return [
        Override(
            **{**row, "kind": Kind(row["kind"]), "scope": Scope(row["scope"])},
        )
        for row in rows.mappings()
    ]


def _row(entry: Override) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in NAMES} | {
        "kind": str(entry.kind),
        "scope": str(entry.scope),
    }
