"""Tags and authors in the catalogue: what a decision about many articles can name."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Engine, TableValuedAlias, func, or_, select, true

from recommender.catalogue.schema import articles
from recommender.overrides.override import Scope


class Facets(NamedTuple):
    """What an article belongs to, besides its section."""

    tags: list[str]
    authors: list[str]


def items(engine: Engine, scope: Scope) -> TableValuedAlias:
    """Unpack the list of tags or authors of each article, as each database does it."""
    column = articles.c.tags if scope is Scope.TAG else articles.c.authors
    unpacked = func.json_each if engine.dialect.name == "sqlite" else func.json_array_elements_text
    return unpacked(column).table_valued("value")


def facets_of(engine: Engine, article: str) -> Facets:
    """Tell the tags and authors of an article; none for one that the catalogue does not hold."""
    query = select(articles.c.tags, articles.c.authors).where(articles.c.id == article)
    with engine.connect() as connection:
        row = connection.execute(query).first()
    return Facets([], []) if row is None else Facets(list(row.tags), list(row.authors))


def named_like(engine: Engine, scope: Scope, words: str, most: int) -> list[tuple[str, int]]:
    """Find tags or authors with these words in their names, and how many articles have them.

    Those of most articles first.
    """
    item = items(engine, scope)
    value = item.c.value
    fits = [
        func.lower(value).contains(words.lower(), autoescape=True),
        # SQLite knows the small letters of ASCII alone.
        value.contains(words, autoescape=True),
    ]
    count = func.count()
    query = (
        select(value, count)
        .select_from(articles.join(item, onclause=true()))
        .where(or_(*fits))
        .group_by(value)
        .order_by(count.desc(), value)
        .limit(most)
    )
    with engine.connect() as connection:
        return [(str(name), int(number)) for name, number in connection.execute(query)]
