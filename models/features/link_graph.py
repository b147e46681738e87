"""Features of the link graph: links between articles that editors set before.

Four features of a candidate under a query article: how often it is linked, whether similar articles
link to it, where a random walk along links ends, and how many links it has itself. The links of the
query article itself are left out, since they are what the ranker predicts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_matrix

from models.arrays import AnyRows, Floats, Positions, Timestamps, Vectors
from models.dense.top_k import at_least_kth
from models.sparse import columns_of, elements, with_scaled_columns

WALK_STARTS = 30
"""Similar articles from which a walk along links starts."""

PRIOR = 20.0
"""Pseudo-count added to the linking articles in a link rate: shrinks rates of few observations."""

STEP_WEIGHTS = (1.0, 0.5, 0.25)
"""Weights of the articles that a walk reaches after one, two and three links."""

NO_LINKS = csr_matrix((0, 0))


@dataclass(frozen=True)
class LinkGraph:
    """Links between n articles.

    Attributes
    ----------
    sources, targets : int64, shape (m,), rows of the two ends of each link.
    known_at : int64, shape (m,), seconds since 1970 UTC from which a link can be known: the later
        publication of its ends, because editors add links to older articles.
    size : the number of articles, n.
    """

    sources: AnyRows
    targets: AnyRows
    known_at: Timestamps
    size: int

    def as_of(self, time: int) -> LinkGraph:
        """Keep the links that were known before a time, in seconds since 1970 UTC."""
        keep = self.known_at < time
        return LinkGraph(self.sources[keep], self.targets[keep], self.known_at[keep], self.size)


@dataclass(frozen=True)
class LinkIndex:
    """A link graph laid out for :func:`link_batch`.

    Attributes
    ----------
    out : sparse, shape (n, n), number of links from a row to a column.
    both : sparse, shape (n, n), number of links in either direction.
    incoming, outgoing : shape (n,), number of links to and from each article.
    linking_since : shape (n,), number of linking articles published after each article.
    published : int64, shape (n,), seconds since 1970 UTC.
    """

    out: csr_matrix
    both: csr_matrix
    incoming: Floats
    outgoing: Floats
    linking_since: Floats
    published: Timestamps

    def without_links_from(self, rows: AnyRows) -> LinkIndex:
        """Remove the links from some articles to others; the links to them stay.

        Parameters
        ----------
        rows : shape (r,), each row once.
        """
        linking = rows[self.outgoing[rows] > 0]
        if not len(linking):
            return self  # spares a copy of all links
        size, ones = len(self.outgoing), np.ones(len(linking))
        removed = csr_matrix((ones, (linking, linking)), shape=(size, size)) @ self.out
        outgoing = self.outgoing.copy()
        outgoing[linking] = 0
        counted = np.sort(self.published[linking])
        return replace(
            self,
            out=self.out - removed,
            both=(self.both - removed - removed.T).tocsr(),
            incoming=self.incoming - np.bincount(removed.indices, removed.data, size),
            outgoing=outgoing,
            linking_since=self.linking_since - _later_than(counted, self.published),
        )


def link_index(graph: LinkGraph, published: Timestamps) -> LinkIndex:
    """Count the links of a graph; ``published``: shape (n,)."""
    shape, ones = (graph.size, graph.size), np.ones(len(graph.sources))
    out = csr_matrix((ones, (graph.sources, graph.targets)), shape=shape)
    return LinkIndex(
        out=out,
        both=(out + out.T).tocsr(),
        incoming=np.bincount(graph.targets, minlength=graph.size).astype(np.float64),
        outgoing=np.bincount(graph.sources, minlength=graph.size).astype(np.float64),
        linking_since=_linking_since(graph, published, published),
        published=published,
    )


@dataclass(frozen=True)
class LinkBatch:
    """Features of the link graph for b query articles and all n candidates.

    Attributes
    ----------
    rows : shape (b,), rows of the query articles; None if they are not in the graph.
    own : sparse, shape (b, n), links from each query article.
    cocitation, walk : sparse, shape (b, n).
    """

    index: LinkIndex
    rows: AnyRows | None
    own: csr_matrix
    cocitation: csr_matrix
    walk: csr_matrix

    def of_pairs(self, query: Positions, candidates: AnyRows) -> dict[str, Floats]:
        """Compute the features of m pairs, each of shape (m,).

        ``inlink_rate_log``: log of the share of articles published since the candidate that link
        to it. ``cocitation_tfidf``: sum of squared TF-IDF cosines between the query and the
        articles that link to the candidate. ``link_graph_walk``: root of the probability that a
        walk reaches the candidate. ``outlink_count_log``: log of one plus its number of links.
        """
        index = self.index
        incoming = index.incoming[candidates] - elements(self.own, query, candidates)
        since = index.linking_since[candidates]
        if self.rows is not None:
            rows = self.rows[query]
            later = index.published[rows] > index.published[candidates]
            since = since - ((index.outgoing[rows] > 0) & later)
        return {
            "inlink_rate_log": np.log((incoming + 0.5) / (since + PRIOR)),
            "cocitation_tfidf": elements(self.cocitation, query, candidates),
            "link_graph_walk": elements(self.walk, query, candidates),
            "outlink_count_log": np.log1p(index.outgoing[candidates]),
        }

    def between(self, place: int, candidates: AnyRows, pool: AnyRows) -> csr_matrix:
        """Return the links in either direction between candidates and the pool of one query.

        Each link counts as the probability that a walk from the pool member follows it.

        Parameters
        ----------
        place : position of the query in the batch.
        candidates, pool : shapes (c,) and (p,), ascending rows.

        Returns
        -------
        Sparse, shape (c, p); :data:`NO_LINKS` for a pool without links.
        """
        index = self.index
        own = elements(self.own, np.full(len(pool), place), pool)
        degree = index.incoming[pool] + index.outgoing[pool] - own
        if not degree.any():
            return NO_LINKS
        links = columns_of(index.both[candidates], pool)
        return with_scaled_columns(links, 1 / np.maximum(degree, 1))


def later_link_index(graph: LinkGraph, published: Timestamps, later: Timestamps) -> LinkIndex:
    """Return the index of articles that came after the graph: no link to or from them is known.

    Parameters
    ----------
    published : int64, shape (n,), of the articles of the graph.
    later : int64, shape (m,), when the others were published.
    """
    size = len(later)
    none, zeros = csr_matrix((size, size)), np.zeros(size)
    return LinkIndex(none, none, zeros, zeros, _linking_since(graph, published, later), later)


def _linking_since(graph: LinkGraph, published: Timestamps, times: Timestamps) -> Floats:
    """Count the linking articles that were published after each time."""
    return _later_than(np.sort(published[np.unique(graph.sources)]), times)


def _later_than(ascending: Timestamps, times: Timestamps) -> Floats:
    """Count the times of an ascending array, shape (k,), that are later than each of ``times``."""
    later = len(ascending) - np.searchsorted(ascending, times, side="right")
    return later.astype(np.float64)


def link_batch(index: LinkIndex, rows: AnyRows | None, similarity: Vectors) -> LinkBatch:
    """Compute the link features of b query articles.

    Parameters
    ----------
    rows : shape (b,), rows of the query articles; None if they are not in the graph.
    similarity : float32, shape (b, n), TF-IDF cosines with the known articles; 0 for the others
        and for the query itself.
    """
    own = csr_matrix(similarity.shape) if rows is None else index.out[rows]
    if index.out.nnz == 0:
        return LinkBatch(index, rows, own, own, own)
    linking = np.flatnonzero(index.outgoing)
    squared = csr_matrix(similarity[:, linking].astype(np.float64) ** 2)
    cocitation = (squared @ index.out[linking]).tocsr()
    walk = _walk(index, rows, own, _start(similarity))
    for matrix in (cocitation, walk):
        matrix.sum_duplicates()  # sorts: elements are looked up
    return LinkBatch(index, rows, own, cocitation, walk)


def _start(similarity: Vectors) -> csr_matrix:
    """Return where walks start: the most similar articles, by squared similarity, rows sum to 1."""
    count, positive = min(WALK_STARTS, similarity.shape[1]), np.finfo(np.float32).smallest_subnormal
    query, columns = at_least_kth(similarity, count, positive)
    squared = similarity[query, columns].astype(np.float64) ** 2
    total = np.bincount(query, weights=squared, minlength=len(similarity)) + 1e-9
    return csr_matrix((squared / total[query], (query, columns)), shape=similarity.shape)


def _walk(index: LinkIndex, rows: AnyRows | None, own: csr_matrix, start: csr_matrix) -> csr_matrix:
    """Follow links in both directions for three steps.

    Returns
    -------
    Sparse, shape (b, n), the square root of the weighted sum of the probabilities after each step.
    """
    at, total = start, csr_matrix(start.shape)
    for weight in STEP_WEIGHTS:
        at = _step(index, rows, own, at)
        total = total + weight * at
    return total.tocsr().sqrt()


def _step(index: LinkIndex, rows: AnyRows | None, own: csr_matrix, at: csr_matrix) -> csr_matrix:
    """Move each of b walks along one random link, but not along the query's own links."""
    degree = index.incoming + index.outgoing
    per_link = with_scaled_columns(at, 1 / np.maximum(degree, 1))  # probability
    if rows is None or own.nnz == 0:
        return (per_link @ index.both).tocsr()
    corrected, along_own = _own_links(index, rows, own, at)
    per_link = (_without(per_link, corrected) + corrected).tocsr()
    moved = (per_link @ index.both - along_own).tocsr()
    moved.data = np.maximum(moved.data, 0)  # rounding can leave values just below 0
    return moved


