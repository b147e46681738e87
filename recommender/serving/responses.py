"""Responses: from the id of an article to the JSON that the command line and the API share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from recommender.errors import ArticleNotFoundError
from recommender.home import DataDir
from recommender.messages import shortened
from recommender.overrides.active import NO_OVERRIDES, ActiveOverrides
from recommender.serving import recommend
from recommender.serving.explain import Explainer
from recommender.serving.filters import Query, is_public
from recommender.serving.recommend import Recommendation
from recommender.snapshots import cards
from recommender.snapshots.snapshot import NEVER, Snapshot
from recommender.snapshots.store import current_id

RECENT_SECONDS = 6 * 3600
"""Age below which an article's response is not cached for long, because better candidates are
likely to be published soon."""

MAX_QUOTED = 80
"""Characters of an id or a URL that a message quotes."""


class RelatedResponse(NamedTuple):
    """A response as JSON, and what a cache needs to know about it."""

    body: bytes
    expires: int
    """When the first article in it expires or is withdrawn, in seconds since 1970 UTC."""
    origins: tuple[str, ...]
    """Origin of each card, in order."""
    cacheable: bool
    """Whether the list may be cached for long."""
    articles: tuple[str, ...] = ()
    """Ids of the articles whose lists the response contains."""
    rows: tuple[int, ...] = ()
    """Rows of all cards in the response."""


def open_current(home: Path) -> Snapshot:
    """Open the current snapshot of a data directory."""
    data_dir = DataDir(home)
    return Snapshot(data_dir.snapshots / current_id(data_dir))


def related_answer(
    snapshot: Snapshot,
    article: str,
    query: Query,
    now: float,
    active: ActiveOverrides = NO_OVERRIDES,
    *,
    explain: bool = False,
) -> RelatedResponse:
    """Return the response with the cards under an article.

    Parameters
    ----------
    article : id of the article.
    now : seconds since 1970 UTC.
    explain : adds ``why`` to each card, and ``runners_up``.

    Raises
    ------
    ArticleNotFoundError
        For an article that is unknown or not public at ``now``.
    """
    row = public_row(snapshot, article, now, active)
    return row_answer(snapshot, row, query, now, active, explain=explain)


def row_answer(
    snapshot: Snapshot,
    row: int,
    query: Query,
    now: float,
    active: ActiveOverrides = NO_OVERRIDES,
    *,
    explain: bool = False,
) -> RelatedResponse:
    """Return the response for the article of a row, whether it is public or not."""
    article = snapshot.identifier(row)
    chosen = recommend.related(snapshot, row, query, now, active)
    explainer = Explainer(snapshot, row, now, active) if explain else None
    body = _body(snapshot, article, query, chosen, explainer)
    origins = tuple([one.origin for one in chosen])
    rows = tuple([one.row for one in chosen])
    recent = now - snapshot.published.item(row) < RECENT_SECONDS
    return RelatedResponse(
        body,
        _first_expiry(snapshot, (row, *rows), active),
        origins,
        not recent
        and "latest" not in origins
        and len(chosen) == (query.limit or snapshot.ranking.cards),
        (article,),
        rows,
    )


def public_row(snapshot: Snapshot, article: str, now: float, active: ActiveOverrides) -> int:
    """Return the row of an article that readers may see.

    Raises
    ------
    ArticleNotFoundError
        For an article that is unknown or not public at ``now``.
    """
    row = snapshot.row(article)
    if row is None or not is_public(snapshot, row, now, active):
        got = shortened(article, MAX_QUOTED)
        raise ArticleNotFoundError(f"article: expected the id of a published article, got {got!r}")
    return row


def public_ids(
    snapshot: Snapshot, now: float, active: ActiveOverrides = NO_OVERRIDES
) -> Iterator[str]:
    """Iterate over the ids of all articles that readers may see, newest first."""
    for row in snapshot.newest_first().tolist():
        if is_public(snapshot, row, now, active):
            yield snapshot.identifier(row)


def article_at(
    snapshot: Snapshot, url: str, now: float, active: ActiveOverrides = NO_OVERRIDES
) -> str:
    """Return the id of the newest public article with a URL.

    Raises
    ------
    ArticleNotFoundError
        Where there is none.
    """
    for row in snapshot.rows_of_url(url):
        if is_public(snapshot, row, now, active):
            return snapshot.identifier(row)
    raise ArticleNotFoundError(
        f"url: expected the address of a published article, got {shortened(url, MAX_QUOTED)!r}"
    )


def batch_answer(
    snapshot: Snapshot,
    articles: Sequence[str],
    query: Query,
    now: float,
    active: ActiveOverrides = NO_OVERRIDES,
    *,
    explain: bool = False,
) -> RelatedResponse:
    """Return one response for several articles; ids that are not public are in ``missing``."""
    found: list[RelatedResponse] = []
    missing: list[str] = []
    for article in articles:
        try:
            one = related_answer(snapshot, article, query, now, active, explain=explain)
        except ArticleNotFoundError:
            missing.append(article)
        else:
            found.append(one)
    return RelatedResponse(
        cards.batch_response(snapshot.id, [one.body for one in found], missing),
        min((one.expires for one in found), default=NEVER),
        tuple(origin for one in found for origin in one.origins),
        cacheable=not missing and all(one.cacheable for one in found),
        articles=tuple(article for one in found for article in one.articles),
        rows=tuple(row for one in found for row in one.rows),
    )


def latest_answer(
    snapshot: Snapshot, query: Query, now: float, active: ActiveOverrides = NO_OVERRIDES
) -> RelatedResponse:
    """Return the response with the newest articles: it changes with every publication."""
    chosen = recommend.latest(snapshot, query, now, active)
    rows = tuple(one.row for one in chosen)
    return RelatedResponse(
        _body(snapshot, None, query, chosen, None),
        _first_expiry(snapshot, rows, active),
        tuple(one.origin for one in chosen),
        cacheable=False,
        rows=rows,
    )


def _body(
    snapshot: Snapshot,
    article: str | None,
    query: Query,
    chosen: Sequence[Recommendation],
    explainer: Explainer | None,
) -> bytes:
    """Encode a response, with explanations where there is an explainer."""
    if explainer is None:
        plain = [cards.finish_card(snapshot.cards[one.row], one.origin) for one in chosen]
        return cards.related_response(article, snapshot.id, plain)
    explained = [
        cards.finish_card(snapshot.cards[one.row], one.origin, explainer.why(one)) for one in chosen
    ]
    runners_up = explainer.runners_up(query, chosen)
    return cards.related_response(article, snapshot.id, explained, runners_up)


def _first_expiry(snapshot: Snapshot, rows: Sequence[int], active: ActiveOverrides) -> int:
    """Return when the first article of some rows expires or is withdrawn, as known now."""
    first = min([snapshot.expires.item(row) for row in rows], default=NEVER)
    if active.withdrawal_times:
        first = min(first, *(active.withdrawal_times.get(row, NEVER) for row in rows), NEVER)
    return first
