"""Nearest neighbours by inner product: exact, in blocks, with bounded memory."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int32]
Scores = NDArray[np.float32]

BLOCK = 512
"""Queries a block: 512 x 100,000 products of 4 bytes are 200 MB, and sgemm is at full speed."""


def nearest(
    queries: NDArray[np.float32],
    vectors: NDArray[np.float32],
    k: int,
    *,
    own: NDArray[np.int32] | None = None,
    block: int = BLOCK,
) -> tuple[Rows, Scores]:
    """Find for each query the ``k`` vectors of the greatest inner product, best first.

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
    rows = np.full((len(queries), width), -1, dtype=np.int32)
    scores = np.full((len(queries), width), -np.inf, dtype=np.float32)
    for start in range(0, len(queries), block):
        stop = min(start + block, len(queries))
        products = queries[start:stop] @ vectors.T
        if own is not None:
            _mask_own(products, own[start:stop])
        rows[start:stop], scores[start:stop] = top(products, width)
    return rows, scores


def top(products: NDArray[np.float32], k: int) -> tuple[Rows, Scores]:
    """Pick the ``k`` greatest of each row, best first; ties go to the lower column.

    Columns of ``-inf`` are answered as row -1.
    """
    # One more than the ties at the border would need a full sort; a stable order among the
    # chosen is what callers see.
    columns = (
        np.argpartition(-products, k - 1, axis=1)[:, :k]
        if k < products.shape[1]
        else (np.broadcast_to(np.arange(products.shape[1]), products.shape))
    )
    columns = np.sort(columns, axis=1)
    chosen = np.take_along_axis(products, columns, axis=1)
    order = np.argsort(-chosen, axis=1, kind="stable")
    scores = np.take_along_axis(chosen, order, axis=1)
    rows = np.take_along_axis(columns, order, axis=1).astype(np.int32)
    rows[~np.isfinite(scores)] = -1
    return rows, scores


def _mask_own(products: NDArray[np.float32], own: NDArray[np.int32]) -> None:
    known = np.flatnonzero(own >= 0)
    products[known, own[known]] = -np.inf