def _own_links(
    index: LinkIndex, rows: AnyRows, own: csr_matrix, at: csr_matrix
) -> tuple[csr_matrix, csr_matrix]:
    """Return what a step must correct, since both ends of an own link have fewer links without it.

    Returns
    -------
    Sparse, shape (b, n) each: the probabilities per link to replace, and the probability that goes
    along own links, to subtract after the step.
    """
    degree = index.incoming + index.outgoing
    query, target = own.nonzero()
    source, count = rows[query], elements(own, query, target)
    at_target = elements(at, query, target) / np.maximum(degree[target] - count, 1)
    at_source = elements(at, query, source)
    at_source /= np.maximum(degree[source] - index.outgoing[source], 1)
    linking, first = np.unique(query, return_index=True)
    corrected = _sparse(
        np.append(at_target, at_source[first]),
        np.append(query, linking),
        np.append(target, source[first]),
        at.shape,
    )
    along_own = _sparse(
        np.append(at_target * count, at_source * count),
        np.append(query, query),
        np.append(source, target),
        at.shape,
    )
    return corrected, along_own


def _without(values: csr_matrix, places: csr_matrix) -> csr_matrix:
    """Set the elements to 0 where another matrix has elements."""
    marks = places.copy()
    marks.data = np.ones_like(marks.data)
    return values - values.multiply(marks)


def _sparse(values: Floats, rows: AnyRows, columns: AnyRows, shape: tuple[int, int]) -> csr_matrix:
    return csr_matrix((values, (rows, columns)), shape=shape)
