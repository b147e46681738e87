"""What the best of those not shown lacked, measured against the last card that is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from recommender.serving.explain import TELLING, Explainer
from recommender.serving.filters import Query
from recommender.serving.recommend import Recommendation
from recommender.serving.scoring import ScoredRows, considered

COUNT = 3
"""Rejected ones that are told."""

REASONS = 3
"""What they lacked most."""

MISSING = {
    "words": "fewer shared words",
    "meaning": "less near in meaning",
    "title and lead": "less of its title and lead stands in this article",
    "tags": "fewer shared tags",
    "links": "less linked",
    "time": "further off in time",
    "latest on it": "newer ones tell of the same",
    "freshness": "older",
    "boost": "less favoured by editors",
}


def runners_up(
    explaining: Explainer, query: Query, cards: Sequence[Recommendation]
) -> list[dict[str, Any]]:
    """Tell of the next candidates by score that readers could have been shown."""
    shown = [pick for pick in cards if pick.column >= 0]
    if not shown:
        return []
    snapshot, row = explaining.snapshot, explaining.row
    scored = considered(snapshot, row, query, explaining.now, explaining.force)
    there = {pick.column for pick in shown}
    told: list[dict[str, Any]] = []
    for place in np.argsort(-scored.keys, kind="stable").tolist():
        if scored.columns.item(place) not in there:
            candidate = scored.rows.item(place)
            told.append(
                {
                    "id": snapshot.identifier(candidate),
                    "title": snapshot.card(candidate)["title"],
                    "score": round(scored.scores.item(place), 4),
                    "lacked": _lacked(explaining, scored, place, cards),
                }
            )
        if len(told) == COUNT:
            break
    return told


def _lacked(
    explaining: Explainer, scored: ScoredRows, place: int, cards: Sequence[Recommendation]
) -> list[str]:
    snapshot, candidate = explaining.snapshot, scored.rows.item(place)
    story = snapshot.cluster_id.item(candidate)
    if story == snapshot.cluster_id.item(explaining.row):
        return ["tells the same story as this article"]
    for number, card in enumerate(cards, start=1):
        if story == snapshot.cluster_id.item(card.row):
            return [f"tells the same story as card {number}"]
    if scored.keys.item(place) < scored.scores.item(place):
        return ["in another language than this article"]
    last = next(pick for pick in reversed(cards) if pick.column >= 0)
    other = int(np.flatnonzero(scored.columns == last.column)[0])
    if scored.keys.item(place) >= scored.keys.item(other):
        return [_too_alike(explaining, candidate, cards)]
    return _less(explaining, scored, place, other)


def _too_alike(explaining: Explainer, candidate: int, cards: Sequence[Recommendation]) -> str:
    """Name the chosen card that a candidate is most like, and what being like all of them costs."""
    chosen = {number: card.row for number, card in enumerate(cards, 1) if card.column >= 0}
    alike = explaining.saying.diversity_vectors(candidate, list(chosen.values()))
    told = f"too like other cards, card {list(chosen)[int(np.argmax(alike))]} above all"
    cost = explaining.snapshot.manifest.ranking.diversity_penalty * alike.mean()
    return f"{told} (diversity {-cost:+.2f})" if cost > TELLING else told


def _less(explaining: Explainer, scored: ScoredRows, place: int, last: int) -> list[str]:
    """Name what a candidate has less of than the last card, the greatest first."""
    ours, theirs = (_parts(explaining, scored, one) for one in (place, last))
    gaps = {name: ours[name] - theirs[name] for name in ours}
    worst = sorted((name for name in gaps if gaps[name] <= -TELLING), key=gaps.__getitem__)
    if not worst:
        return [f"a little less of everything {sum(gaps.values()):+.2f}"]
    return [f"{MISSING.get(name, f'its {name}')} {gaps[name]:+.2f}" for name in worst[:REASONS]]


def _parts(explaining: Explainer, scored: ScoredRows, place: int) -> dict[str, float]:
    """Take a score apart: the features' shares, freshness, and what editors added."""
    shares = explaining.contributions(scored.columns.item(place))
    fresh, affinity = scored.freshness.item(place), sum(shares.values())
    boost = scored.scores.item(place) - fresh - affinity
    return shares | {"freshness": fresh, "boost": boost}
