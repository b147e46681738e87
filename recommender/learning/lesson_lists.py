"""Lessons put end to end: the lists that weights are fitted on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from models.ranker.linear_ranker import QueryGroups, standardize
from recommender.learning.examples import TrainingExample, from_link
from recommender.learning.point_in_time import CandidateFeatures

SITE_WORTH = 300.0
"""Questions that a site counts for, however many it has: none shall drown the others."""

MOST_A_QUESTION = 1.5
"""What one question counts at most: a handful is not worth as much as a site."""

Floats = NDArray[np.float64]


def query_groups(lessons: Sequence[TrainingExample], spread: tuple[float, ...]) -> QueryGroups:
    """Put lessons end to end: of each the candidates looked at; at least one must tell something.

    Features are standardised over the whole pool, whatever was looked at.
    """
    telling = [lesson for lesson in lessons if lesson.is_informative]
    sizes = [int(lesson.shown.sum()) for lesson in telling]
    raw = [(standardize(one.sheet.raw, spread), one.shown) for one in telling]
    return QueryGroups(
        scores=np.concatenate([scores[seen] for scores, seen in raw]),
        starts=np.cumsum([0, *sizes[:-1]], dtype=np.int64),
        chosen=np.concatenate([one.chosen[one.shown] for one in telling]),
        importance=np.array([one.importance for one in telling]),
    )


def site_query_groups(
    sheets: Sequence[CandidateFeatures], spread: tuple[float, ...]
) -> QueryGroups:
    """All links of a site, together worth as much as those of any other."""
    lists = query_groups([from_link(sheet) for sheet in sheets], spread)
    worth = min(SITE_WORTH / len(lists.importance), MOST_A_QUESTION)
    return replace(lists, importance=lists.importance * worth)


def hard_negatives(lists: QueryGroups, weights: Floats, best: int | None) -> QueryGroups:
    """Keep the ``best`` of each list by given weights, and the chosen ones: the hard cases."""
    if best is None:
        return lists
    sizes = np.diff(np.append(lists.starts, len(lists.chosen)))
    owner = np.repeat(np.arange(len(sizes)), sizes)
    order = np.lexsort((-(lists.scores @ weights), owner))
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order)) - lists.starts[owner]
    keep = (place < best) | lists.chosen
    starts = np.cumsum(np.append(0, np.add.reduceat(keep, lists.starts)[:-1]))
    return QueryGroups(lists.scores[keep], starts, lists.chosen[keep], lists.importance)


def concatenated(parts: Sequence[QueryGroups]) -> QueryGroups:
    """Put the lists of several sites end to end."""
    if len(parts) == 1:
        return parts[0]
    offsets = np.cumsum([0, *(len(part.chosen) for part in parts[:-1])])
    return QueryGroups(
        scores=np.concatenate([part.scores for part in parts]),
        starts=np.concatenate([p.starts + o for p, o in zip(parts, offsets, strict=True)]),
        chosen=np.concatenate([part.chosen for part in parts]),
        importance=np.concatenate([part.importance for part in parts]),
    )
