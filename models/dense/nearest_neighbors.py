"""Nearest neighbours by inner product: exact, in blocks, with bounded memory."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from models.dense.top_k import top_k

Rows = NDArray[np.int32]
Scores = NDArray[np.float32]

BLOCK = 512
"""Queries a block: 512 x 100,000 products of 4 bytes are 200 MB, and sgemm is at full speed."""


def nearest_neighbors(
    queries: NDArray[np.float32],
    vectors: NDArray[np.float32],
    k: int,
    *,
    own: NDArray[np.int32] | None = None,
    block: int = BLOCK,
) -> tuple[Rows, Scores]:
    """Find for each query the ``k`` vectors of the greatest inner product, best first.

    Of equal products that of the lower row comes first.

    Parameters
    ----------
    queries : float32, shape (m, d)
    vectors : float32, shape (n, d); with unit rows on both sides the product is the cosine.
    k : how many; where there are fewer than ``k``, the answer is narrower.
    own : int32, shape (m,), optional
        The row of ``vectors`` that each query is itself, left out of its answer (-1: none).

    Returns
    -------
    rows : int32, shape (m, min(k, n)); -1 where the query itself was all there was.
    scores : float32, same shape, descending; ``-inf`` beside a -1.
    """
    width = min(k, len(vectors))
    rows = np.empty((len(queries), width), dtype=np.int32)
    scores = np.empty((len(queries), width), dtype=np.float32)
    kept = np.empty((min(block, len(queries)), len(vectors)), dtype=np.float32)
    for start in range(0, len(queries), block):
        stop = min(start + block, len(queries))
        products = np.matmul(queries[start:stop], vectors.T, out=kept[: stop - start])
        if own is not None:
            _mask_own(products, own[start:stop])
        rows[start:stop], scores[start:stop] = top_k(products, width)
    rows[~np.isfinite(scores)] = -1
    return rows, scores


def _mask_own(products: NDArray[np.float32], own: NDArray[np.int32]) -> None:
    known = np.flatnonzero(own >= 0)
    products[known, own[known]] = -np.inf
