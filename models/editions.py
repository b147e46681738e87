"""Editions: versions of one story that come out together, each with a part of its own.

A story may have dozens of editions. What they share is then as frequent as a notice that many
articles repeat. But a notice stays for longer than the few days of a story.
"""

from __future__ import annotations

import numpy as np

from models.arrays import AnyRows, Mask, Timestamps

EDITION_SECONDS = 3 * 86400
"""Time within which the editions of a story come out."""

SHARE_OF_ARCHIVE = 0.1
"""The same as a share of the time in which the middle half of all articles came out. In an archive
of a few days a notice is no older, and in one of a single day nothing can be said."""

LATE = 8
"""Of so many texts, one may be older than the others, such as a text that the story quotes.

Another one may be newer, such as a late edition."""


def came_out_together(ids: AnyRows, times: Timestamps, size: int, published: Timestamps) -> Mask:
    """Find what is in the articles of a few days only, such as sentences: bool, shape (size,).

    Parameters
    ----------
    ids : from 0, what an article has; each once for each article with it.
    times : of the same shape, when that article was published, in seconds since 1970 UTC.
    published : shape (n,), the same of all articles.
    """
    counts = np.bincount(ids, minlength=size)
    sorted_times, ends = times[np.lexsort((times, ids))], np.cumsum(counts)
    used = np.flatnonzero(counts)
    late, found = counts[used] // LATE, np.zeros(size, dtype=bool)
    last, first = ends[used] - 1 - late, ends[used] - counts[used] + late
    early, recent = np.quantile(published, (0.25, 0.75)) if len(published) else (0, 0)
    limit = min(EDITION_SECONDS, SHARE_OF_ARCHIVE * (recent - early))
    found[used] = sorted_times[last] - sorted_times[first] < limit
    return found
