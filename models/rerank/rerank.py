"""Reranking: choose a list from scored candidates, for requests and for evaluation alike.

Only numpy, because this runs inside a request.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet

import numpy as np
from numpy.typing import NDArray

from models.arrays import Floats, Positions, Rows, Vectors
from models.rerank.mmr import mmr, within_reach

SHORTLIST = 40
"""Candidates from which a list is chosen: twice the longest list that a request can ask for. It
is the same for every length, so that a shorter list is the beginning of a longer one."""

VECTOR_SCALE = 127
"""A component of 1 is stored as this integer in quantised diversity vectors."""


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
    return np.rint(np.clip(vectors, -1, 1) * VECTOR_SCALE).astype(np.int8)


def rerank(
    scores: Floats,
    rows: Rows,
    cluster_id: Rows,
    diversity_vectors: NDArray[np.int8],
    limit: int,
    diversity_penalty: float,
    seen_clusters: AbstractSet[int] = frozenset(),
) -> list[int]:
    """Choose the best candidates: one of each near-duplicate cluster, diversified.

    Parameters
    ----------
    scores : shape (c,), in log-odds: relevance and all boosts.
    rows : int32, shape (c,), the row of each candidate in the two arrays that follow.
    cluster_id : int32, shape (n,), the near-duplicate cluster of each article.
    diversity_vectors : int8, shape (n, d), see :func:`quantize`.
    limit : the greatest length of the list.
    diversity_penalty : cost of a similarity of 1, in log-odds; see
        :func:`models.rerank.mmr.mmr`. 0 turns diversification off.
    seen_clusters : clusters of which no candidate may be chosen.

    Returns
    -------
    Positions in ``scores`` in the order of the list, at most ``limit`` of them.
    """
    order = (-scores).argsort(kind="stable")
    best = _first_of_clusters(order, rows, cluster_id, max(SHORTLIST, limit), seen_clusters)
    scores, length = scores.take(best), min(limit, len(best))
    reach = within_reach(scores)
    positions: list[int] = best.tolist()
    if length == 0 or reach.item(length - 1) == 1:
        return positions[:length]
    best = best[: reach.item(length - 1)]
    vectors = diversity_vectors.take(rows.take(best), axis=0).astype(np.float32)
    # Both vectors are scaled by VECTOR_SCALE, so the product is divided by its square.
    penalty = diversity_penalty / VECTOR_SCALE**2
    return [positions[i] for i in mmr(scores, reach, vectors, length, penalty)]


def _first_of_clusters(
    order: Positions,
    rows: Rows,
    cluster_id: Rows,
    count: int,
    seen_clusters: AbstractSet[int],
) -> Positions:
    """Keep the best candidate of each cluster that is not excluded, at most ``count``."""
    kept: list[int] = []
    used = set(seen_clusters)
    for start in range(0, len(order), count):
        batch = order[start : start + count]
        clusters: list[int] = cluster_id.take(rows.take(batch)).tolist()
        if not kept and len(set(clusters)) == len(clusters) and used.isdisjoint(clusters):
            return batch  # the usual case: no cluster occurs twice
        for position, cluster in zip(batch.tolist(), clusters, strict=True):
            if cluster not in used:
                used.add(cluster)
                kept.append(position)
        if len(kept) >= count:
            break
    return np.array(kept[:count], dtype=np.intp)
