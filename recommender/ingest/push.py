"""What a content system says of single articles: taken over at once, recommended after indexing.

Each call is one transaction: the article's row, and, where readers may still see an article that
they no longer should, a withdrawal in the log of decisions, which services follow in seconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection, Engine, select

from recommender.articles.article import Article, Status
from recommender.catalogue.database import named, writing
from recommender.catalogue.rows import article_of, digests, row_of, upsert
from recommender.catalogue.schema import articles
from recommender.dates import write_date
from recommender.errors import ArticleNotFoundError, OlderArticleError
from recommender.overrides.hiding import ALWAYS, Dated, covered, hide, pushed_about, spans
from recommender.overrides.rollback import shown_by
from recommender.snapshots.snapshot import Snapshot
from recommender.text.unwrap import unwrapped


class Pushing:
    """The catalogue as content systems write to it."""

    def __init__(self, url: str, engine: Engine) -> None:
        self._url = url
        self._engine = engine

    def put(
        self, article: Article, by: str, now: datetime, snapshot: Snapshot | None = None
    ) -> str:
        """Take an article over; tells whether it is ``new``, ``changed`` or ``unchanged``.

        ``snapshot``: the one in force, which may show what the record before did not: its source
        may have made the article a draft, and the index run that read it is not at its end.
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
            seen = [before, None if snapshot is None else shown_by(snapshot, article.id)]
            _show_or_hide(connection, article, list(filter(None, seen)), by, now)
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
    connection: Connection, article: Article, seen: Sequence[Dated], by: str, now: datetime
) -> None:
    """Let services follow at once where readers may see less of it than before, or more again.

    ``seen``: by what readers see it or are about to. What was never there, or was hidden then
    already, needs no entry: they do not see it before the next index run, which goes by the record.
    """
    hidden = spans(article, now)
    if not seen or (
        article.status is not Status.WITHDRAWN
        and all(covered(hidden, spans(one, now)) for one in seen)
        and not pushed_about(connection, article.id)
    ):
        return
    hide(connection, article.id, by, now.timestamp(), hidden)
