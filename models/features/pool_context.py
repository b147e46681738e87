"""What the members of a pool are to each other: who was told anew, who is linked with the likely.

A pair's own features say how well a candidate suits an article, whoever else does. But a story that
newer ones have told again is linked less, and what is linked with the likeliest picks more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from models.features.link_graph import LinkGraph
from models.ranker.linear_ranker import LinearRanker

Floats = NDArray[np.float64]
Rows = NDArray[np.integer[Any]]

RELEVANCE_GATE = 0.5
"""Share of the way from the pool's mean to its best from which a candidate suits in full. Whoever
is below the mean does not: the newest of another subject is no better for being the newest."""

TINY = 1e-9


def links_between(graph: LinkGraph, candidates: Rows, members: Rows) -> csr_matrix:
    """Links in either direction between candidates and members of the pool: (c, p).

    Each counts a share of all links that the member has.
    """
    ends = np.concatenate([graph.sources, graph.targets])
    others = np.concatenate([graph.targets, graph.sources])
    degree = np.bincount(ends, minlength=graph.size)
    row, column = _places(candidates, graph.size)[others], _places(members, graph.size)[ends]
    kept = (row >= 0) & (column >= 0)
    shares = 1 / degree[ends[kept]]
    shape = (len(candidates), len(members))
    return csr_matrix((shares, (row[kept], column[kept])), shape=shape)


@dataclass(frozen=True)
class PoolContext:
    """What c candidates have to do with the p members of a pool, all of them candidates too.

    ``rows``: the candidates, ascending, (c,). ``pooled``: which of them are members, (c,).
    ``between``: :func:`links_between`, (c, p), members in the same order; where there is no link,
    of any shape. Of all n articles: ``likeness``, float32, unit rows (n, d); ``published``, int64
    seconds, (n,); ``out``, who can be read at the moment, (n,): nobody is told anew by what no
    reader can see.
    """

    rows: Rows
    pooled: NDArray[np.bool_]
    between: csr_matrix
    diversity_vectors: NDArray[np.float32]
    published: NDArray[np.int64]
    out: NDArray[np.bool_]

    def superseded_by_newer(self, suits: Floats) -> Floats:
        """Tell how far newer members that suit tell what each candidate that suits tells: (c,).

        The cube root of the sum of the cubes of their cosines, each counted as far as the member
        suits: two that are half as alike count an eighth, see benchmarks/quality. ``suits``: from
        0 to 1, (c,).
        """
        asked = np.flatnonzero(suits > 0)
        telling = (self.pooled & self.out[self.rows])[asked]
        vectors, published = (
            self.diversity_vectors[self.rows[asked]],
            self.published[self.rows[asked]],
        )
        heard = vectors if telling.all() else vectors[telling]  # times itself: half the work
        alike = np.maximum(vectors @ heard.T, 0)
        alike *= alike * alike  # numpy's power takes fifteen times as long
        alike *= published[telling] > published[:, None]
        anew = np.zeros(len(suits))
        anew[asked] = np.cbrt(alike @ suits[asked[telling]])
        return anew


def with_pool_features(pairs: Floats, rivals: PoolContext, guess: LinearRanker | None) -> Floats:
    """Append what the pool tells to the features of pairs: (c, f) to (c, f + 2)."""
    return pool_features(np.column_stack([pairs, np.zeros((len(pairs), 2))]), rivals, guess)


def pool_features(raw: Floats, rivals: PoolContext, guess: LinearRanker | None) -> Floats:
    """Take the last two features anew: (c, f + 2). Without a guess they tell nothing.

    ``guess`` weighs all others. ``superseded_by_newer``: how much more a candidate was than those
    that suit as well, so far as it suits. ``linked_to_top``: the root of what the pool
    gives by links, each member as much as a softmax of the guess finds it likely.
    """
    found = raw.copy()
    found[:, -2:] = 0
    if guess is None or not rivals.pooled.any():
        return found
    pool = found if rivals.pooled.all() else found[rivals.pooled]
    worth = guess.contributions(found, pool).sum(axis=1)
    among = worth[rivals.pooled]
    mean = among.mean()
    suits = np.clip((worth - mean) / (RELEVANCE_GATE * (among.max() - mean) + TINY), 0, 1)
    anew, inside = rivals.superseded_by_newer(suits), suits * rivals.pooled
    found[:, -2] = suits * (anew - inside @ anew / (inside.sum() + TINY))
    if rivals.between.nnz:
        likely = np.exp(among - among.max())
        found[:, -1] = np.sqrt(rivals.between @ (likely / likely.sum()))
    return found


def _places(rows: Rows, size: int) -> NDArray[np.int64]:
    """Give each of some rows its place, and all others -1: (size,)."""
    places = np.full(size, -1)
    places[rows] = np.arange(len(rows))
    return places
