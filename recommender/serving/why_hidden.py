"""Reasons why an article is hidden, for the command line and the desk."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from recommender.articles.article import Article, Status
from recommender.catalogue.visibility import Origin, Visibility
from recommender.dates import from_epoch, write_date
from recommender.overrides.override import Kind, Override


def reasons_hidden(
    article: Article,
    now: datetime,
    overrides: Iterable[Override],
    rows: Iterable[Visibility] = (),
    *,
    indexed: bool,
    copy_of: str = "",
) -> list[str]:
    """Return every reason why an article is shown nowhere, a sentence each.

    Parameters
    ----------
    overrides : the stored overrides that are not undone.
    rows : the rows of the visibility table for the article.
    indexed : whether the current snapshot has the article.
    copy_of : id of the blocked or withdrawn article as whose copy it is hidden; "" without one.

    Returns
    -------
    The reasons; none for an article that may be shown.
    """
    found = []
    if article.status is Status.DRAFT:
        found.append("it is a draft")
    if article.status is Status.WITHDRAWN:
        found.append("it is withdrawn, in its own record or by index --prune")
    if article.published > now:
        found.append(f"it is under embargo until {write_date(article.published)}")
    if article.expires is not None and article.expires <= now:
        found.append(f"it expired at {write_date(article.expires)}")
    found += [_withdrawn(entry) for entry in overrides if _withdraws(entry, article, now)]
    hidden = [row for row in rows if not row.visible(now.timestamp())]
    found += [_hidden(row) for row in hidden if row.origin is Origin.PUSH or article.is_public(now)]
    if copy_of:
        found.append(
            f"it is a copy of {copy_of!r}, which is blocked or withdrawn; "
            "`recommender articles restore` shows it in spite of that"
        )
    is_current = article.expires is None or article.expires > now
    if not indexed and article.status is Status.PUBLISHED and is_current:
        found.append("the current snapshot does not have it; run `recommender index`")
    return found


def _hidden(row: Visibility) -> str:
    if row.origin is Origin.PUSH:
        return f"the content system {row.author} hides it; PUT or restore it"
    return "a source had hidden it; run `recommender index`"


def _withdraws(entry: Override, article: Article, now: datetime) -> bool:
    started = entry.starts is None or from_epoch(entry.starts) <= now
    ended = entry.ends is not None and from_epoch(entry.ends) <= now
    return entry.kind is Kind.WITHDRAW and entry.article == article.id and started and not ended


def _withdrawn(entry: Override) -> str:
    why = f": {entry.reason}" if entry.reason else ""
    return f"{entry.author or 'an editor'} withdrew it (entry {entry.id}){why}"
