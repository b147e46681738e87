"""Candidate generation: the articles worth scoring under a query article, from four sources."""

from __future__ import annotations

import numpy as np

from models.arrays import AnyRows, Mask, Rows
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
    for scores, count in ((batch.tfidf, BY_TEXT), (batch.embedding, BY_EMBEDDING)):
        columns, values = top_k(scores, min(count, size), allowed)
        query, place = np.nonzero(np.isfinite(values))
        in_pool[query, columns[query, place]] = True
    in_pool[_best_linked(batch, allowed)] = True
    query, place = np.nonzero(newest >= 0)
    in_pool[query, newest[query, place]] = True
    return in_pool & allowed


def _best_linked(batch: QueryBatch, allowed: Mask) -> tuple[AnyRows, AnyRows]:
    """Return the positions of queries, and beside them the rows with the best link scores."""
    scores = (batch.links.walk + COCITATION_WEIGHT * batch.links.cocitation).tocsr()
    linked = np.flatnonzero(np.bincount(scores.indices, minlength=allowed.shape[1]))
    dense = scores[:, linked].astype(np.float32).toarray()  # few rows have links
    usable = (dense > 0) & allowed[:, linked]
    columns, values = top_k(
        np.where(usable, dense, np.float32(-np.inf)), min(BY_LINKS, len(linked))
    )
    query, place = np.nonzero(np.isfinite(values))
    return query, linked[columns[query, place]]


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
