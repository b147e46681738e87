"""Features of a batch of query articles, each compared with all articles at once.

The indexer computes large batches. Training and evaluation compute a batch of one, as of the time
at which an article was published.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_matrix

from models.arrays import AnyRows, Floats, Mask, Positions, Vectors
from models.features.batch_index import BatchIndex
from models.features.feature_names import PAIR_FEATURES
from models.features.link_graph import LinkBatch, LinkIndex, link_batch
from models.features.pool_context import PoolContext, with_pool_features
from models.features.time_distance import time_features
from models.features.title_coverage import coverage_features
from models.features.word_walk import log_probability, transitions_of
from models.ranker.linear_ranker import LinearRanker
from models.sparse import columns_of, elements

MIN_BACKGROUND_STD = 0.02
"""Added to the standard deviation of background cosines, so that a z-score stays finite."""

MAX_ZSCORE = 12.0
"""Upper limit of ``tfidf_cosine_zscore``. Greater values only tell how much text is identical."""


@dataclass(frozen=True)
class QueryBatch:
    """b query articles compared with all n articles.

    Attributes
    ----------
    index : of the n articles.
    queries : index of the query articles, which is another one if they come later.
    rows : shape (b,), rows of the query articles in ``queries``.
    tfidf, embedding : float32, shape (b, n), cosines. The TF-IDF cosine of an article with
        itself is set to 0, so that it is not one of the articles that it resembles.
    rare_walk : float32, shape (b, n), walk probabilities over rare terms, see
        :mod:`models.features.word_walk`.
    common_transitions : float32, shape (b, c), see
        :func:`models.features.word_walk.transitions_of`.
    links : features of the link graph.
    tags : sparse, shape (b, n), cosines.
    visible : bool, shape (n,), which articles readers can see.
    """

    index: BatchIndex
    queries: BatchIndex
    rows: AnyRows
    tfidf: Vectors
    rare_walk: Vectors
    common_transitions: Vectors
    embedding: Vectors
    links: LinkBatch
    tags: csr_matrix
    visible: Mask


class DenseProducts(NamedTuple):
    """Products of b query articles with all n articles: float32, each of shape (b, n).

    Attributes
    ----------
    tfidf : of the TF-IDF weights of common terms.
    embedding : of the embeddings.
    """

    tfidf: Vectors
    embedding: Vectors

    @classmethod
    def of(cls, index: BatchIndex, queries: BatchIndex, rows: AnyRows) -> DenseProducts:
        """Multiply some rows of ``queries`` with all articles of ``index``."""
        texts = columns_of(queries.view.tfidf[rows], np.flatnonzero(index.is_common))
        return cls(
            tfidf=texts.toarray() @ index.common_by_term,
            embedding=queries.view.embeddings[rows] @ index.embeddings_by_dimension,
        )

    def part(self, rows: slice) -> DenseProducts:
        """Return the products of some of the query articles."""
        return DenseProducts(self.tfidf[rows], self.embedding[rows])


def query_batch(
    index: BatchIndex,
    rows: AnyRows,
    links: LinkIndex,
    known: Mask,
    visible: Mask,
    queries: BatchIndex | None = None,
    products: DenseProducts | None = None,
) -> QueryBatch:
    """Compare query articles with all articles.

    Parameters
    ----------
    rows : shape (b,), rows of the query articles. Their own outgoing links are not used.
    links : the link graph, as of the time of the queries.
    known : bool, shape (n,), articles published by then. Only their similarities count in the
        features of links.
    visible : bool, shape (n,), articles that readers can see then.
    queries : index of the query articles, if they are not among the n. It has the same weights and
        common terms.
    products : those of the query articles, if they were computed before. ``products.tfidf`` becomes
        the cosines.
    """
    own = index if queries is None else queries
    texts, weights = own.view.tfidf[rows], own.view.weights
    transitions = transitions_of(texts, weights.terms, weights.term_inverse_count)
    dense = DenseProducts.of(index, own, rows) if products is None else products
    tfidf = dense.tfidf  # in place, since a copy takes as much memory again
    if queries is None:
        rare_walk = np.empty_like(tfidf)
        for place in range(len(rows)):
            rare, rare_walk[place] = _rare_products(index, texts, transitions, place)
            tfidf[place] += rare
        tfidf[np.arange(len(rows)), rows] = 0
    else:
        tfidf += (texts @ index.rare_by_term).toarray()
        rare_walk = (transitions @ index.rare_by_term.astype(bool)).toarray()
    graph_rows = rows if queries is None else None
    return QueryBatch(
        index=index,
        queries=own,
        rows=rows,
        tfidf=tfidf,
        rare_walk=rare_walk,
        common_transitions=columns_of(transitions, np.flatnonzero(index.is_common)).toarray(),
        embedding=dense.embedding,
        links=link_batch(links, graph_rows, tfidf if known.all() else np.where(known, tfidf, 0)),
        tags=(own.view.tags[rows] @ index.tags_by_tag).tocsr(),
        visible=visible,
    )


def _rare_products(
    index: BatchIndex, texts: csr_matrix, transitions: csr_matrix, place: int
) -> tuple[Vectors, Vectors]:
    """Return TF-IDF products and walk probabilities over an article's rare terms: (n,) each.

    Adding up one term after the other takes a third of the time of a product of two sparse
    matrices, which must first find the positions of its elements.

    Parameters
    ----------
    texts, transitions : sparse, shape (b, v), with their elements at the same positions.
    place : row of the article in both.
    """
    own = slice(texts.indptr[place], texts.indptr[place + 1])
    articles = index.rare_by_term[texts.indices[own]].T
    products = np.asarray(articles @ texts.data[own])
    articles.data = np.ones_like(articles.data)  # a new matrix would take as long as a product
    return products, np.asarray(articles @ transitions.data[own])


def pair_features(batch: QueryBatch, query: Positions, candidates: AnyRows) -> Floats:
    """Compute the features of m pairs of a query and a candidate.

    Parameters
    ----------
    query : shape (m,), ascending, positions of the queries in the batch.
    candidates : shape (m,), rows of the candidates.

    Returns
    -------
    float64, shape (m, len(PAIR_FEATURES)).
    """
    view, own = batch.index.view, batch.queries.view
    starts = np.searchsorted(query, np.arange(len(batch.rows) + 1))
    cosines = batch.tfidf[query, candidates].astype(np.float64)
    zscores = cosines - view.background.mean[candidates]
    zscores /= view.background.std[candidates] + MIN_BACKGROUND_STD
    zscores = np.minimum(zscores, MAX_ZSCORE)
    walk = batch.rare_walk[query, candidates] + _common_walk(batch, starts, candidates)
    columns: dict[str, Floats | Vectors] = {
        "tfidf_cosine_zscore": zscores,
        "tfidf_zscore_by_length": zscores * view.relative_length[candidates],
        "rare_term_walk": log_probability(walk),
        "embedding_cosine": batch.embedding[query, candidates],
        "tag_cosine": elements(batch.tags, query, candidates),
        **coverage_features(own.passages, view.passages, batch.rows, starts, candidates),
        **batch.links.of_pairs(query, candidates),
        **time_features(
            own.rank[batch.rows[query]] - view.rank[candidates],
            own.corpus.published[batch.rows[query]] - view.corpus.published[candidates],
        ),
    }
    return np.column_stack([columns[name] for name in PAIR_FEATURES])


def _common_walk(batch: QueryBatch, starts: Positions, candidates: AnyRows) -> Vectors:
    """Return the walk probabilities over common terms, shape (m,)."""
    index, probability = batch.index, np.zeros(len(candidates), dtype=np.float32)
    for own, (start, end) in zip(batch.common_transitions, pairwise(starts), strict=True):
        probability[start:end] = index.common_present[candidates[start:end]] @ own
    return probability


def pool_context(batch: QueryBatch, place: int, candidates: AnyRows, in_pool: Mask) -> PoolContext:
    """Relate the candidates of one query to its pool.

    Parameters
    ----------
    place : position of the query in the batch.
    candidates : shape (c,), ascending rows.
    in_pool : bool, shape (c,), which candidates are in the pool.
    """
    view = batch.index.view
    return PoolContext(
        rows=candidates,
        in_pool=in_pool,
        links=batch.links.between(place, candidates, candidates[in_pool]),
        vectors=view.unit_diversity_vectors,
        published=view.corpus.published,
        visible=batch.visible,
    )


def query_features(
    batch: QueryBatch, place: int, candidates: AnyRows, in_pool: Mask, first_pass: LinearRanker
) -> Floats:
    """Compute all features of the candidates of one query: shape (c, len(FEATURES)).

    Parameters
    ----------
    place, candidates, in_pool : as in :func:`pool_context`.
    first_pass : ranker that scores the pool first, see :mod:`models.features.pool_context`.
    """
    query = np.full(len(candidates), place, dtype=np.intp)
    pairs = pair_features(batch, query, candidates)
    return with_pool_features(pairs, pool_context(batch, place, candidates, in_pool), first_pass)
