"""What dates will do to a block: decisions that start and end, embargoes, expiries.

Only dates that can do something are looked at. What comes can stand in any place, so that every
embargo's end and every date of a decision counts. Of what goes that which is shown counts, and,
for the dates next to come, that from which diversity has chosen it: fading may show it until then.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from recommender.overrides.force import InForce
from recommender.picks import Pick, related
from recommender.rules import Query, ruled
from recommender.scoring import scored, shortlist
from recommender.snapshot import NEVER, Snapshot

MOST = 48
"""Dates looked at, each of which costs about three requests."""

NEAR = 16
"""Dates at which also what is nearly shown counts; often all of a site's articles expire."""

Rows = NDArray[np.int64]

QUERY = Query()


def next_change(
    snapshot: Snapshot,
    row: int,
    at: Callable[[float], InForce],
    decided: Callable[[Rows], Iterable[int]],
    now: float,
) -> int | None:
    """Find the first date after ``now`` that changes the cards; None where none of them does.

    ``at`` tells what will be in force at a moment, ``decided`` when something that editors decided
    about some rows in every block begins or ends. Only what a date itself does counts: freshness
    fades all the time.
    """
    moment, picks = now, related(snapshot, row, QUERY, now, at(now))
    fixed = _coming(snapshot, row, at(now), decided, picks, now)
    for number in range(MOST):
        near = _near(snapshot, row, at(moment), moment) if number < NEAR else []
        going = _expiries(snapshot, [*near, *(pick.row for pick in picks)])
        date = min((one for one in fixed + going if moment < one < NEVER), default=None)
        if date is None:
            return None
        eve = max(moment, date - 1)
        before = related(snapshot, row, QUERY, eve, at(eve))
        moment, picks = date, related(snapshot, row, QUERY, date, at(date))
        if [one.row for one in before] != [one.row for one in picks]:
            return date
    return None


def _coming(
    snapshot: Snapshot,
    row: int,
    force: InForce,
    decided: Callable[[Rows], Iterable[int]],
    picks: list[Pick],
    now: float,
) -> list[int]:
    """List when embargoes end, and decisions begin and end, that can touch the block."""
    rules = force.articles.get(row, ())
    pinned = [rule.row for rule in rules if rule.row >= 0]
    candidates = snapshot.candidates[row]
    able = np.concatenate([
        _versions(snapshot, [*candidates[candidates >= 0].tolist(), *pinned]),
        _filling(snapshot, row, picks),
    ])  # fmt: skip
    own = itertools.chain(*((rule.starts, rule.ends) for rule in rules))
    published = np.unique(snapshot.published[able])
    return [*own, *decided(able), *published[published > now].tolist()]


def _near(snapshot: Snapshot, row: int, force: InForce, moment: float) -> list[int]:
    """Find the rows from which diversity chooses those that are shown."""
    rules, _ = ruled(snapshot, row, QUERY, moment, force)
    found = scored(snapshot, row, rules, moment)
    near: list[int] = found.rows.take(shortlist(snapshot, rules, found, QUERY.limit)).tolist()
    return near


def _expiries(snapshot: Snapshot, rows: list[int]) -> list[int]:
    """List when these rows expire, or another version of their stories."""
    expires: list[int] = np.unique(snapshot.expires[_versions(snapshot, rows)]).tolist()
    return expires


def _versions(snapshot: Snapshot, rows: list[int]) -> Rows:
    """Find these rows and all that tell the same stories."""
    return np.flatnonzero(np.isin(snapshot.story, snapshot.story[rows]))


def _filling(snapshot: Snapshot, row: int, picks: list[Pick]) -> Rows:
    """Find the rows that come before the last one that the block is filled up with, if they may.

    It is filled with the latest of its section, and then of the site, where any of the section
    would go before them; where there are too few of these, whoever comes has a place.
    """
    filled = [pick.row for pick in picks if pick.origin == "latest"]
    if len(picks) < QUERY.limit:
        return np.arange(len(snapshot))
    if not filled:
        return np.zeros(0, dtype=np.int64)
    section, behind = snapshot.section[row], max(filled) + 1
    able = np.asarray(snapshot.section == section)
    if (snapshot.section[filled] != section).any():
        able[:behind] = True
    else:
        able[behind:] = False
    return np.flatnonzero(able)
