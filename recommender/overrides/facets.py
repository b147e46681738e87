"""Tags and authors in the catalogue, which an override of many articles can name."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Engine, TableValuedAlias, func, or_, select, true

from recommender.catalogue.schema import articles
from recommender.overrides.override import Scope


class Facets(NamedTuple):
    """Tags and authors of an article."""

    tags: list[str]
    authors: list[str]


def items(engine: Engine, scope: Scope) -> TableValuedAlias:
    """Return a table of the tags or authors of each article, one row per value."""
    column = articles.c.tags if scope is Scope.TAG else articles.c.authors
    unpacked = func.json_each if engine.dialect.name == "sqlite" else func.json_array_elements_text
    return unpacked(column).table_valued("value")


def names(engine: Engine, scope: Scope) -> list[str]:
    """List the sections, tags or authors of the articles in the catalogue."""
    if scope is Scope.SECTION:
        query = select(articles.c.section).distinct()
    else:
        item = items(engine, scope)
        query = select(item.c.value).select_from(articles.join(item, onclause=true())).distinct()
    with engine.connect() as connection:
        return [str(name) for name in connection.execute(query).scalars() if name]


def facets_of(engine: Engine, article: str) -> Facets:
    """Return the tags and authors of an article; empty if the catalogue does not contain it."""
    query = select(articles.c.tags, articles.c.authors).where(articles.c.id == article)
    with engine.connect() as connection:
        row = connection.execute(query).first()
    return Facets([], []) if row is None else Facets(list(row.tags), list(row.authors))


def named_like(engine: Engine, scope: Scope, words: str, limit: int) -> list[tuple[str, int]]:
    """Find tags or authors whose names contain ``words``, with their numbers of articles.

    The most frequent come first, at most ``limit``.
    """
    item = items(engine, scope)
    value = item.c.value
    matches = [
        func.lower(value).contains(words.lower(), autoescape=True),
        # lower() of SQLite changes ASCII letters only.
        value.contains(words, autoescape=True),
    ]
    count = func.count()
    query = (
        select(value, count)
        .select_from(articles.join(item, onclause=true()))
        .where(or_(*matches))
        .group_by(value)
        .order_by(count.desc(), value)
        .limit(limit)
    )
    with engine.connect() as connection:
        return [(str(name), int(number)) for name, number in connection.execute(query)]
