"""Cards chosen ahead: what a plain request shows, for as long as it is certain to stay that.

At index time the cards of every article are chosen as a request would choose them, and with them is
kept when the first comparison turns that led to them: by fading freshness, or because a date comes.
Until then a request without parameters, with nothing decided by editors about these articles, takes
them as they are. Later, and wherever anything is uncertain, it chooses for itself.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.lasting import lasting
from models.ranking import SECONDS_A_DAY
from recommender.overrides.force import NOTHING, InForce
from recommender.picks import (
    Pick,
    Query,
    Rules,
    Scored,
    diverse,
    newest_version,
    scored,
    shortlist,
)
from recommender.snapshot import NEVER, VECTOR_SCALE, Snapshot

PLAIN = Query()
"""What a page asks for that asks for nothing special."""


def ready(
    snapshot: Snapshot, row: int, query: Query, now: float, force: InForce = NOTHING
) -> list[Pick] | None:
    """Find the cards chosen ahead; None where the request has to choose.

    They are what :func:`recommender.picks.related` gives, without what made their scores.
    """
    if query != PLAIN or not snapshot.made_at <= now < snapshot.prepared_until.item(row):
        return None
    if row in force.articles or _moved(snapshot, row, force):
        return None
    rows = snapshot.prepared[row].tolist()
    return [Pick(other, "related", math.nan, math.nan, -1) for other in rows]


def _moved(snapshot: Snapshot, row: int, force: InForce) -> bool:
    """Tell whether editors moved any candidate, or took out any version of what is shown."""
    shut, lift = force.shut, force.lift
    candidates = snapshot.candidates[row]
    return (
        shut is not None
        and bool(shut.take(candidates).any() or shut.take(snapshot.prepared[row]).any())
    ) or (lift is not None and bool(lift.take(candidates).any()))


def prepare(snapshot: Snapshot) -> dict[str, NDArray[Any]]:
    """Choose the cards of every article as of the moment of the snapshot.

    Returns ``prepared``, int32 (n, 6), and ``prepared_until``, int64 (n,): seconds since 1970 UTC
    before which they hold, 0 where they never do.
    """
    rows = np.zeros((len(snapshot), PLAIN.limit), dtype=np.int32)
    until = np.zeros(len(snapshot), dtype=np.int64)
    dates = _next_dates(snapshot)
    for row in range(len(snapshot)):
        rules = Rules(snapshot, PLAIN, snapshot.made_at, row)
        found = scored(snapshot, row, rules, snapshot.made_at)
        best = shortlist(snapshot, rules, found, PLAIN.limit)
        chosen = diverse(snapshot, found, best, PLAIN.limit)
        if len(chosen) == PLAIN.limit:
            rows[row] = [newest_version(snapshot, other, rules) for other in found.rows[chosen]]
            candidates = snapshot.candidates[row]
            date = dates[snapshot.story[candidates[candidates >= 0]]].min()
            fraction = _lasting(snapshot, row, found, best, chosen)
            until[row] = min(date, _fading_until(snapshot, row, fraction))
    return {"prepared": rows, "prepared_until": until}


def _next_dates(snapshot: Snapshot) -> NDArray[np.int64]:
    """Tell for each story when the first of its versions comes or goes next, or NEVER."""
    now = snapshot.made_at
    own = np.where(snapshot.published > now, snapshot.published, snapshot.expires)
    dates = np.full(len(snapshot.story_starts) - 1, NEVER)
    np.minimum.at(dates, snapshot.story, np.where(own > now, own, NEVER))
    return dates


def _fading_until(snapshot: Snapshot, row: int, fraction: float) -> int:
    """Tell when freshness has faded to a fraction, a second early."""
    if fraction == 0:
        return NEVER
    days = snapshot.freshness_of(row).half_life * math.log2(1 / fraction)
    return int(min(snapshot.made_at + days * SECONDS_A_DAY - 1, NEVER // 2))


def _lasting(
    snapshot: Snapshot,
    row: int,
    found: Scored,
    best: NDArray[np.intp],
    chosen: NDArray[np.intp],
) -> float:
    vectors = snapshot.vectors.take(found.rows, axis=0).astype(np.float32)
    weight = snapshot.manifest.ranking.diversity / VECTOR_SCALE**2
    stories = snapshot.story.take(found.rows)
    told = np.isin(stories, stories[best])
    # A version of a story in the shortlist vies with that one alone, the article's own with nobody.
    rivals = (stories[best, None] == stories) | ~(told | (stories == snapshot.story[row]))
    rivals[:, best] = False
    return lasting(
        found.keys - found.freshness,
        found.freshness,
        chosen,
        best,
        weight * vectors[chosen].dot(vectors.T).astype(np.float64),
        rivals,
    )
