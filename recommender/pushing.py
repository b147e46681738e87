"""What a content system says of single articles: taken over at once, recommended after indexing.

Each call is one transaction: the article's row, and, where readers may still see an article that
they no longer should, a withdrawal in the log of decisions, which services follow in seconds.
"""

from __future__ import annotations

from datetime import datetime

import msgspec
from sqlalchemy import Connection, Engine, select

from recommender.article import Article, Status
from recommender.database import named, writing
from recommender.dates import write_date
from recommender.errors import ArticleNotFoundError, OlderArticleError
from recommender.overrides.hiding import ALWAYS, covered, hide, pushed_about, spans
from recommender.rows import article_of, digests, row_of, upsert
from recommender.schema import articles
from recommender.wrapping import unwrapped


class Pushing:
    """The catalogue as content systems write to it."""

    def __init__(self, url: str, engine: Engine) -> None:
        self._url = url
        self._engine = engine

    def put(self, article: Article, by: str, now: datetime) -> str:
        """Take an article over; tells whether it is ``new``, ``changed`` or ``unchanged``.

        What it lacks, language and teaser, the next index run fills in. Raises
        :class:`OlderArticleError` where the catalogue has a version updated later.
        """
        article = msgspec.structs.replace(article, body=unwrapped(article.body))
        with named(self._url), writing(self._engine, "decisions") as connection:
            before = _found(connection, article.id)
            _check_newer(article, before)
            row = row_of(article, f"pushed by {by}", now)
            unchanged = digests(connection, [article.id]).get(article.id) == row["digest"]
            if not unchanged:
                upsert(connection, [row])
            _show_or_hide(connection, article, before, by, now)
        return "new" if before is None else "unchanged" if unchanged else "changed"

    def withdraw(self, identifier: str, by: str, now: datetime) -> None:
        """Show an article nowhere from now on, until it is put again.

        A version updated before this moment that comes late does not bring it back. Raises
        :class:`ArticleNotFoundError` where the catalogue does not hold it.
        """
        with named(self._url), writing(self._engine, "decisions") as connection:
            before = _found(connection, identifier)
            if before is None:
                raise ArticleNotFoundError(
                    f"article {identifier[:80]!r}: the catalogue does not hold it"
                )
            gone = msgspec.structs.replace(before, status=Status.WITHDRAWN, updated=now)
            upsert(connection, [row_of(gone, f"withdrawn by {by}", now)])
            hide(connection, identifier, by, now.timestamp(), [ALWAYS])


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


def _show_or_hide(
    connection: Connection, article: Article, before: Article | None, by: str, now: datetime
) -> None:
    """Let services follow at once where readers may see less of it than before, or more again.

    What was never there, or was hidden then already, needs no entry: readers do not see it before
    the next index run, which goes by the record.
    """
    hidden = spans(article, now)
    if before is None or (
        article.status is not Status.WITHDRAWN
        and covered(hidden, spans(before, now))
        and not pushed_about(connection, article.id)
    ):
        return
    hide(connection, article.id, by, now.timestamp(), hidden)
