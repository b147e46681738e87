"""A map of the archive: articles about similar topics lie close together."""

from __future__ import annotations

import msgspec
import numpy as np

from models.dense.projection import project_2d
from recommender.reports.archive.lists import Lists
from recommender.reports.snapshot_stats import even_sample

MAX_POINTS = 2_000
"""Articles on the map; of more an even sample. Each takes 150 bytes of the page."""

MIN_POINTS = 5
"""Fewer articles make no map."""


class MapPoint(msgspec.Struct, frozen=True, kw_only=True):
    """One article. The coordinates have no unit."""

    title: str
    section: str
    x: float
    y: float


def archive_map(lists: Lists) -> list[MapPoint]:
    """Project the diversity vectors of the public articles to two dimensions.

    Returns
    -------
    The articles or an even sample of them; none where they are too few.
    """
    rows = even_sample(lists.public, MAX_POINTS).tolist()
    vectors = lists.snapshot.vectors_of(rows).astype(np.float32)
    if len(rows) < MIN_POINTS or not vectors.any():
        return []
    return [
        MapPoint(title=lists.title_of(row), section=lists.section_of(row), x=x, y=y)
        for row, (x, y) in zip(rows, project_2d(vectors).tolist(), strict=True)
    ]
