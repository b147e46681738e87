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
from recommender.scoring import Scored, diverse, in_order, newest_version, scored, shortlist
from recommender.snapshot import NEVER, VECTOR_SCALE, Snapshot


class Ahead(NamedTuple):
    """The cards of one article, and how long they hold."""

    rows: list[int]
    pins: int
    """Bit i is set where the i-th card is an editor's."""
    until: int
    """Before when the choice is this one, in seconds since 1970 UTC; NEVER is for ever."""


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
    dates = Dates(snapshot, snapshot.made_at)
    for row in range(count):
        ahead = choose_ahead(snapshot, row, snapshot.made_at, force, dates)
        if ahead is not None:
            cards[row], pins[row], until[row] = ahead
            keys[row] = key_of(force.articles.get(row, ()))
    return {
        "prepared": cards,
        "prepared_pins": pins,
        "prepared_until": until,
        "prepared_rules": keys,
        "prepared_lift": force.lifted(count),
    }


class Dates:
    """When the first of a story's versions comes or goes next, as seen from one moment."""

    def __init__(self, snapshot: Snapshot, now: float) -> None:
        dated = np.flatnonzero((snapshot.published > now) | (snapshot.expires != NEVER))
        published, expires = snapshot.published[dated], snapshot.expires[dated]
        own = np.where(published > now, published, expires)
        dated, own = dated[own > now], own[own > now]
        self._stories, places = np.unique(snapshot.story[dated], return_inverse=True)
        self._dates = np.full(len(self._stories) + 1, NEVER)  # the last is of those without
        np.minimum.at(self._dates, places, own)

    def first(self, stories: NDArray[np.int32]) -> int:
        """Tell when the first version of any of these stories comes or goes, or NEVER."""
        if not len(self._stories):
            return NEVER
        places = np.searchsorted(self._stories, stories)
        known = self._stories.take(places, mode="clip") == stories
        return int(self._dates[places[known]].min(initial=NEVER))


def choose_ahead(
    snapshot: Snapshot, row: int, now: float, force: InForce, dates: Dates
) -> Ahead | None:
    """Choose the cards of an article as a request at ``now`` does; None where there are too few.

    ``dates`` are those as of ``now`` or of a moment before.
    """
    rules, under = ruled(snapshot, row, PLAIN, now, force)
    until = _dates_until(snapshot, row, now, force, dates)
    if under is not None and under.held:
        return Ahead([NOBODY] * PLAIN.limit, 0, until)
    first = _pins(row, under, rules)
    rules.told |= {snapshot.story.item(pick) for pick in first.values()}
    limit = PLAIN.limit - len(first)
    rows: list[int] = []
    if limit:
        found = scored(snapshot, row, rules, now)
        best = shortlist(snapshot, rules, found, limit)
        chosen = diverse(snapshot, found, best, limit)
        if len(chosen) < limit:
            return None
        shown = found.rows.take(in_order(found, chosen)).tolist()
        rows = [newest_version(snapshot, other, rules) for other in shown]
        fraction = _lasting(snapshot, rules, found, best, chosen)
        until = min(until, _fading_until(snapshot, row, now, fraction))
    for place, pick in first.items():
        rows.insert(place - 1, pick)
    return Ahead(rows, sum(1 << rows.index(pick) for pick in first.values()), until)


def _pins(row: int, under: Under | None, rules: Rules) -> dict[int, int]:
    picks = {} if under is None else pinned(row, under, rules)
    return {place: pick.row for place, pick in picks.items()}


def _dates_until(snapshot: Snapshot, row: int, now: float, force: InForce, dates: Dates) -> int:
    """Tell when the next date of a candidate, a pin or a decision comes, or NEVER."""
    rules = force.articles.get(row, ())
    candidates = snapshot.candidates[row]
    picks = [rule.row for rule in rules if rule.row >= 0]
    could = np.append(candidates[candidates >= 0], picks).astype(np.int64)
    return min(dates.first(snapshot.story[could]), _next_of(rules, now))


def _next_of(rules: Sequence[Rule], now: float) -> int:
    """Tell when the next of the decisions under an article starts or ends, or NEVER."""
    return min((date for r in rules for date in (r.starts, r.ends) if date > now), default=NEVER)


def _fading_until(snapshot: Snapshot, row: int, now: float, fraction: float) -> int:
    """Tell when freshness has faded to a fraction of what it is now, a second early."""
    if fraction == 0:
        return NEVER
    days = snapshot.freshness_of(row).half_life * math.log2(1 / fraction)
    return int(min(now + days * SECONDS_A_DAY - 1, NEVER // 2))


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
