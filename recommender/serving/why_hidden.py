"""Why an article may be shown, or why not: for people who ask."""

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
    decisions: Iterable[Override],
    rows: Iterable[Visibility] = (),
    *,
    indexed: bool,
) -> list[str]:
    """Say in a sentence each why an article shows nowhere at ``now``; nothing where it may.

    ``decisions`` are those that stand; ``rows`` are those of its visibility; ``indexed`` tells
    whether the snapshot in force has it.
    """
    found = []
    if article.status is Status.DRAFT:
        found.append("it is a draft")
    if article.status is Status.WITHDRAWN:
        found.append("it is withdrawn, in its own record or by index --replace")
    if article.published > now:
        found.append(f"it is under embargo until {write_date(article.published)}")
    if article.expires is not None and article.expires <= now:
        found.append(f"it expired at {write_date(article.expires)}")
    found += [_withdrawn(entry) for entry in decisions if _withdraws(entry, article, now)]
    hidden = [row for row in rows if not row.visible(now.timestamp())]
    found += [_hidden(row) for row in hidden if row.origin is Origin.PUSH or article.is_public(now)]
    if not indexed:
        found.append("the snapshot in force does not have it; run `recommender index`")
    return found


def _hidden(row: Visibility) -> str:
    if row.origin is Origin.PUSH:
        return f"the content system {row.author} hides it; PUT or restore it"
    return "a source had hidden it; run `recommender index`"


def _withdraws(entry: Override, article: Article, now: datetime) -> bool:
    begun = entry.starts is None or from_epoch(entry.starts) <= now
    over = entry.ends is not None and from_epoch(entry.ends) <= now
    return entry.kind is Kind.WITHDRAW and entry.article == article.id and begun and not over


def _withdrawn(entry: Override) -> str:
    why = f": {entry.reason}" if entry.reason else ""
    return f"{entry.author or 'an editor'} withdrew it (entry {entry.id}){why}"
