"""What earlier links tell: who is linked to, who links alike, where a walk along links ends."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

NEIGHBOURS = 30
"""Similar articles from which a walk along links starts."""

PRIOR = 20.0
"""Linking articles before the rate of links to an article is believed."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class LinkGraph:
    """Links between n articles.

    ``sources`` and ``targets``: rows, shape (m,). ``known_at``: when a link can be known, seconds,
    shape (m,): the later publication of its two ends, since articles get links edited in later.
    """

    sources: NDArray[np.int64]
    targets: NDArray[np.int64]
    known_at: NDArray[np.int64]
    size: int

    def as_of(self, moment: int, without: int) -> LinkGraph:
        """Keep what was known before a moment, less the outgoing links of one article."""
        keep = (self.known_at < moment) & (self.sources != without)
        return LinkGraph(self.sources[keep], self.targets[keep], self.known_at[keep], self.size)


def link_features(
    graph: LinkGraph, similarity: Floats, published: NDArray[np.int64]
) -> dict[str, Floats]:
    """Features of every article as a candidate, each of shape (n,).

    Parameters
    ----------
    graph : as of the moment, without the asking article's own outgoing links.
    similarity : float64, shape (n,): cosine of words with each article known; 0 for the others.
    published : int64, shape (n,), seconds.

    Returns
    -------
    ``inlink_rate_log``: log of the rate at which articles published since have linked to it.
    ``cocitation_tfidf``: sum of squared similarities of the articles that linked to it.
    ``link_graph_walk``: where a walk of one to three links from similar articles ends.
    ``outlink_count_log``: log of one plus the number of its own links.
    """
    size = graph.size
    incoming = np.bincount(graph.targets, minlength=size)
    linking = np.sort(published[np.unique(graph.sources)])
    since = len(linking) - np.searchsorted(linking, published, side="right")
    squared = similarity**2
    return {
        "inlink_rate_log": np.log((incoming + 0.5) / (since + PRIOR)),
        "cocitation_tfidf": np.bincount(
            graph.targets, weights=squared[graph.sources], minlength=size
        ).astype(np.float64),
        "link_graph_walk": _walk(graph, squared),
        "outlink_count_log": np.log1p(np.bincount(graph.sources, minlength=size)),
    }


def _walk(graph: LinkGraph, squared: Floats) -> Floats:
    start = _strongest(squared, NEIGHBOURS)
    start /= start.sum() + 1e-9
    ends = np.concatenate([graph.sources, graph.targets])
    others = np.concatenate([graph.targets, graph.sources])
    shape = (graph.size, graph.size)
    both_ways = csr_matrix((np.ones(len(ends)), (others, ends)), shape=shape)
    degree = np.maximum(np.bincount(ends, minlength=graph.size), 1)
    one = both_ways @ (start / degree)
    two = both_ways @ (one / degree)
    three = both_ways @ (two / degree)
    return np.asarray(np.sqrt(one + 0.5 * two + 0.25 * three))


def _strongest(values: Floats, count: int) -> Floats:
    if np.count_nonzero(values) <= count:
        return values.copy()
    threshold = np.partition(values, -count)[-count]
    return np.where(values >= threshold, values, 0.0)
