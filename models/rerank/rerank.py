"""Reranking: choose a list from scored candidates, for requests and for evaluation alike.

Only numpy, because this runs inside a request.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet

import numpy as np
from numpy.typing import NDArray

from models.arrays import AnyRows, Floats, Rows, Vectors
from models.rerank.mmr import FIRST_BY_SCORE, MAX_SCORE_LOSS, mmr

SHORTLIST = 40
"""Candidates from which a list is chosen: twice the longest list that a request can ask for. It
is the same for every length, so that a shorter list is the beginning of a longer one."""

VECTOR_SCALE = 127
"""A component of 1 is stored as this integer in quantised diversity vectors."""

QUANTIZED_AT_ONCE = 10_000
"""Vectors that are rounded together, to bound memory."""


def quantize(vectors: Vectors) -> NDArray[np.int8]:
    """Round diversity vectors to one byte per component.

    Parameters
    ----------
    vectors : float32, any shape. A component beyond 1, which only near-duplicates have, counts
        as 1.

    Returns
    -------
    int8, the same shape: the components times :data:`VECTOR_SCALE`.
    """
    found = np.empty(vectors.shape, dtype=np.int8)
    for first in range(0, len(vectors), QUANTIZED_AT_ONCE):
        part = slice(first, first + QUANTIZED_AT_ONCE)
        found[part] = np.rint(np.clip(vectors[part], -1, 1) * VECTOR_SCALE)
    return found


def rerank(
    scores: Floats,
    rows: AnyRows,
    cluster_id: Rows,
    vector_of: Callable[[int], NDArray[np.int8]],
    limit: int,
    diversity_penalty: float,
    seen_clusters: AbstractSet[int] = frozenset(),
) -> list[int]:
    """Choose the best candidates: one of each near-duplicate cluster, diversified.

    Parameters
    ----------
    scores : shape (c,), in log-odds: relevance and all boosts.
    rows : integers, shape (c,), the row of each candidate.
    cluster_id : int32, shape (n,), the near-duplicate cluster of each article.
    vector_of : returns the diversity vector of a row, int8, shape (d,); see :func:`quantize`.
    limit : the greatest length of the list.
    diversity_penalty : cost of a similarity of 1, in log-odds; see
        :func:`models.rerank.mmr.mmr`. 0 turns diversification off.
    seen_clusters : clusters of which no candidate may be chosen.

    Returns
    -------
    Positions in ``scores`` in the order of the list, at most ``limit`` of them.
    """
    shortlist = _best_of_each_cluster(scores, rows, cluster_id, limit, seen_clusters)
    length = min(limit, len(shortlist))
    if length <= FIRST_BY_SCORE:
        return shortlist[:length]
    # One by one: numpy releases the GIL to copy more than 500 elements.
    vectors = np.array([vector_of(rows.item(i)) for i in shortlist], dtype=np.float32)
    # Both vectors are scaled by VECTOR_SCALE, so the product is divided by its square.
    penalty = diversity_penalty / VECTOR_SCALE**2
    chosen = mmr([scores.item(i) for i in shortlist], vectors, length, penalty)
    return [shortlist[i] for i in chosen]


def _best_of_each_cluster(
    scores: Floats, rows: AnyRows, cluster_id: Rows, limit: int, seen_clusters: AbstractSet[int]
) -> list[int]:
    """Keep the best candidate of each cluster, best first, as far as they can enter the list."""
    kept: list[int] = []
    used, most, lowest = set(seen_clusters), max(SHORTLIST, limit), -np.inf
    values = scores.tolist()
    # argsort takes 3 us less, but it releases the GIL, which costs more.
    for position in sorted(range(len(values)), key=values.__getitem__, reverse=True):
        if values[position] < lowest or len(kept) == most:
            break
        cluster = cluster_id.item(rows.item(position))
        if cluster not in used:
            used.add(cluster)
            kept.append(position)
            if len(kept) == limit:
                # A card scores at most MAX_SCORE_LOSS less than the best candidate left, see mmr.
                # While a place is free, one of these `limit` is left: lower ones cannot enter.
                lowest = values[position] - MAX_SCORE_LOSS
    return kept
