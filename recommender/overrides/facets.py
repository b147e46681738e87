"""Tags and authors in the catalogue: their names, and the articles with one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import NamedTuple

from sqlalchemy import Engine, TableValuedAlias, func, select, true

from recommender.catalogue.database import translate_db_errors
from recommender.catalogue.schema import articles
from recommender.errors import CatalogueError
from recommender.names import name_key
from recommender.overrides.fallback import FacetMembers
from recommender.overrides.override import Override, Scope
from recommender.snapshots.snapshot import Snapshot


class Facets(NamedTuple):
    """Tags and authors of an article."""

    tags: list[str]
    authors: list[str]


def _items(engine: Engine, scope: Scope) -> TableValuedAlias:
    """Return a table of the tags or authors of each article, one row per value."""
    column = articles.c.tags if scope is Scope.TAG else articles.c.authors
    unpacked = func.json_each if engine.dialect.name == "sqlite" else func.json_array_elements_text
    return unpacked(column).table_valued("value")


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
    """List tags or authors with their numbers of articles, the most frequent first."""
    item = _items(engine, scope)
    value, count = item.c.value, func.count()
    query = (
        select(value, count)
        .select_from(articles.join(item, onclause=true()))
        .group_by(value)
        .order_by(count.desc(), value)
    )
    with engine.connect() as connection:
        return [(str(name), int(number)) for name, number in connection.execute(query)]


class MemberLookup:
    """Articles with a tag or an author: read from the database, with the last result cached."""

    def __init__(self, url: str, engine: Callable[[], Engine]) -> None:
        self.changes = 0
        """Number of results that differed from the previous result."""
        self.served_from_cache = False
        """Whether a result came from the cache, because the database was unavailable."""
        self._url = url
        self._engine = engine
        self._results: dict[tuple[Scope, str], list[str]] = {}
        self._restored: FacetMembers = {}

    def of(self, scope: Scope, name: str, *, query: bool = True) -> list[str]:
        """List the ids of the articles with a tag or an author.

        ``query`` is False to use the cache only.
        """
        try:
            if query:
                return self._read(scope, name)
        except CatalogueError:
            pass  # the next poll meets the same error and reports it
        self.served_from_cache = True
        restored = self._restored.get(scope, {}).get(name, [])
        return self._results.get((scope, name), restored)

    def restore_from(self, members: FacetMembers) -> None:
        """Take over the results of another process."""
        self._restored = members

    def named_in(self, overrides: Iterable[Override]) -> FacetMembers:
        """Return the results for all tags and authors that overrides name."""
        found: FacetMembers = defaultdict(dict)
        facets = {Scope.TAG, Scope.AUTHOR}  # sections are in the snapshot
        for scope, name in {(one.scope, one.pick) for one in overrides if one.scope in facets}:
            known = self._results.get((scope, name))
            found[scope][name] = self.of(scope, name) if known is None else known
        return dict(found)

    def _read(self, scope: Scope, name: str) -> list[str]:
        with translate_db_errors(self._url):
            result = members(self._engine(), scope, name)
        if result != self._results.get((scope, name)):
            self._results[scope, name] = result
            self.changes += 1
        return result
