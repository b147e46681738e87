"""What changed settings would do to the lists of some articles."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from recommender.serving.filters import DEFAULT_QUERY, is_public
from recommender.serving.recommend import related
from recommender.settings import Ranking
from recommender.snapshots.snapshot import Snapshot
from service.api.headings import heading_in
from service.desk.presenters.impact import ImpactCard, compared_cards
from service.state.serving_state import ServingState

EXAMPLES = 3

MAX_LOOKED_AT = 2_000
"""Newest articles among which examples of different sections are looked for."""


class PreviewedList(NamedTuple):
    """The list of one article, as it is and as it would be."""

    article: dict[str, Any]
    heading: str
    before: list[ImpactCard]
    after: list[ImpactCard]
    changed: bool
    """Whether the list would differ."""


def preview_lists(
    state: ServingState, rows: Iterable[int], ranking: Ranking, heading: str, now: float
) -> list[PreviewedList]:
    """Compare the lists of some rows with those under another ranking.

    Parameters
    ----------
    heading
        Heading of the lists; "" is one in the language of each article.
    now
        Seconds since 1970 UTC.
    """
    found, changed = [], state.snapshot.under(ranking)
    for row in rows:
        before = _rows(state.snapshot, row, state, now)
        after = _rows(changed, row, state, now)
        card = state.snapshot.card(row)
        found.append(
            PreviewedList(
                card,
                heading or heading_in(card["language"]).text,
                *compared_cards(state.snapshot, before, after),
                before != after,
            )
        )
    return found


def example_rows(state: ServingState, now: float) -> list[int]:
    """Return the newest public articles of different sections, :data:`EXAMPLES` if there are."""
    snapshot, found = state.snapshot, dict[int, int]()
    newest = snapshot.newest_first()[:MAX_LOOKED_AT].tolist()
    public = [row for row in newest if is_public(snapshot, row, now, state.overrides)]
    for row in public:
        found.setdefault(snapshot.section.item(row), row)
        if len(found) == EXAMPLES:
            break
    rows = [*found.values(), *(row for row in public if row not in found.values())]
    return rows[:EXAMPLES]


def _rows(snapshot: Snapshot, row: int, state: ServingState, now: float) -> list[int]:
    return [card.row for card in related(snapshot, row, DEFAULT_QUERY, now, state.overrides)]
