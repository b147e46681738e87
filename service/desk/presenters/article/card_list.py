"""The cards of a list as the article's page shows them, and why an article is hidden."""

from __future__ import annotations

import dataclasses
from collections import ChainMap
from collections.abc import Sequence
from datetime import tzinfo
from typing import Any, NamedTuple, cast

from markupsafe import Markup
from msgspec import json

from recommender.overrides.active import ActiveOverrides, ArticleOverride
from recommender.overrides.override import Override
from recommender.overrides.resolve import RowLookup, article_overrides
from recommender.serving.filters import Query
from recommender.serving.responses import row_answer
from recommender.snapshots.snapshot import Snapshot
from service.api.fragment import render_fragment
from service.desk.presenters.i18n import gettext_noop
from service.state.serving_state import ServingState

NEVER_RECOMMENDED = gettext_noop("blocked in all lists")
"""State of an article under a site-wide block: readers see it and its list, but no card of it."""


class CardList(NamedTuple):
    """The cards under an article, and the HTML fragment that readers get."""

    cards: list[dict[str, Any]]
    html: Markup

    @property
    def ids(self) -> list[str]:
        """Ids of the cards, in order."""
        return [card["id"] for card in self.cards]


def with_article_overrides(
    rows: RowLookup, active: ActiveOverrides, article: str, overrides: Sequence[Override]
) -> ActiveOverrides:
    """Return ``active`` with other overrides under one article.

    Parameters
    ----------
    rows
        Rows of ids in the snapshot.
    active
        Active overrides of the site.
    article
        Id of the article.
    overrides
        All pins, blocks and holds under it, whatever their dates.
    """
    own = article_overrides(rows, overrides)
    replaced = {rows.of(article): own.get(rows.of(article), ())}
    # The mapping is only read, so the second one need not be copied.
    chain = ChainMap(replaced, cast("dict[int, tuple[ArticleOverride, ...]]", active.articles))
    return dataclasses.replace(active, articles=chain)


def render_list(
    state: ServingState, row: int, active: ActiveOverrides, now: float, zone: tzinfo
) -> CardList:
    """Render the list of an article by the same code that serves readers.

    ``now`` is in seconds since 1970 UTC; ``zone`` is the time zone of the dates shown.
    """
    snapshot = state.snapshot
    served = row_answer(snapshot, row, Query(), now, active)
    cards = json.decode(served.body)["cards"]
    html = render_fragment(
        served, snapshot.card(row)["language"], zone, state.heading
    ).body.decode()
    # The fragment is our own template, which escapes what it is given.
    return CardList(cards, Markup(html))  # noqa: S704


def hidden_state(snapshot: Snapshot, row: int, active: ActiveOverrides, now: float) -> str:
    """Return why readers see no card of an article, as a text to translate; "" where they do."""
    if row in active.copies and row in active.withdrawn:
        return gettext_noop("a copy of a withdrawn article")
    if row in active.withdrawn:
        return gettext_noop("withdrawn")
    if snapshot.published[row] > now:
        return gettext_noop("under embargo")
    if snapshot.expires[row] <= now:
        return gettext_noop("expired")
    return NEVER_RECOMMENDED if active.excluded is not None and active.excluded[row] else ""
