"""From an article's id to the answer: what the command line and the service have in common."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from recommender.errors import ArticleNotFoundError
from recommender.home import DataDir
from recommender.overrides.active import NO_OVERRIDES, ActiveOverrides
from recommender.serving import recommend
from recommender.serving.explain import Explainer
from recommender.serving.filters import Query, is_public
from recommender.serving.recommend import Recommendation
from recommender.serving.rejecting import runners_up
from recommender.snapshots import cards
from recommender.snapshots.snapshot import NEVER, Snapshot
from recommender.snapshots.store import current_id


def open_current(home: Path) -> Snapshot:
    """Open the snapshot in force."""
    place = DataDir(home)
    return Snapshot(place.snapshots / current_id(place))


RECENT_SECONDS = 6 * 3600
"""An article of the last hours: readers come now, and better cards are published under it soon."""


class RelatedResponse(NamedTuple):
    """An answer as JSON, and what a cache has to know of it."""

    body: bytes
    expires: int
    """When the first of the articles in it expires or is withdrawn, in seconds since 1970 UTC."""
    origins: tuple[str, ...]
    """Where each card comes from, in order."""
    cacheable: bool
    """Whether it is a list that will hardly change soon."""
    articles: tuple[str, ...] = ()
    """Which articles it is about."""
    rows: tuple[int, ...] = ()
    """Which rows of the snapshot it shows."""


def related_answer(
    snapshot: Snapshot,
    article: str,
    query: Query,
    now: float,
    force: ActiveOverrides = NO_OVERRIDES,
    *,
    explain: bool = False,
) -> RelatedResponse:
    """Answer with the cards under an article.

    Raises :class:`ArticleNotFoundError` for one that is unknown or not public at ``now``,
    by its dates or by what editors decided.
    """
    row = public_row(snapshot, article, now, force)
    return row_answer(snapshot, row, query, now, force, explain=explain)


def row_answer(
    snapshot: Snapshot,
    row: int,
    query: Query,
    now: float,
    force: ActiveOverrides = NO_OVERRIDES,
    *,
    explain: bool = False,
) -> RelatedResponse:
    """Answer with the cards under the article of a row, be it public or not."""
    article = snapshot.identifier(row)
    chosen = recommend.related(snapshot, row, query, now, force)
    served = (
        _explained(Explainer(snapshot, row, now, force), query, chosen)
        if explain
        else _served(snapshot, article, chosen)
    )
    recent = now - snapshot.published.item(row) < RECENT_SECONDS
    return served._replace(
        expires=_first_end(snapshot, (row, *served.rows), force),
        cacheable=not recent and "latest" not in served.origins and len(chosen) == query.limit,
    )


def public_row(snapshot: Snapshot, article: str, now: float, force: ActiveOverrides) -> int:
    """Find the row of an article that readers may see.

    Raises :class:`ArticleNotFoundError` for one that is unknown or not public at ``now``,
    by its dates or by what editors decided.
    """
    row = snapshot.row(article)
    if row is None or not is_public(snapshot, row, now, force):
        shown = article if len(article) <= 80 else article[:77] + "..."
        raise ArticleNotFoundError(f"article {shown!r}: wanted the id of a published article")
    return row


def public_ids(
    snapshot: Snapshot, now: float, force: ActiveOverrides = NO_OVERRIDES
) -> Iterator[str]:
    """Name every article that readers may see, newest first."""
    for row in range(len(snapshot)):
        if is_public(snapshot, row, now, force):
            yield snapshot.identifier(row)


def article_at(
    snapshot: Snapshot, url: str, now: float, force: ActiveOverrides = NO_OVERRIDES
) -> str:
    """Tell the id of the article at an address: the newest that readers may see.

    Raises :class:`ArticleNotFoundError` where there is none.
    """
    for row in snapshot.rows_of_url(url):
        if is_public(snapshot, row, now, force):
            return snapshot.identifier(row)
    shown = url if len(url) <= 80 else url[:77] + "..."
    raise ArticleNotFoundError(f"url {shown!r}: wanted the address of a published article")


def batch_answer(
    snapshot: Snapshot,
    articles: Sequence[str],
    query: Query,
    now: float,
    force: ActiveOverrides = NO_OVERRIDES,
    *,
    explain: bool = False,
) -> RelatedResponse:
    """Answer for several articles in one go; those that are not public are named apart."""
    found: list[RelatedResponse] = []
    missing: list[str] = []
    for article in articles:
        try:
            one = related_answer(snapshot, article, query, now, force, explain=explain)
        except ArticleNotFoundError:
            missing.append(article)
        else:
            found.append(one)
    return RelatedResponse(
        cards.batch_response(snapshot.id, [served.body for served in found], missing),
        min((served.expires for served in found), default=NEVER),
        tuple(origin for served in found for origin in served.origins),
        cacheable=not missing and all(served.cacheable for served in found),
        articles=tuple(article for served in found for article in served.articles),
        rows=tuple(row for served in found for row in served.rows),
    )


def latest_answer(
    snapshot: Snapshot, query: Query, now: float, force: ActiveOverrides = NO_OVERRIDES
) -> RelatedResponse:
    """Answer with the newest articles: a list that changes with every publication."""
    served = _served(snapshot, None, recommend.latest(snapshot, query, now, force))
    return served._replace(expires=_first_end(snapshot, served.rows, force))


def _first_end(snapshot: Snapshot, rows: Sequence[int], force: ActiveOverrides) -> int:
    """Tell when the first of some articles expires, or is withdrawn by what is decided so far."""
    first = min([snapshot.expires.item(row) for row in rows], default=NEVER)
    if force.withdrawal_times:
        first = min(first, *(force.withdrawal_times.get(row, NEVER) for row in rows), NEVER)
    return first


def _explained(
    explaining: Explainer, query: Query, chosen: list[Recommendation]
) -> RelatedResponse:
    """Answer with what made each card, and what the next ones lacked."""
    snapshot = explaining.snapshot
    finished = [
        cards.finish_card(snapshot.cards[pick.row], pick.origin, explaining.why(pick))
        for pick in chosen
    ]
    others = runners_up(explaining, query, chosen)
    article = snapshot.identifier(explaining.row)
    body = cards.related_response(article, snapshot.id, finished, others)
    return _serving(article, chosen, body)


def _served(
    snapshot: Snapshot, article: str | None, chosen: list[Recommendation]
) -> RelatedResponse:
    finished = [cards.finish_card(snapshot.cards[pick.row], pick.origin) for pick in chosen]
    return _serving(article, chosen, cards.related_response(article, snapshot.id, finished))


def _serving(article: str | None, chosen: list[Recommendation], body: bytes) -> RelatedResponse:
    return RelatedResponse(
        body,
        NEVER,
        tuple([pick.origin for pick in chosen]),
        cacheable=False,
        articles=() if article is None else (article,),
        rows=tuple(pick.row for pick in chosen),
    )
