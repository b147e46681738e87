"""Candidates scored by affinity, freshness and boosts; each story once; no two cards alike.

Only numpy, because this runs inside a request.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.rerank.recency_mmr import diversify, freshness, within_reach
from recommender.overrides.active import NOTHING, InForce
from recommender.serving.filters import Query, Rows, Rules, ruled
from recommender.snapshots.snapshot import VECTOR_SCALE, Snapshot

SHORTLIST = 30
"""Best candidates among which diversity may choose: five times what a block shows."""

OTHER_LANGUAGE = 1_000.0
"""Taken off a score where the own language is preferred: more than any affinity."""


class Scored(NamedTuple):
    """Candidates that may be shown, and what they are ordered by; all of shape (c,)."""

    columns: NDArray[np.intp]
    rows: Rows
    scores: NDArray[np.float64]
    keys: NDArray[np.float64]
    """The scores, with what puts another language behind."""
    freshness: NDArray[np.float64]
    lift: NDArray[np.float32] | None


def considered(
    snapshot: Snapshot, row: int, query: Query, now: float, force: InForce = NOTHING
) -> Scored:
    """Score all candidates that may be shown under an article, as :func:`related` does."""
    rules, _ = ruled(snapshot, row, query, now, force)
    return scored(snapshot, row, rules, now)


def scored(snapshot: Snapshot, row: int, rules: Rules, now: float) -> Scored:
    """Score the candidates that may be shown."""
    columns, rows = _candidates(snapshot, row, rules)
    setting = snapshot.freshness_of(row)
    bonus = freshness(snapshot.published.take(rows), now, setting.gain, setting.half_life)
    scores = snapshot.affinity[row].take(columns) + bonus
    lift = None if rules.force.lift is None else rules.force.lift.take(rows)
    if lift is not None:
        scores += lift
    keys = scores
    if snapshot.manifest.ranking.language_rule == "prefer":
        keys = scores - OTHER_LANGUAGE * (snapshot.language[rows] != snapshot.language[row])
    return Scored(columns, rows, scores, keys, bonus, lift)


def shortlist(snapshot: Snapshot, rules: Rules, found: Scored, limit: int) -> NDArray[np.intp]:
    """Choose among whom diversity may choose: positions, best first, each story once."""
    best = (-found.keys).argsort(kind="stable")
    return _one_a_story(snapshot, rules.told, found.rows, best, max(SHORTLIST, 2 * limit))


def diverse(
    snapshot: Snapshot, found: Scored, best: NDArray[np.intp], limit: int
) -> NDArray[np.intp]:
    """Choose from the shortlist, no two alike: positions among the candidates, best first."""
    keys = found.keys.take(best)
    reach = within_reach(keys, limit)
    keys, best = keys[:reach], best[:reach]
    vectors = snapshot.vectors.take(found.rows.take(best), axis=0).astype(np.float32)
    # Vectors are stored VECTOR_SCALE times as long, so each product is that much twice too great.
    weight = snapshot.manifest.ranking.diversity / VECTOR_SCALE**2
    chosen = diversify(keys, vectors, limit, weight)
    chosen.sort()  # the shortlist is in order of the keys
    return best.take(chosen)


def newest_version(snapshot: Snapshot, row: int, rules: Rules) -> int:
    """Find the newest version of a story that may be shown; at least the given row may."""
    story = snapshot.story.item(row)
    if snapshot.story_starts.item(story + 1) - snapshot.story_starts.item(story) == 1:
        return row
    versions = snapshot.story_of(row)
    return int(versions[rules.allow(versions)][0])


def _candidates(
    snapshot: Snapshot, row: int, rules: Rules
) -> tuple[NDArray[np.intp], NDArray[np.int32]]:
    """Find the columns of the candidates that may be shown, and their rows."""
    rows = snapshot.candidates[row]
    columns = rules.allow(rows).nonzero()[0]
    return columns, rows if len(columns) == len(rows) else rows.take(columns)


def _one_a_story(
    snapshot: Snapshot, before: set[int], rows: Rows, best: NDArray[np.intp], most: int
) -> NDArray[np.intp]:
    """Keep of the best the first of each story that was not told before, at most ``most``."""
    told = set(before)
    kept: list[int] = []
    for start in range(0, len(best), most):
        part = best[start : start + most]
        stories = snapshot.story.take(rows.take(part)).tolist()
        if not kept and len(set(stories)) == len(stories) and told.isdisjoint(stories):
            return part  # as nearly always: no story is there twice
        for position, story in zip(part.tolist(), stories, strict=True):
            if story not in told:
                told.add(story)
                kept.append(position)
        if len(kept) >= most:
            break
    return np.array(kept[:most], dtype=np.intp)
