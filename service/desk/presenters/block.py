"""What the pages show of a block and its candidates, as plain rows for the templates."""

from __future__ import annotations

import dataclasses
from collections import ChainMap
from collections.abc import Sequence
from datetime import tzinfo
from typing import Any, NamedTuple, cast

import numpy as np
from markupsafe import Markup
from msgspec import json

from models.rerank.recency import recency_boost
from recommender.overrides.active import ActiveOverrides, ArticleOverride
from recommender.overrides.override import Override
from recommender.overrides.resolve import RowLookup, under
from recommender.serving.filters import Query
from recommender.serving.reasons import ReasonBuilder, same_beginning
from recommender.serving.responses import row_answer
from recommender.snapshots.snapshot import Snapshot
from service.api.fragment import render_fragment
from service.desk.presenters.i18n import marked
from service.desk.presenters.reason_summary import summarize
from service.desk.presenters.search_index import card_of

SHOWN = 30
"""Candidates on an article's page: those among which diversity chooses."""


def with_decisions(
    rows: RowLookup, force: ActiveOverrides, article: str, here: Sequence[Override]
) -> ActiveOverrides:
    """Put other decisions in force under one article, all else as it is."""
    own = under(rows, here)
    articles = {rows.of(article): own.get(rows.of(article), ())}
    # Only ever looked things up in, so that the second need not be copied.
    chain = ChainMap(articles, cast("dict[int, tuple[ArticleOverride, ...]]", force.articles))
    return dataclasses.replace(force, articles=chain)


class Block(NamedTuple):
    """The cards under an article, and the finished HTML that readers get."""

    cards: list[dict[str, Any]]
    html: Markup

    @property
    def picks(self) -> list[str]:
        """The ids of the cards, in their order."""
        return [card["id"] for card in self.cards]


def block(snapshot: Snapshot, row: int, force: ActiveOverrides, now: float, zone: tzinfo) -> Block:
    """Make a block as the site does, by the site's own hands: cards, then the fragment."""
    served = row_answer(snapshot, row, Query(), now, force)
    cards = json.decode(served.body)["cards"]
    html = render_fragment(served, snapshot.card(row)["language"], zone).body.decode()
    # The fragment is a template of ours that escapes what it is given.
    return Block(cards, Markup(html))  # noqa: S704


def candidates(
    snapshot: Snapshot, row: int, force: ActiveOverrides, now: float
) -> list[dict[str, Any]]:
    """Show the best candidates with the parts of their scores, in units of affinity."""
    columns = np.flatnonzero(snapshot.candidates[row] >= 0)
    rows = snapshot.candidates[row][columns]
    setting = snapshot.manifest.ranking.recency_of(snapshot.sections[int(snapshot.section[row])])
    fresh = recency_boost(snapshot.published[rows], now, setting.boost, setting.half_life_days)
    lift = np.zeros(len(rows)) if force.boost is None else force.boost[rows]
    scores = snapshot.relevance[row][columns] + fresh + lift
    saying = ReasonBuilder(snapshot, row, now, force)
    shown = []
    for place in np.argsort(-scores, kind="stable")[:SHOWN].tolist():
        shares = snapshot.contributions[row, columns[place]].astype(float).tolist()
        parts = dict(zip(snapshot.features, shares, strict=True))
        parts |= {"freshness": float(fresh[place]), "boost": float(lift[place])}
        told = [(name, part) for name, part in parts.items() if abs(part) >= 0.0005]
        shown.append(
            card_of(snapshot, int(rows[place]))
            | _facts(saying, int(rows[place]))
            | {
                "score": float(scores[place]),
                "parts": told,
                "spoken": summarize(told),
                "state": state_of(snapshot, int(rows[place]), force, now),
            }
        )
    return _scaled(shown)


def _facts(saying: ReasonBuilder, candidate: int) -> dict[str, Any]:
    """Tell what stands in both texts, who linked, and what the two articles belong to together."""
    names, words = saying.terms(candidate)
    card = saying.snapshot.card(candidate)
    return {
        "shared": ", ".join(names + words),
        "linkers": saying.linkers(candidate),
        "authors": ", ".join(saying.authors(card)),
        "series": same_beginning(saying.card["title"], card["title"]),
    }


def _scaled(shown: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give each part its length in percent of the longest bar."""
    longest = max((sum(abs(p) for _, p in one["parts"]) for one in shown), default=0.0) or 1.0
    for one in shown:
        one["bars"] = [
            (name, part, round(100 * abs(part) / longest)) for name, part in one["parts"]
        ]
    return shown


def state_of(snapshot: Snapshot, row: int, force: ActiveOverrides, now: float) -> str:
    """Say why readers do not see an article; "" where they may."""
    if row in force.withdrawn:
        return marked("withdrawn")
    if force.excluded is not None and force.excluded[row]:
        return marked("blocked everywhere")
    if snapshot.published[row] > now:
        return marked("under embargo")
    return marked("expired") if snapshot.expires[row] <= now else ""
