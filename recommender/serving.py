"""From an article's id to the answer: what the command line and the service have in common."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from recommender import cards, picks
from recommender.errors import ArticleNotFoundError
from recommender.home import Home
from recommender.picks import Pick, Query
from recommender.publishing import current_id
from recommender.snapshot import Snapshot


def open_current(home: Path) -> Snapshot:
    """Open the snapshot in force."""
    place = Home(home)
    return Snapshot(place.snapshots / current_id(place))


def related_answer(
    snapshot: Snapshot, article: str, query: Query, now: float, *, explain: bool = False
) -> bytes:
    """Answer with the cards under an article, as JSON.

    Raises :class:`ArticleNotFoundError` for one that is unknown or not public at ``now``.
    """
    row = snapshot.row(article)
    if row is None or not picks.is_public(snapshot, row, now):
        shown = article if len(article) <= 80 else article[:77] + "..."
        raise ArticleNotFoundError(f"article {shown!r}: wanted the id of a published article")
    chosen = picks.related(snapshot, row, query, now)
    reasons = [picks.why(snapshot, row, pick) for pick in chosen] if explain else None
    return cards.answer(article, snapshot.id, _finished(snapshot, chosen, reasons))


def latest_answer(snapshot: Snapshot, query: Query, now: float) -> bytes:
    """Answer with the newest articles, as JSON."""
    return cards.answer(None, snapshot.id, _finished(snapshot, picks.latest(snapshot, query, now)))


def _finished(
    snapshot: Snapshot, chosen: list[Pick], reasons: list[dict[str, object]] | None = None
) -> list[bytes]:
    explained: Iterable[dict[str, object] | None] = reasons or [None] * len(chosen)
    return [
        cards.finished(snapshot.cards[pick.row], pick.origin, reason)
        for pick, reason in zip(chosen, explained, strict=True)
    ]
