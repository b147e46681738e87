"""Pools and features of articles that were asked about, each as of the moment of the question."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.features.batch import (
    QueryBatch,
    batch_index,
    pair_features,
    pool_context,
    query_batch,
)
from models.features.candidate_pool import candidate_pool
from models.features.corpus import Corpus, CorpusView, corpus_as_of
from models.features.link_graph import link_index
from models.features.pool_context import PoolContext, pool_features, with_pool_features
from models.ranker.linear_ranker import LinearRanker
from recommender.learning.queries import DAY, EvaluationQuery

STEPS = 40
"""Times that the weights of words are taken anew over a site's life, and whenever it has doubled:
often enough that they are never older than a fortieth of it, and never from a moment after the
question."""


@dataclass(frozen=True)
class CandidateFeatures:
    """A question with its pool, rows (p,), and the features of each candidate, (p, f).

    ``rivals`` are kept where no guess was given: who learns one takes the sheet again by it.
    """

    question: EvaluationQuery
    pool: NDArray[np.int32]
    raw: NDArray[np.float64]
    rivals: PoolContext | None = None

    def by(self, guess: LinearRanker | None) -> CandidateFeatures:
        """Take the pool features by another first pass."""
        if self.rivals is None:
            raise ValueError("got a sheet that was taken by a guess, wanted one without")
        return replace(self, raw=pool_features(self.raw, self.rivals, guess))

    @property
    def chosen(self) -> NDArray[np.bool_]:
        """Which candidates editors linked, shape (p,)."""
        return np.isin(self.pool, list(self.question.relevant))


def queries_as_of(
    site: Corpus, asked: Sequence[EvaluationQuery]
) -> Iterator[tuple[EvaluationQuery, CorpusView, QueryBatch]]:
    """Take the questions from the oldest to the newest, each with the site as it was known then.

    Weights of words and the centre of embeddings come from articles of earlier days, link features
    from what was published before, without the asking article's own links.
    """
    seen: CorpusView | None = None
    seen_count = 0
    for question in sorted(asked, key=lambda one: (one.as_of, -one.row)):
        moment = question.as_of
        known = site.published < moment - moment % DAY
        count = int(known.sum())
        if seen is None or count >= min(seen_count + len(known) / STEPS, 2 * seen_count):
            seen, seen_count = corpus_as_of(site, known), count
            index = batch_index(seen)
        before = site.published < moment
        links = link_index(site.graph.as_of(moment), site.published)
        yield question, seen, query_batch(index, np.array([question.row]), links, before, before)


def candidate_features(
    question: EvaluationQuery, ask: QueryBatch, guess: LinearRanker | None
) -> CandidateFeatures:
    """Gather a question's pool and take its features."""
    rows = candidate_pool(ask, question.candidates)
    rivals = pool_context(ask, 0, rows, np.ones(len(rows), dtype=bool))
    pairs = pair_features(ask, np.zeros(len(rows), dtype=np.intp), rows)
    raw = with_pool_features(pairs, rivals, guess)
    return CandidateFeatures(question, rows, raw, rivals if guess is None else None)


def features_as_of(
    site: Corpus, asked: Sequence[EvaluationQuery], guess: LinearRanker | None
) -> Iterator[CandidateFeatures]:
    """Work the questions off from the oldest to the newest; see :func:`queries_as_of`."""
    for question, _, ask in queries_as_of(site, asked):
        yield candidate_features(question, ask, guess)
