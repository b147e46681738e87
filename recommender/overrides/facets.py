"""Tags and authors in the catalogue: their names, and the articles with one.

The articles of all tags and authors that overrides name are looked up in one pass: in a large
archive a query for each name takes seconds, in which no override becomes active.
"""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable
from functools import lru_cache
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, Engine, TableValuedAlias, Text, cast, func, select, true

from recommender.catalogue.database import reading, translate_db_errors
from recommender.catalogue.schema import articles, changes
from recommender.errors import CatalogueError
from recommender.names import name_key
from recommender.overrides.fallback import FacetMembers
from recommender.overrides.override import Override, Scope
from recommender.snapshots.snapshot import Snapshot

FacetKey = tuple[Scope, str]
"""A scope, and a name as :func:`recommender.names.name_key` writes it."""

Members = dict[FacetKey, list[str]]
"""Ids of the articles with a tag or an author."""

COLUMNS = {Scope.TAG: articles.c.tags, Scope.AUTHOR: articles.c.authors}

BATCH = 5_000
"""Rows that the driver keeps in memory at a time."""

KEYS = 50_000
"""Names whose key is kept during a pass: 10 MB. A key takes some microseconds, and names repeat."""


class Facets(NamedTuple):
    """Tags and authors of an article."""

    tags: list[str]
    authors: list[str]


def _items(engine: Engine, scope: Scope) -> TableValuedAlias:
    """Return a table of the tags or authors of each article, one row per value."""
    unpacked = func.json_each if engine.dialect.name == "sqlite" else func.json_array_elements_text
    return unpacked(COLUMNS[scope]).table_valued("value")


def names(engine: Engine, scope: Scope) -> list[str]:
    """List the sections, tags or authors of the articles in the catalogue."""
    if scope is Scope.SECTION:
        query = select(articles.c.section).distinct()
    else:
        item = _items(engine, scope)
        query = select(item.c.value).select_from(articles.join(item, onclause=true())).distinct()
    with engine.connect() as connection:
        return [str(name) for name in connection.execute(query).scalars() if name]


def members(engine: Engine, scope: Scope, name: str) -> list[str]:
    """List the ids of the articles with a tag or an author, however its name is written."""
    item, key = _items(engine, scope), name_key(name)
    same = [one for one in names(engine, scope) if name_key(one) == key]
    has_name = select(item.c.value).where(item.c.value.in_(same)).exists()
    with engine.connect() as connection:
        return list(connection.execute(select(articles.c.id).where(has_name)).scalars())


def facets_of(engine: Engine, article: str) -> Facets:
    """Return the tags and authors of an article; empty if the catalogue does not contain it."""
    query = select(articles.c.tags, articles.c.authors).where(articles.c.id == article)
    with engine.connect() as connection:
        row = connection.execute(query).first()
    return Facets([], []) if row is None else Facets(list(row.tags), list(row.authors))


def scoped_facets(engine: Engine, snapshot: Snapshot, row: int) -> list[tuple[str, str]]:
    """Return the section, tags and authors of an article, each as its scope and name."""
    section = snapshot.sections[snapshot.section.item(row)]
    found = facets_of(engine, snapshot.identifier(row))
    pairs = [("section", section)] if section else []
    pairs += [("tag", name) for name in found.tags]
    return pairs + [("author", name) for name in found.authors]


def counted_names(engine: Engine, scope: Scope) -> list[tuple[str, int]]:
    """List tags or authors with their numbers of articles, the most frequent first.

    Of several spellings of a name the most frequent one is listed.
    """
    item = _items(engine, scope)
    value, count = item.c.value, func.count()
    query = (
        select(value, count)
        .select_from(articles.join(item, onclause=true()))
        .group_by(value)
        .order_by(count.desc(), value)
    )
    counts: Counter[str] = Counter()
    spelled: dict[str, str] = {}
    with engine.connect() as connection:
        for name, number in connection.execute(query):
            counts[spelled.setdefault(name_key(str(name)), str(name))] += int(number)
    return counts.most_common()


