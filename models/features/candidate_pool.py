"""Candidate generation: the articles worth scoring under a query article, from four sources."""

from __future__ import annotations

import numpy as np

from models.arrays import Mask, Rows
from models.dense.top_k import top_k
from models.features.batch import QueryBatch

BY_TEXT, BY_EMBEDDING, BY_LINKS, NEWEST = 150, 60, 60, 60
"""Candidates per source: TF-IDF cosine, embedding cosine, link score, recency."""

COCITATION_WEIGHT = 1e-3
"""Weight of co-citation in the link score: it ranks articles that no walk reaches."""


def newest_slice(embargoed: int) -> slice:
    """Return the slice of rows, newest first, that are candidates because of their recency.

    Parameters
    ----------
    embargoed : number of first rows that are still under embargo. The next :data:`NEWEST` to be
        published also count.
    """
    return slice(max(embargoed - NEWEST, 0), embargoed + NEWEST)


def candidate_pools(batch: QueryBatch, allowed: Mask, newest: Rows) -> Mask:
    """Generate the candidates of each query.

    Parameters
    ----------
    allowed : shape (b, n), which articles may be shown under which query.
    newest : int32, shape (b, w), rows that are candidates because of their recency; -1 pads.

    Returns
    -------
    bool, shape (b, n), a subset of ``allowed``.
    """
    size = allowed.shape[1]
    in_pool = np.zeros(allowed.shape, dtype=bool)
    sources = [(batch.tfidf, BY_TEXT), (batch.embedding, BY_EMBEDDING)]
    if batch.links.index.both.nnz:
        link_score = batch.links.walk + COCITATION_WEIGHT * batch.links.cocitation
        dense = link_score.astype(np.float32).toarray()
        sources.append((np.where(dense > 0, dense, np.float32(-np.inf)), BY_LINKS))
    for scores, count in sources:
        columns, values = top_k(np.where(allowed, scores, -np.inf), min(count, size))
        query, place = np.nonzero(np.isfinite(values))
        in_pool[query, columns[query, place]] = True
    query, place = np.nonzero(newest >= 0)
    in_pool[query, newest[query, place]] = True
    return in_pool & allowed


def candidate_pool(batch: QueryBatch, allowed: Rows) -> Rows:
    """Generate the candidates of a batch of one query.

    Parameters
    ----------
    allowed : int32, ascending rows that may be shown under it.

    Returns
    -------
    int32, ascending rows.
    """
    mask = np.zeros(batch.tfidf.shape, dtype=bool)
    mask[0, allowed] = True
    newest = allowed[newest_slice(0)]
    return np.flatnonzero(candidate_pools(batch, mask, newest[None])).astype(np.int32)
