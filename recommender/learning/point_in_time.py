"""Candidates and features of evaluation queries, each as of the time of the query.

Term weights and the mean embedding come from articles of earlier days. Link features come from what
was published before, without the links of the query's own article.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.arrays import Codes, Floats, Mask, Rows
from models.features.batch import QueryBatch, pair_features, pool_context, query_batch
from models.features.batch_index import batch_index
from models.features.candidate_pool import candidate_pool
from models.features.corpus import Corpus, CorpusView, corpus_as_of
from models.features.evidence import common_topic_log_odds, evidence_of
from models.features.evidence_weights import prior_log_odds
from models.features.link_graph import link_index
from models.features.pool_context import PoolContext, pool_features, with_pool_features
from models.ranker.linear_ranker import LinearRanker
from models.storage import IN_MEMORY, Storage
from models.time_units import SECONDS_PER_DAY
from recommender.learning.queries import EvaluationQuery

CORPUS_VIEWS = 40
"""Maximum number of refreshes of the term weights over the life of a site, apart from those
whenever a young site has doubled. Term weights lag by at most 1/40 of the archive, and never use
articles newer than the query."""


@dataclass(frozen=True)
class CandidateFeatures:
    """A query with its pool of candidates and their features.

    Attributes
    ----------
    pool : int32, (p,), rows of the candidates.
    features : float64, (p, f), in the order of the ranker's features.
    topic_log_odds : float64, (p,), log-odds of a common topic with the article of the query.
    context : present only if the features were computed without first-pass weights; see
        :meth:`with_first_pass`.
    """

    query: EvaluationQuery
    pool: NDArray[np.int32]
    features: Floats
    topic_log_odds: Floats
    context: PoolContext | None = None

    def with_first_pass(self, first_pass: LinearRanker | None) -> CandidateFeatures:
        """Compute the pool features with the given first-pass weights.

        Raises
        ------
        ValueError
            If the features were computed with first-pass weights.
        """
        if self.context is None:
            raise ValueError("expected features without first-pass weights, got some with them")
        return replace(self, features=pool_features(self.features, self.context, first_pass))

    @property
    def chosen(self) -> Mask:
        """Which candidates are relevant, (p,)."""
        return np.isin(self.pool, list(self.query.relevant))


def queries_as_of(
    corpus: Corpus, queries: Sequence[EvaluationQuery], storage: Storage = IN_MEMORY
) -> Iterator[tuple[EvaluationQuery, CorpusView, QueryBatch]]:
    """Yield the queries, oldest first, each with the corpus as of its time.

    Parameters
    ----------
    storage : where the corpus as of a time is kept.

    Yields
    ------
    query, view : the query and the corpus as of its time.
    batch : the article of the query compared with all articles.
    """
    view: CorpusView | None = None
    view_size = 0
    for query in sorted(queries, key=lambda one: (one.as_of, -one.row)):
        as_of = query.as_of
        known = corpus.published < as_of - as_of % SECONDS_PER_DAY
        size = int(known.sum())
        if view is None or size >= min(view_size + len(known) / CORPUS_VIEWS, 2 * view_size):
            view, view_size = corpus_as_of(corpus, known, storage), size
            view.keep_diversity(storage)
            index = batch_index(view, storage=storage)
        before = corpus.published < as_of
        links = link_index(corpus.graph.as_of(as_of), corpus.published)
        yield query, view, query_batch(index, np.array([query.row]), links, before, before)


def candidate_features(
    query: EvaluationQuery,
    batch: QueryBatch,
    first_pass: LinearRanker | None,
    eligible: Rows | None = None,
) -> CandidateFeatures:
    """Select the pool of a query and compute its features.

    Parameters
    ----------
    batch : the article of the query, as :func:`queries_as_of` yields it.
    first_pass : the ranker that the pool features start from; None leaves them out.
    eligible : int32, ascending rows that can be cards; by default all candidates of the query.
    """
    rows = candidate_pool(batch, query.candidates if eligible is None else eligible)
    context = pool_context(batch, 0, rows, np.ones(len(rows), dtype=bool))
    positions = np.zeros(len(rows), dtype=np.intp)
    pairs = pair_features(batch, positions, rows)
    evidence = evidence_of(batch, positions, rows, pairs)
    prior = prior_log_odds(batch.index.view.corpus.random_similarity)
    return CandidateFeatures(
        query=query,
        pool=rows,
        features=with_pool_features(pairs, context, first_pass),
        topic_log_odds=common_topic_log_odds(evidence, prior),
        context=context if first_pass is None else None,
    )


def features_as_of(
    corpus: Corpus,
    queries: Sequence[EvaluationQuery],
    first_pass: LinearRanker | None,
    groups: Codes | None = None,
    storage: Storage = IN_MEMORY,
) -> Iterator[CandidateFeatures]:
    """Compute the candidates of all queries, oldest first; see :func:`candidate_features`.

    Parameters
    ----------
    groups : int32, (n,): an article is a candidate only under those of the same group.
    storage : see :func:`queries_as_of`.
    """
    for query, _, batch in queries_as_of(corpus, queries, storage):
        rows = query.candidates
        eligible = rows if groups is None else rows[groups[rows] == groups[query.row]]
        yield candidate_features(query, batch, first_pass, eligible)
