"""Choosing the cards of every article ahead, and telling until when the choice stays that."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.lasting import lasting
from models.ranking import SECONDS_A_DAY
from recommender.overrides.force import NOTHING, InForce, Rule, Under
from recommender.picks import pinned
from recommender.prepared import NOBODY, PLAIN, key_of
from recommender.rules import Rules, ruled
from recommender.scoring import Scored, diverse, newest_version, scored, shortlist
from recommender.snapshot import NEVER, VECTOR_SCALE, Snapshot


class Ahead(NamedTuple):
    """The cards of one article, and how long they hold."""

    rows: list[int]
    pins: int
    """Bit i is set where the i-th card is an editor's."""
    fraction: float
    """Of the bonuses for freshness: down to which the choice is this one; 0 is for ever."""


def prepare(snapshot: Snapshot, force: InForce = NOTHING) -> dict[str, NDArray[Any]]:
    """Choose the cards of every article as of the moment of the snapshot.

    ``force`` is what editors had decided by then. Returns the arrays whose names begin with
    ``prepared`` in :mod:`recommender.snapshot`.
    """
    count = len(snapshot)
    cards = np.zeros((count, PLAIN.limit), dtype=np.int32)
    pins = np.zeros(count, dtype=np.uint8)
    until = np.zeros(count, dtype=np.int64)
    keys = np.zeros(count, dtype=np.int64)
    dates = _next_dates(snapshot)
    for row in range(count):
        rules = force.articles.get(row, ())
        ahead = _ahead(snapshot, row, force)
        if ahead is not None:
            cards[row], pins[row], keys[row] = ahead.rows, ahead.pins, key_of(rules)
            candidates = snapshot.candidates[row]
            could = np.append(candidates[candidates >= 0], [r.row for r in rules if r.row >= 0])
            until[row] = min(
                dates[snapshot.story[could.astype(np.int64)]].min(initial=NEVER),
                _next_of(rules, snapshot.made_at),
                _fading_until(snapshot, row, ahead.fraction),
            )
    return {
        "prepared": cards,
        "prepared_pins": pins,
        "prepared_until": until,
        "prepared_rules": keys,
        "prepared_lift": force.lifted(count),
    }


def _ahead(snapshot: Snapshot, row: int, force: InForce) -> Ahead | None:
    """Choose the cards of an article as a request does; None where there are too few."""
    rules, under = ruled(snapshot, row, PLAIN, snapshot.made_at, force)
    if under is not None and under.held:
        return Ahead([NOBODY] * PLAIN.limit, 0, 0)
    first = _pins(row, under, rules)
    rules.told |= {snapshot.story.item(pick) for pick in first.values()}
    limit = PLAIN.limit - len(first)
    rows: list[int] = []
    fraction = 0.0
    if limit:
        found = scored(snapshot, row, rules, snapshot.made_at)
        best = shortlist(snapshot, rules, found, limit)
        chosen = diverse(snapshot, found, best, limit)
        if len(chosen) < limit:
            return None
        rows = [newest_version(snapshot, other, rules) for other in found.rows[chosen].tolist()]
        fraction = _lasting(snapshot, rules, found, best, chosen)
    for place, pick in first.items():
        rows.insert(place - 1, pick)
    return Ahead(rows, sum(1 << rows.index(pick) for pick in first.values()), fraction)


def _pins(row: int, under: Under | None, rules: Rules) -> dict[int, int]:
    picks = {} if under is None else pinned(row, under, rules)
    return {place: pick.row for place, pick in picks.items()}


def _next_dates(snapshot: Snapshot) -> NDArray[np.int64]:
    """Tell for each story when the first of its versions comes or goes next, or NEVER."""
    now = snapshot.made_at
    own = np.where(snapshot.published > now, snapshot.published, snapshot.expires)
    dates = np.full(len(snapshot.story_starts) - 1, NEVER)
    np.minimum.at(dates, snapshot.story, np.where(own > now, own, NEVER))
    return dates


def _next_of(rules: Sequence[Rule], now: float) -> int:
    """Tell when the next of the decisions under an article starts or ends, or NEVER."""
    return min((date for r in rules for date in (r.starts, r.ends) if date > now), default=NEVER)


def _fading_until(snapshot: Snapshot, row: int, fraction: float) -> int:
    """Tell when freshness has faded to a fraction, a second early."""
    if fraction == 0:
        return NEVER
    days = snapshot.freshness_of(row).half_life * math.log2(1 / fraction)
    return int(min(snapshot.made_at + days * SECONDS_A_DAY - 1, NEVER // 2))


def _lasting(
    snapshot: Snapshot,
    rules: Rules,
    found: Scored,
    best: NDArray[np.intp],
    chosen: NDArray[np.intp],
) -> float:
    vectors = snapshot.vectors.take(found.rows, axis=0).astype(np.float32)
    weight = snapshot.manifest.ranking.diversity / VECTOR_SCALE**2
    stories = snapshot.story.take(found.rows)
    told = np.isin(stories, stories[best])
    # A version of a story in the shortlist vies with that one alone; one of a story that is told
    # already, by the article or by a pin, with nobody.
    rivals = (stories[best, None] == stories) | ~(told | np.isin(stories, list(rules.told)))
    rivals[:, best] = False
    return lasting(
        found.keys - found.freshness,
        found.freshness,
        chosen,
        best,
        weight * vectors[chosen].dot(vectors.T).astype(np.float64),
        rivals,
    )
