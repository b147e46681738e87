"""The candidates of an article: score bars, reasons and chips, for the templates."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from models.arrays import Floats
from models.rerank.recency import recency_boost
from recommender.messages import Message
from recommender.serving.placement import Placement, Placements
from recommender.serving.reasons import ReasonBuilder
from recommender.snapshots.snapshot import Snapshot
from service.desk.presenters.article.reason_summary import ReasonSummary, summarize
from service.desk.presenters.i18n import gettext_noop

MAX_CANDIDATES = 30
"""Candidates on an article's page: five times the default list."""

FIRST_CANDIDATES = 10
"""Candidates that are shown at once; the others are folded in."""

MIN_SEGMENT = 0.0005
"""Smallest contribution that gets a segment: smaller ones are shown as 0.00."""

STRONG, MEDIUM = 0.99, 0.85
"""Probabilities of a common topic from which a match is strong or medium. With the default
``minimum_relevance`` every candidate has at least .5."""

MAX_TERMS = 2
"""Names or words that both texts have, on one chip."""

SIGNAL_NAMES = {
    "text": gettext_noop("same words"),
    "semantic": gettext_noop("same meaning"),
    "title match": gettext_noop("title and lead"),
    "tags": gettext_noop("tags"),
    "links": gettext_noop("links"),
    "date distance": gettext_noop("closeness of the dates"),
    "newest on topic": gettext_noop("newest on the topic"),
    "freshness": gettext_noop("age"),
    "boost": gettext_noop("rule by editors"),
}
"""What editors read for the names of signals that the manifest and the requests use."""

Parts = list[tuple[str, float]]


class Segment(NamedTuple):
    """One part of a candidate's score, as a segment of its bar."""

    name: str
    value: float
    """Contribution to the score, in log-odds; negative where it lowers it."""
    start: float
    """Left end, in percent of the width of the bar."""
    width: float
    """Length, in percent of the width of the bar."""


class Candidate(NamedTuple):
    """A candidate with its score and the reasons for it."""

    card: dict[str, Any]
    score: float
    """In log-odds: the values of the segments add up to it."""
    strength: int
    """How strong the evidence of a common topic is: 1, 2 or 3."""
    segments: list[Segment]
    reasons: ReasonSummary
    chips: list[Message]
    """What both articles have in common, in a word or two, to translate."""
    facts: list[Message]
    """What both articles share besides, to translate."""
    placement: Placement


class CandidateList(NamedTuple):
    """The best candidates of an article, best score first."""

    items: list[Candidate]
    zero: float
    """Where the zero line of all bars is, in percent of their width."""
    signals: list[str]
    """Names of the signals, for the legend."""


def list_candidates(placements: Placements) -> CandidateList:
    """List at most :data:`MAX_CANDIDATES` candidates of the article of a list."""
    found = _best(placements)
    below = max((_sum(parts, -1) for _, _, parts in found), default=0.0)
    above = max((_sum(parts, 1) for _, _, parts in found), default=0.0)
    scale = 100 / ((below + above) or 1.0)
    items = [
        _candidate(placements, row, score, parts, below * scale, scale)
        for row, score, parts in found
    ]
    names = [*placements.snapshot.features, "freshness", "boost"]
    used = {segment.name for one in items for segment in one.segments}
    return CandidateList(items, below * scale, [name for name in names if name in used])


def _best(placements: Placements) -> list[tuple[int, float, Parts]]:
    """Return row, score and parts of the score of the best candidates."""
    snapshot, row, active = placements.snapshot, placements.row, placements.active
    rows, relevance = snapshot.candidates.of(row)
    columns = np.flatnonzero(snapshot.are_articles(rows))
    rows, relevance = rows[columns], relevance[columns]
    setting = snapshot.ranking.recency_of(snapshot.sections[int(snapshot.section[row])])
    recency = recency_boost(
        snapshot.recency_from[rows], placements.now, setting.boost, setting.half_life_days
    )
    boost = np.zeros(len(rows)) if active.boost is None else active.boost[rows]
    scores = relevance + recency + boost
    best = np.argsort(-scores, kind="stable")[:MAX_CANDIDATES].tolist()
    return [
        (
            int(rows[i]),
            float(scores[i]),
            _contributions(snapshot, row, int(columns[i]), float(recency[i]), float(boost[i])),
        )
        for i in best
    ]


def _contributions(
    snapshot: Snapshot, row: int, column: int, recency: float, boost: float
) -> Parts:
    values: Floats = snapshot.candidates.contributions(row, column).astype(float)
    named = dict(zip(snapshot.features, values.tolist(), strict=True))
    named |= {"freshness": recency, "boost": boost}
    return [(name, value) for name, value in named.items() if abs(value) >= MIN_SEGMENT]


def _sum(parts: Parts, sign: int) -> float:
    """Return the sum of the positive or of the negative parts, without its sign."""
    return sum(abs(value) for _, value in parts if value * sign > 0)


def _candidate(
    placements: Placements, row: int, score: float, parts: Parts, zero: float, scale: float
) -> Candidate:
    reasons = placements.reasons
    return Candidate(
        card=placements.snapshot.card(row),
        score=score,
        strength=_strength(reasons, row),
        segments=_segments(parts, zero, scale),
        reasons=summarize(parts, reasons, row),
        chips=list(_chips(reasons, row)),
        facts=list(reasons.overlap.facts(row)),
        placement=placements.of(row),
    )


def _segments(parts: Parts, zero: float, scale: float) -> list[Segment]:
    """Lay positive parts out to the right of the zero line, negative ones to the left."""
    left = right = zero
    segments = []
    for name, value in parts:
        width = abs(value) * scale
        if value < 0:
            left -= width
            start = left
        else:
            start, right = right, right + width
        segments.append(Segment(name, value, round(start, 2), round(width, 2)))
    return segments


def _strength(reasons: ReasonBuilder, row: int) -> int:
    probability = 1 / (1 + math.exp(-max(reasons.log_odds(row), -50.0)))
    return 1 + (probability >= MEDIUM) + (probability >= STRONG)


def _chips(reasons: ReasonBuilder, row: int) -> Iterator[Message]:
    """Yield what both articles have in common, the most telling first."""
    if terms := reasons.overlap.terms(row)[:MAX_TERMS]:
        yield Message("%(pick)s", pick=", ".join(terms))
    if reasons.overlap.authors(row):
        yield Message(gettext_noop("same author"))
    if number := len(reasons.inlinks.of(row)):
        one, many = (
            gettext_noop("linked by one article"),
            gettext_noop("linked by %(number)s articles"),
        )
        yield Message(one if number == 1 else many, number=number)
