"""What a content system says of single articles: taken over at once, recommended after indexing.

Each call is one transaction: the article's record and its visibility, which services follow in
seconds.
"""

from __future__ import annotations

from datetime import datetime

import msgspec
from sqlalchemy import Connection, Engine, select

from recommender.articles.article import Article, Status
from recommender.catalogue import visibility
from recommender.catalogue.database import exclusive_transaction, translate_db_errors
from recommender.catalogue.rows import article_of, count_change, digests, row_of, upsert
from recommender.catalogue.schema import articles
from recommender.dates import write_date
from recommender.errors import ArticleNotFoundError, OlderArticleError
from recommender.text.unwrap import unwrap_lines


class PushImporter:
    """The catalogue as content systems write to it."""

    def __init__(self, url: str, engine: Engine) -> None:
        self._url = url
        self._engine = engine

    def put(self, article: Article, by: str, now: datetime) -> str:
        """Take an article over; tells whether it is ``new``, ``changed`` or ``unchanged``.

        What it lacks, language and teaser, the next index run fills in. Raises
        :class:`OlderArticleError` where the catalogue has a version updated later.
        """
        article = msgspec.structs.replace(article, body=unwrap_lines(article.body))
        with (
            translate_db_errors(self._url),
            exclusive_transaction(self._engine, "changes") as connection,
        ):
            before = _found(connection, article.id)
            _check_newer(article, before)
            row = row_of(article, f"pushed by {by}", now)
            unchanged = digests(connection, [article.id]).get(article.id) == row["digest"]
            visibility.push(connection, article, by, now)
            if not unchanged:
                count_change(connection)
                upsert(connection, [row])
        return "new" if before is None else "unchanged" if unchanged else "changed"

    def withdraw(self, identifier: str, by: str, now: datetime) -> None:
        """Show an article nowhere from now on, until it is put again.

        A version updated before this moment that comes late does not bring it back. Raises
        :class:`ArticleNotFoundError` where the catalogue does not hold it.
        """
        with (
            translate_db_errors(self._url),
            exclusive_transaction(self._engine, "changes") as connection,
        ):
            before = _found(connection, identifier)
            if before is None:
                raise ArticleNotFoundError(
                    f"article {identifier[:80]!r}: the catalogue does not hold it"
                )
            gone = msgspec.structs.replace(before, status=Status.WITHDRAWN, updated=now)
            visibility.withdraw(connection, gone, by, now)
            count_change(connection)
            upsert(connection, [row_of(gone, f"withdrawn by {by}", now)])


def _found(connection: Connection, identifier: str) -> Article | None:
    query = select(articles).where(articles.c.id == identifier)
    row = connection.execute(query).mappings().first()
    return None if row is None else article_of(row)


def _check_newer(article: Article, before: Article | None) -> None:
    if before is None or before.updated is None or article.updated is None:
        return
    there = before.updated
    if article.updated.replace(microsecond=0) < there:
        what = "it was withdrawn" if before.status is Status.WITHDRAWN else "a version was updated"
        raise OlderArticleError(
            f"updated: got {write_date(article.updated)}, wanted {write_date(there)} or later, "
            f"when {what} that is here already"
        )
