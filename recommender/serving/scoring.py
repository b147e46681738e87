"""Candidates scored by affinity, freshness and boosts; each story once; no two cards alike.

Only numpy, because this runs inside a request.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.rerank.mmr import mmr, score_window
from models.rerank.recency import recency_boost
from recommender.overrides.active import NO_OVERRIDES, ActiveOverrides
from recommender.serving.filters import Filters, Query, Rows, filters_for
from recommender.snapshots.snapshot import VECTOR_SCALE, Snapshot

SHORTLIST = 30
"""Best candidates among which diversity may choose: five times what a block shows."""

OTHER_LANGUAGE = 1_000.0
"""Taken off a score where the own language is preferred: more than any affinity."""


class ScoredRows(NamedTuple):
    """Candidates that may be shown, and what they are ordered by; all of shape (c,)."""

    columns: NDArray[np.intp]
    rows: Rows
    scores: NDArray[np.float64]
    keys: NDArray[np.float64]
    """The scores, with what puts another language behind."""
    freshness: NDArray[np.float64]
    boost: NDArray[np.float32] | None


def considered(
    snapshot: Snapshot, row: int, query: Query, now: float, force: ActiveOverrides = NO_OVERRIDES
) -> ScoredRows:
    """Score all candidates that may be shown under an article, as :func:`related` does."""
    rules, _ = filters_for(snapshot, row, query, now, force)
    return scored(snapshot, row, rules, now)


def scored(snapshot: Snapshot, row: int, rules: Filters, now: float) -> ScoredRows:
    """Score the candidates that may be shown."""
    columns, rows = _candidates(snapshot, row, rules)
    setting = snapshot.recency_of(row)
    bonus = recency_boost(snapshot.published.take(rows), now, setting.boost, setting.half_life_days)
    scores = snapshot.relevance[row].take(columns) + bonus
    lift = None if rules.force.boost is None else rules.force.boost.take(rows)
    if lift is not None:
        scores += lift
    keys = scores
    if snapshot.manifest.ranking.language == "prefer":
        keys = scores - OTHER_LANGUAGE * (snapshot.language[rows] != snapshot.language[row])
    return ScoredRows(columns, rows, scores, keys, bonus, lift)


def shortlist(
    snapshot: Snapshot, rules: Filters, found: ScoredRows, limit: int
) -> NDArray[np.intp]:
    """Choose among whom diversity may choose: positions, best first, each story once."""
    best = (-found.keys).argsort(kind="stable")
    return _one_a_story(snapshot, rules.told, found.rows, best, max(SHORTLIST, 2 * limit))


def diverse(
    snapshot: Snapshot, found: ScoredRows, best: NDArray[np.intp], limit: int
) -> NDArray[np.intp]:
    """Choose from the shortlist, no two alike: positions among the candidates, best first."""
    keys = found.keys.take(best)
    reach = score_window(keys, limit)
    keys, best = keys[:reach], best[:reach]
    vectors = snapshot.vectors.take(found.rows.take(best), axis=0).astype(np.float32)
    # Vectors are stored VECTOR_SCALE times as long, so each product is that much twice too great.
    weight = snapshot.manifest.ranking.diversity_penalty / VECTOR_SCALE**2
    chosen = mmr(keys, vectors, limit, weight)
    chosen.sort()  # the shortlist is in order of the keys
    return best.take(chosen)


def newest_version(snapshot: Snapshot, row: int, rules: Filters) -> int:
    """Find the newest version of a story that may be shown; at least the given row may."""
    story = snapshot.cluster_id.item(row)
    if snapshot.cluster_starts.item(story + 1) - snapshot.cluster_starts.item(story) == 1:
        return row
    versions = snapshot.duplicates_of(row)
    return int(versions[rules.mask(versions)][0])


def _candidates(
    snapshot: Snapshot, row: int, rules: Filters
) -> tuple[NDArray[np.intp], NDArray[np.int32]]:
    """Find the columns of the candidates that may be shown, and their rows."""
    rows = snapshot.candidates[row]
    columns = rules.mask(rows).nonzero()[0]
    return columns, rows if len(columns) == len(rows) else rows.take(columns)


def _one_a_story(
    snapshot: Snapshot, before: set[int], rows: Rows, best: NDArray[np.intp], most: int
) -> NDArray[np.intp]:
    """Keep of the best the first of each story that was not told before, at most ``most``."""
    told = set(before)
    kept: list[int] = []
    for start in range(0, len(best), most):
        part = best[start : start + most]
        stories = snapshot.cluster_id.take(rows.take(part)).tolist()
        if not kept and len(set(stories)) == len(stories) and told.isdisjoint(stories):
            return part  # as nearly always: no story is there twice
        for position, story in zip(part.tolist(), stories, strict=True):
            if story not in told:
                told.add(story)
                kept.append(position)
        if len(kept) >= most:
            break
    return np.array(kept[:most], dtype=np.intp)
