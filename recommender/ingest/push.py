"""Import single articles that a content management system (CMS) pushes.

Each call is one transaction with the article's record and its visibility. Services follow the
visibility within seconds; the article is recommended after the next index run.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime

import msgspec
from sqlalchemy import Connection, Engine, select

from recommender.articles.article import Article, Status
from recommender.articles.flags import body_flags
from recommender.catalogue import visibility_table
from recommender.catalogue.database import Check, exclusive_transaction, unchecked
from recommender.catalogue.former_ids import load_former_ids, moved_back, store_former_ids
from recommender.catalogue.rows import (
    article_of,
    count_change,
    digests,
    keep_texts,
    row_of,
    upsert,
)
from recommender.catalogue.schema import articles
from recommender.dates import write_date
from recommender.errors import ArticleNotFoundError, MovedArticleError, OlderArticleError
from recommender.text.unwrap import unwrap_lines


class PushImporter:
    """Writes pushed articles to the catalogue."""

    def __init__(self, engine: Engine, check: Check = unchecked) -> None:
        self._engine = engine
        self._check = check

    def put(self, article: Article, by: str, now: datetime) -> str:
        """Store an article. The next index run adds a missing language and teaser.

        Parameters
        ----------
        article : the new version.
        by : name of the token's owner, for the record.
        now : time of the push.

        Returns
        -------
        str
            ``new``, ``changed`` or ``unchanged``.

        Raises
        ------
        OlderArticleError
            The catalogue has a version with a later ``updated``.
        MovedArticleError
            The article has another ID now.
        """
        article = msgspec.structs.replace(article, body=unwrap_lines(article.body))
        article = article.flagged(*body_flags(article.body))
        with self._transaction() as connection:
            _check_current(connection, article.id, article.formerly or ())
            before = _found(connection, article.id)
            _check_newer(article, before)
            unchanged = _store(connection, article, by, now)
        return "new" if before is None else "unchanged" if unchanged else "changed"

    def hide(
        self,
        identifier: str,
        status: Status,
        by: str,
        now: datetime,
        updated: datetime | None = None,
    ) -> str:
        """Hide an article by a record without the fields of an article; its texts stay.

        A withdrawn article stays withdrawn, so that its copies stay hidden.

        Parameters
        ----------
        status : ``draft`` or ``withdrawn``.
        updated : when the article was updated; None if that is not known.

        Returns
        -------
        str
            ``changed`` or ``unchanged``.

        Raises
        ------
        ArticleNotFoundError
            The catalogue has no such article.
        OlderArticleError
            The catalogue has a version with a later ``updated``.
        MovedArticleError
            The article has another ID now.
        """
        with self._transaction() as connection:
            before = _known(connection, identifier)
            if _is_withdrawn(connection, before):
                status = Status.WITHDRAWN
            updated = updated or before.updated
            hidden = msgspec.structs.replace(before, status=status, updated=updated)
            _check_newer(hidden, before)
            return "unchanged" if _store(connection, hidden, by, now) else "changed"

    def withdraw(self, identifier: str, by: str, now: datetime) -> None:
        """Hide an article everywhere until it is put again.

        A delayed push of a version updated before ``now`` does not show it again.

        Raises
        ------
        ArticleNotFoundError
            The catalogue has no such article.
        MovedArticleError
            The article has another ID now.
        """
        with self._transaction() as connection:
            before = _known(connection, identifier)
            gone = msgspec.structs.replace(before, status=Status.WITHDRAWN, updated=now)
            visibility_table.withdraw(connection, gone, by, now)
            count_change(connection)
            upsert(connection, [row_of(gone, f"{visibility_table.DELETED_BY}{by}", now)])

    def _transaction(self) -> AbstractContextManager[Connection]:
        return exclusive_transaction(self._engine, "changes", self._check)


def _store(connection: Connection, article: Article, by: str, now: datetime) -> bool:
    """Store a record and its visibility; return whether the record is unchanged."""
    row = row_of(article, f"{visibility_table.PUSHED_BY}{by}", now)
    unchanged = digests(connection, [article.id]).get(article.id) == row["digest"]
    unchanged = unchanged and not moved_back(connection, [article])
    visibility_table.push(connection, article, by, now)
    if not unchanged:
        count_change(connection)
        upsert(connection, keep_texts(connection, [row]))
        store_former_ids(connection, [article])
    return bool(unchanged)


def _known(connection: Connection, identifier: str) -> Article:
    _check_current(connection, identifier)
    article = _found(connection, identifier)
    if article is None:
        raise ArticleNotFoundError(f"article {identifier[:80]!r}: expected an ID of the catalogue")
    return article


def _found(connection: Connection, identifier: str) -> Article | None:
    query = select(articles).where(articles.c.id == identifier)
    row = connection.execute(query).mappings().first()
    return None if row is None else article_of(row)


def _is_withdrawn(connection: Connection, article: Article) -> bool:
    """Return whether an article is withdrawn; ``index --prune`` alone does not hide its copies."""
    is_pruned = not digests(connection, [article.id])[article.id]
    return article.status is Status.WITHDRAWN and not is_pruned


def _check_current(connection: Connection, identifier: str, formerly: Sequence[str] = ()) -> None:
    """Reject a former ID, unless the article moves back to it from one of ``formerly``."""
    current = load_former_ids(connection).current_of(identifier)
    if current != identifier and current not in formerly:
        raise MovedArticleError(
            f"article {identifier[:80]!r}: expected its present ID {current[:80]!r}, "
            "which was sent with this one in `formerly`"
        )


def _check_newer(article: Article, before: Article | None) -> None:
    if before is None or before.updated is None or article.updated is None:
        return
    stored = before.updated
    if article.updated.replace(microsecond=0) < stored:
        reason = (
            "article was withdrawn" if before.status is Status.WITHDRAWN else "version was updated"
        )
        raise OlderArticleError(
            f"updated: expected {write_date(stored)} or later, when the stored {reason}, "
            f"got {write_date(article.updated)}"
        )