class MemberLookup:
    """Articles with a tag or an author: read from the database, with the last result cached."""

    def __init__(self, url: str, engine: Callable[[], Engine]) -> None:
        self.changes = 0
        """Number of reads whose result differed from the previous result."""
        self.served_from_cache = False
        """Whether ``refresh`` kept what was read before, because the database was unavailable."""
        self._url = url
        self._engine = engine
        self._number: int | None = None  # of the change of articles that was read last
        self._results: Members = {}
        self._restored: FacetMembers = {}
        # The thread that polls and the one that activates need the same names at the same time.
        self._lock = threading.Lock()

    def refresh(self, overrides: Iterable[Override], *, query: bool = True) -> None:
        """Read the members of all tags and authors that overrides name, if something has changed.

        ``query`` is False to keep what is cached.
        """
        needed = {
            (one.scope, name_key(one.pick)) for one in overrides if one.scope in COLUMNS
        }  # sections are in the snapshot
        if not needed:
            return
        if not query:
            # The database may be another copy when it is available again.
            self._number, self.served_from_cache = None, True
            return
        try:
            with self._lock:
                self._read(needed)
        except CatalogueError:
            self.served_from_cache = True  # the next poll meets the same error and reports it

    def known(self, scope: Scope, name: str) -> list[str]:
        """Return the ids of the articles with a tag or an author, as they were read last."""
        restored = self._restored.get(scope, {}).get(name, [])
        return self._results.get((scope, name_key(name)), restored)

    def of(self, scope: Scope, name: str, *, query: bool = True) -> list[str]:
        """List the ids of the articles with any tag or author.

        ``query`` is False to use the cache only.
        """
        try:
            if query:
                with translate_db_errors(self._url):
                    return members(self._engine(), scope, name)
        except CatalogueError:
            pass
        return self.known(scope, name)

    def restore_from(self, members: FacetMembers) -> None:
        """Take over the results of another process."""
        self._restored = members

    def named_in(self, overrides: Collection[Override]) -> FacetMembers:
        """Return the results for all tags and authors that overrides name."""
        self.refresh(overrides)
        found: FacetMembers = defaultdict(dict)
        for one in overrides:
            if one.scope in COLUMNS:
                found[one.scope][one.pick] = self.known(one.scope, one.pick)
        return dict(found)

    def _read(self, needed: set[FacetKey]) -> None:
        engine = self._engine()
        number = change_number(engine)  # before the articles, which may change meanwhile
        if number is not None and number == self._number and needed <= self._results.keys():
            return
        with reading(engine) as connection:
            results = read_members(connection, needed)
        if results != self._results:
            self.changes += 1
        self._results, self._number = results, number


def read_members(connection: Connection, needed: Collection[FacetKey]) -> Members:
    """Read the articles with some tags and authors in one pass, however their names are written.

    Returns
    -------
    The ids by scope and key, for each of ``needed``.
    """
    found: Members = {facet: [] for facet in needed}
    scopes = [scope for scope in COLUMNS if any(scope is one for one, _ in needed)]
    key_of = lru_cache(KEYS)(name_key)
    query = select(articles.c.id, *(cast(COLUMNS[one], Text) for one in scopes))
    for identifier, *texts in connection.execute(query.execution_options(yield_per=BATCH)):
        for scope, text in zip(scopes, texts, strict=True):
            for key in {key_of(name) for name in msgspec.json.decode(text) or () if name}:
                if (ids := found.get((scope, key))) is not None:
                    ids.append(identifier)
    return found


def change_number(engine: Engine) -> int | None:
    """Return the number of changes of articles; None in a database of a version without it."""
    query = select(changes.c.number).where(changes.c.name == "articles")
    try:
        with reading(engine) as connection:
            return connection.execute(query).scalar()
    except CatalogueError as error:
        if changes.name not in str(error):
            raise
        return None
