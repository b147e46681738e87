"""Link features of many articles at once, equal to those of :mod:`models.features.link_graph`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags

from models.dense.top_k import top_k
from models.features.link_graph import NEIGHBOURS, PRIOR, LinkGraph

Floats = NDArray[np.float64]
Values = NDArray[np.float32]
Columns = NDArray[np.intp]

NO_LINKS = csr_matrix((0, 0))


@dataclass(frozen=True)
class Links:
    """A site's links, counted once.

    ``out``: sparse, (n, n), links from a row to a column. ``both``: links in either direction.
    ``incoming``, ``outgoing``: links to and from each, (n,). ``since``: how many articles that link
    were published after each, (n,).
    """

    out: csr_matrix
    both: csr_matrix
    incoming: Floats
    outgoing: Floats
    since: Floats
    published: NDArray[np.int64]


@dataclass(frozen=True)
class LinkRows:
    """Link features of b articles with all n: sparse, (b, n), but for what all have in common."""

    links: Links
    rows: Columns
    own: csr_matrix
    """Links from each of the b articles, which count for nothing under it."""
    alike: Floats
    walk: csr_matrix

    def of_pairs(self, which: Columns, candidates: Columns) -> dict[str, Floats]:
        """Features of pairs, each of shape (m,): of the b articles, and of all."""
        links, asking = self.links, self.rows[which]
        incoming = links.incoming[candidates] - _at(self.own, which, candidates)
        later = links.published[asking] > links.published[candidates]
        since = links.since[candidates] - ((links.outgoing[asking] > 0) & later)
        return {
            "inlink_rate_log": np.log((incoming + 0.5) / (since + PRIOR)),
            "cocitation_tfidf": self.alike[which, candidates]
            if self.alike.size
            else np.zeros(len(which)),
            "link_graph_walk": _at(self.walk, which, candidates),
            "outlink_count_log": np.log1p(links.outgoing[candidates]),
        }

    def between(self, place: int, candidates: Columns, members: Columns) -> csr_matrix:
        """Links between candidates and members of the pool of one of the b articles: (c, p).

        The same as :func:`models.features.pool_context.links_between`, but without a shape
        where there are no links.
        """
        links = self.links
        if links.both.nnz == 0:
            return NO_LINKS
        own = self.own[place].toarray().ravel()[members]
        degree = links.incoming[members] + links.outgoing[members] - own
        shares = links.both[candidates][:, members] @ diags(1 / np.maximum(degree, 1))
        return shares.tocsr()


def links_of(graph: LinkGraph, published: NDArray[np.int64]) -> Links:
    """Count a graph's links."""
    shape, ones = (graph.size, graph.size), np.ones(len(graph.sources))
    out = csr_matrix((ones, (graph.sources, graph.targets)), shape=shape)
    linking = np.sort(published[np.unique(graph.sources)])
    since = len(linking) - np.searchsorted(linking, published, side="right")
    return Links(
        out=out,
        both=(out + out.T).tocsr(),
        incoming=np.bincount(graph.targets, minlength=graph.size).astype(np.float64),
        outgoing=np.bincount(graph.sources, minlength=graph.size).astype(np.float64),
        since=since.astype(np.float64),
        published=published,
    )


def link_rows(links: Links, rows: Columns, similarity: Values) -> LinkRows:
    """Take what links tell of b articles.

    Parameters
    ----------
    similarity : float32, (b, n), cosines with all.
    """
    own = links.out[rows]
    if links.out.nnz == 0:
        return LinkRows(links, rows, own, np.zeros((0, 0)), own)
    similarity = _of_others(similarity, rows)
    squared = similarity.astype(np.float64) ** 2
    return LinkRows(
        links=links,
        rows=rows,
        own=own,
        alike=np.asarray((links.out.T @ squared.T).T),
        walk=_walks(links, rows, own, _shares_of_strongest(similarity)),
    )


def _of_others(values: Values, rows: Columns) -> Values:
    """Take nothing for less than nothing, and for what an article is to itself."""
    found = np.maximum(values, 0)
    found[np.arange(len(rows)), rows] = 0
    return found


def _walks(links: Links, rows: Columns, own: csr_matrix, start: csr_matrix) -> csr_matrix:
    """Follow links both ways for three steps, without the own links of where a walk is for."""
    one = _step(links, rows, own, start)
    two = _step(links, rows, own, one)
    three = _step(links, rows, own, two)
    ends = (one + 0.5 * two + 0.25 * three).tocsr()
    return ends.sqrt()


def _step(links: Links, rows: Columns, own: csr_matrix, at: csr_matrix) -> csr_matrix:
    """Go from where each of b walks is to what is linked there, in equal shares."""
    degree = links.incoming + links.outgoing
    shares = (at @ diags(1 / np.maximum(degree, 1))).tocsr()
    if own.nnz == 0:
        return (shares @ links.both).tocsr()
    # Own links are no way: those they lead to have fewer, and so has the article itself.
    which, target = own.nonzero()
    asking, count = rows[which], _of(own, which, target)
    there = _of(at, which, target) / np.maximum(degree[target] - count, 1)
    here = _of(at, which, asking) / np.maximum(degree[asking] - links.outgoing[asking], 1)
    asks, first = np.unique(which, return_index=True)
    right = _sparse(
        np.append(there, here[first]),
        np.append(which, asks),
        np.append(target, asking[first]),
        at.shape,
    )
    shares = (_without(shares, right) + right).tocsr()
    wrong = _sparse(
        np.append(there * count, here * count),
        np.append(which, which),
        np.append(asking, target),
        at.shape,
    )
    gone = (shares @ links.both - wrong).tocsr()
    gone.data = np.maximum(gone.data, 0)  # what rounding leaves below
    return gone


def _without(values: csr_matrix, places: csr_matrix) -> csr_matrix:
    """Take the elements out that stand where another matrix has some."""
    marks = places.copy()
    marks.data = np.ones_like(marks.data)
    return values - values.multiply(marks)


def _sparse(values: Floats, which: Columns, columns: Columns, shape: tuple[int, int]) -> csr_matrix:
    return csr_matrix((values, (which, columns)), shape=shape)


def _of(matrix: csr_matrix, which: Columns, columns: Columns) -> Floats:
    """Take a few elements of a sparse matrix."""
    return np.asarray(matrix[which, columns], dtype=np.float64).ravel()


def _shares_of_strongest(values: Values) -> csr_matrix:
    """Square the strongest of each row, in shares of their sum; the others are 0."""
    count = min(NEIGHBOURS, values.shape[1])
    bound = top_k(values, count)[1][:, -1:]
    which, columns = np.nonzero((values >= bound) & (values > 0))
    chosen = values[which, columns].astype(np.float64) ** 2
    total = np.bincount(which, weights=chosen, minlength=len(values)) + 1e-9
    return csr_matrix((chosen / total[which], (which, columns)), shape=values.shape)


def _at(matrix: csr_matrix, which: Columns, columns: Columns) -> Floats:
    """Take single elements of a sparse matrix, (m,)."""
    if matrix.nnz == 0:
        return np.zeros(len(which))
    return np.asarray(matrix.toarray()[which, columns], dtype=np.float64)
