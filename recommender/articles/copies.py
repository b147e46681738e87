"""Find copies among texts by the sentences that they share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models.arrays import Floats, Positions

MIN_COPY_SHARE = 0.6
"""Share of the sentences of the shorter text, by weight, that copies have in common."""

RAREST = 4
"""Shared sentences of a text, the rarest first, by which earlier copies of it are found."""

MAX_COMPARED = 4
"""Texts with such a sentence that are compared, the latest first."""


def distinct_texts(keys: Sequence[NDArray[np.int64]]) -> list[int]:
    """Return the positions of texts of which none is a copy of another one.

    The weight of a sentence is ``log(1 + n / df)``, so that a notice in all texts makes no copies.
    The time is linear in the number of sentences.

    Parameters
    ----------
    keys : the hashes of the distinct sentences of each text.
    """
    _, ids, counts = np.unique(np.concatenate(keys), return_inverse=True, return_counts=True)
    weights = np.log1p(len(keys) / counts)
    starts = np.cumsum([0, *map(len, keys)])
    texts: list[int] = []
    having: defaultdict[int, list[int]] = defaultdict(list)
    for row in range(len(keys)):
        own = ids[starts[row] : starts[row + 1]]
        shared = own[counts[own] > 1]
        rarest = shared[np.argsort(counts[shared], kind="stable")[:RAREST]].tolist()
        others = {text for one in rarest for text in having[one][-MAX_COMPARED:]}
        if any(_are_copies(own, ids[starts[o] : starts[o + 1]], weights) for o in others):
            continue
        texts.append(row)
        for one in shared.tolist():
            having[one].append(row)
    return texts


def _are_copies(one: Positions, other: Positions, weights: Floats) -> bool:
    """Compare two texts by the ids of their sentences."""
    common = weights[np.intersect1d(one, other, assume_unique=True)].sum()
    smaller = min(weights[one].sum(), weights[other].sum())
    return bool(common >= MIN_COPY_SHARE * smaller)
