"""Former texts: those that records of withdrawn articles had before a source replaced them.

A content system may replace the text of an article that an editor withdrew by a notice. Copies of
the article are recognised by the text that it had.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from recommender.articles.article import Article, Status
from recommender.catalogue.database import batches, insert_or_replace
from recommender.catalogue.former_ids import FormerIds, load_former_ids
from recommender.catalogue.schema import articles, decisions, former_texts, visibility
from recommender.catalogue.visibility import Origin
from recommender.dates import from_epoch

TEXT = ("title", "teaser", "body")


def load_former_texts(connection: Connection) -> list[Article]:
    """Load the former texts of withdrawn articles, as articles with their present IDs.

    An article has as many as its source replaced while it was withdrawn.
    """
    rows = connection.execute(select(former_texts)).mappings().all()
    if not rows:
        return []
    moves = load_former_ids(connection)
    withdrawn = _withdrawn_ids(connection, [row["article_id"] for row in rows], moves)
    return [
        Article(id=identifier, published=from_epoch(0), **{name: row[name] for name in TEXT})
        for row in rows
        if (identifier := moves.current_of(row["article_id"])) in withdrawn
    ]


def store_former_texts(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Store the texts that withdrawn articles are about to lose, because ``rows`` replace them."""
    text_of = {row["id"]: (row["title"], row["body"]) for row in rows}
    columns = (articles.c.id, articles.c.digest, *(articles.c[name] for name in TEXT))
    query = select(*columns).where(articles.c.id.in_(text_of))
    lost = [r for r in connection.execute(query).all() if (r.title, r.body) != text_of[r.id]]
    if not lost:
        return
    withdrawn = _withdrawn_ids(connection, [r.id for r in lost], load_former_ids(connection))
    kept = [
        {"article_id": r.id, "digest": r.digest} | {name: getattr(r, name) for name in TEXT}
        for r in lost
        if r.id in withdrawn
    ]
    if kept:
        insert_or_replace(connection, former_texts, kept)


def _withdrawn_ids(connection: Connection, ids: Iterable[str], moves: FormerIds) -> set[str]:
    """Load the present IDs of those articles that are withdrawn now or later.

    A content system that deletes a former ID may have moved the article: that is no withdrawal.
    """
    present = sorted({moves.current_of(identifier) for identifier in ids})
    found = _withdrawn_by_editors(connection, present, moves)
    pushed = (visibility.c.origin == str(Origin.PUSH)) & (
        visibility.c.status == str(Status.WITHDRAWN)
    )
    for batch in batches(present):
        query = select(visibility.c.article_id).where(pushed, visibility.c.article_id.in_(batch))
        found.update(connection.execute(query).scalars())
    return found


def _withdrawn_by_editors(
    connection: Connection, present: Sequence[str], moves: FormerIds
) -> set[str]:
    """Load which articles have a withdrawal that is neither undone nor over."""
    columns = (decisions.c.id, decisions.c.article, decisions.c.ends, decisions.c.undoes)
    entries = select(*columns).where(decisions.c.kind.in_(["withdraw", "undo"]))
    names = [name for one in present for name in (one, *moves.former_of(one))]
    rows = [
        row
        for batch in batches(names)
        for row in connection.execute(entries.where(decisions.c.article.in_(batch)))
    ]
    undone: set[int] = set()
    found: set[str] = set()
    # From the newest entry on, so that an undo that is undone itself does not count.
    for row in sorted(rows, key=lambda row: row.id, reverse=True):
        if row.id in undone:
            continue
        if row.undoes is not None:
            undone.add(row.undoes)
        elif row.ends is None or row.ends > time.time():
            found.add(moves.current_of(row.article))
    return found
