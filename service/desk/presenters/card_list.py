"""Rows for the templates: the cards of a list, and its candidates with the reasons."""

from __future__ import annotations

import dataclasses
from collections import ChainMap
from collections.abc import Sequence
from datetime import tzinfo
from typing import Any, NamedTuple, cast

import numpy as np
from markupsafe import Markup
from msgspec import json
from numpy.typing import NDArray

from models.rerank.recency import recency_boost
from recommender.messages import Message
from recommender.overrides.active import ActiveOverrides, ArticleOverride
from recommender.overrides.override import Override
from recommender.overrides.resolve import RowLookup, article_overrides
from recommender.serving.filters import Query
from recommender.serving.reasons import ReasonBuilder
from recommender.serving.responses import row_answer
from recommender.snapshots.snapshot import Snapshot
from service.api.fragment import render_fragment
from service.desk.presenters.i18n import gettext_noop
from service.desk.presenters.reason_summary import ReasonSummary, summarize

MAX_CANDIDATES = 30
"""Candidates on an article's page: as many as the diversity step chooses from."""

MIN_SEGMENT = 0.0005
"""Smallest contribution that gets a segment: smaller ones are shown as 0.00."""


class CardList(NamedTuple):
    """The cards under an article, and the HTML fragment that readers get."""

    cards: list[dict[str, Any]]
    html: Markup

    @property
    def ids(self) -> list[str]:
        """Ids of the cards, in order."""
        return [card["id"] for card in self.cards]


class Segment(NamedTuple):
    """One part of a candidate's score, as a segment of its bar."""

    name: str
    value: float
    """Contribution to the score; negative where it lowers it."""
    percent: int
    """Length of the segment, in percent of the longest bar on the page."""


class Candidate(NamedTuple):
    """A candidate with its score and the reasons for it."""

    card: dict[str, Any]
    score: float
    segments: list[Segment]
    reasons: ReasonSummary
    state: str
    """Why readers do not see the article, to translate; "" where they do."""
    facts: list[Message]
    """What both articles share besides, to translate."""


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
    snapshot: Snapshot, row: int, active: ActiveOverrides, now: float, zone: tzinfo
) -> CardList:
    """Render the list of an article by the same code that serves readers.

    ``now`` is in seconds since 1970 UTC; ``zone`` is the time zone of the dates shown.
    """
    served = row_answer(snapshot, row, Query(), now, active)
    cards = json.decode(served.body)["cards"]
    html = render_fragment(served, snapshot.card(row)["language"], zone).body.decode()
    # The fragment is our own template, which escapes what it is given.
    return CardList(cards, Markup(html))  # noqa: S704


def candidates(
    snapshot: Snapshot, row: int, active: ActiveOverrides, now: float
) -> list[Candidate]:
    """List the best candidates of an article, best score first.

    Parameters
    ----------
    snapshot
        The snapshot that is served.
    row
        Row of the article.
    active
        Overrides that are active at ``now``.
    now
        Seconds since 1970 UTC.

    Returns
    -------
    list of Candidate
        At most :data:`MAX_CANDIDATES`. Scores are log-odds: the contributions of the features,
        the recency boost and the editors' boosts add up to them.
    """
    rows, relevance = snapshot.candidates.of(row)
    columns = np.flatnonzero(snapshot.are_articles(rows))
    rows, relevance = rows[columns], relevance[columns]
    setting = snapshot.ranking.recency_of(snapshot.sections[int(snapshot.section[row])])
    recency = recency_boost(snapshot.recency_from[rows], now, setting.boost, setting.half_life_days)
    boost = np.zeros(len(rows)) if active.boost is None else active.boost[rows]
    scores = relevance + recency + boost
    best = np.argsort(-scores, kind="stable")[:MAX_CANDIDATES]
    parts = [
        _contributions(snapshot, row, int(columns[i]), float(recency[i]), float(boost[i]))
        for i in best
    ]
    longest = max((sum(abs(value) for _, value in one) for one in parts), default=0.0) or 1.0
    reasons = ReasonBuilder(snapshot, row, now, active)
    return [
        _candidate(reasons, int(rows[i]), float(scores[i]), one, longest)
        for i, one in zip(best, parts, strict=True)
    ]


def _contributions(
    snapshot: Snapshot, row: int, column: int, recency: float, boost: float
) -> list[tuple[str, float]]:
    values: NDArray[np.float64] = snapshot.candidates.contributions(row, column).astype(float)
    named = dict(zip(snapshot.features, values.tolist(), strict=True))
    named |= {"freshness": recency, "boost": boost}
    return [(name, value) for name, value in named.items() if abs(value) >= MIN_SEGMENT]


def _candidate(
    reasons: ReasonBuilder,
    row: int,
    score: float,
    parts: list[tuple[str, float]],
    longest: float,
) -> Candidate:
    """Collect what is shown of one candidate; ``longest`` is the longest bar, in log-odds."""
    card = reasons.snapshot.card(row)
    return Candidate(
        card=card,
        score=score,
        segments=[Segment(name, value, round(100 * abs(value) / longest)) for name, value in parts],
        reasons=summarize(parts, reasons, row),
        state=_not_shown(reasons.snapshot, row, reasons.active, reasons.now),
        facts=list(reasons.common_facts(row)),
    )


def _not_shown(snapshot: Snapshot, row: int, active: ActiveOverrides, now: float) -> str:
    """Return why an article is no card, as a text to translate; "" where it may be one."""
    if hidden := hidden_state(snapshot, row, active, now):
        return hidden
    visible = active.visible(snapshot.public.at(now))
    is_older = snapshot.newest_only.is_older(row, visible)
    return gettext_noop("older post of a series") if is_older else ""


def hidden_state(snapshot: Snapshot, row: int, active: ActiveOverrides, now: float) -> str:
    """Return why readers do not see an article, as a text to translate; "" where they do."""
    if row in active.copies:
        return gettext_noop("copy of a blocked or withdrawn article")
    if row in active.withdrawn:
        return gettext_noop("withdrawn")
    if active.excluded is not None and active.excluded[row]:
        return gettext_noop("blocked site-wide")
    if snapshot.published[row] > now:
        return gettext_noop("under embargo")
    return gettext_noop("expired") if snapshot.expires[row] <= now else ""
