"""Selects and scores the candidates of every article."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

from models.features.batch import (
    BatchIndex,
    batch_index,
    pair_features,
    pool_context,
    query_batch,
)
from models.features.candidate_pool import candidate_pools
from models.features.corpus import Corpus, corpus_as_of
from models.features.evidence import evidence_of, has_common_topic
from models.features.evidence_weights import EVIDENCE, prior_log_odds
from models.features.feature_names import THEMES, contributions_by_theme
from models.features.link_graph import LinkIndex, link_index
from models.features.pool_context import PoolGate, with_gate
from models.lexical.near_duplicates import cluster_ids
from models.ranker.linear_ranker import LinearRanker, Scale, scale_of
from models.rerank.candidate_pruning import undominated
from models.rerank.recency import RecencyDecay
from recommender.articles.article import Article
from recommender.indexing.build_corpus import expiry_times, language_codes, recency_times
from recommender.indexing.recent import recent_rows
from recommender.serving.scoring import OTHER_LANGUAGE
from recommender.settings import Ranking
from recommender.snapshots.newest_only import older_posts

MAX_CANDIDATES = 128
"""Candidates stored for each article: twenty times what a list shows."""

TASK_SIZE = 500
"""Articles of a parallel task: seconds of work, so that starting a process pays."""

BATCH_SIZE = 200
"""Most query articles of a batch."""

MAX_BATCH_CELLS = 6_000_000
"""Most cells of a batch's matrix: 24 MB. Above 32 MB malloc requests memory from the system for
each array, which costs more than larger batches save."""

MAX_EXHAUSTIVE = 2_500
"""Largest number of articles at which all pairs are scored; above, only pools are."""

Codes = NDArray[np.int32]


@dataclass(frozen=True)
class ScoredCandidates:
    """Candidates of every article; for the arrays see :mod:`recommender.snapshots.snapshot`."""

    candidates: NDArray[np.int32]
    relevance: NDArray[np.float32]
    contributions: NDArray[np.float16]
    evidence: NDArray[np.float16]
    diversity_vectors: NDArray[np.float32]
    cluster_id: NDArray[np.int32]
    features: tuple[str, ...]
    """Names of the themes in the last axis of ``contributions``."""
    scales: PoolScales
    """Of every article as the one above the list."""
    job: ScoringJob
    """The inputs."""


@dataclass(frozen=True)
class TopCandidates:
    """Candidates of one article, highest relevance first.

    Attributes
    ----------
    rows : shape (c,).
    contributions : shape (c, t), to the relevance score, by theme.
    evidence : shape (c, e), see :mod:`models.features.evidence`.
    scale, gate : what standardizes the features of the article's candidates.
    """

    rows: NDArray[np.int32]
    contributions: NDArray[np.float32]
    evidence: NDArray[np.float32]
    scale: Scale
    gate: PoolGate


class PoolScales(NamedTuple):
    """How the features of q queries are standardized, for articles that come later.

    Attributes
    ----------
    features : arrays of shape (q, f).
    gate : arrays of shape (q,).
    """

    features: Scale
    gate: PoolGate

    @classmethod
    def joined(cls, parts: Sequence[PoolScales]) -> PoolScales:
        """Concatenate the scales of several blocks of queries."""
        features = zip(*(part.features for part in parts), strict=True)
        gates = zip(*(part.gate for part in parts), strict=True)
        return cls(Scale(*map(np.concatenate, features)), PoolGate(*map(np.concatenate, gates)))

    @classmethod
    def of(cls, tops: Sequence[TopCandidates]) -> PoolScales:
        """Stack the scales of some queries."""
        scales, gates = [top.scale for top in tops], [top.gate for top in tops]
        return cls(
            Scale(np.array([one.mean for one in scales]), np.array([one.spread for one in scales])),
            PoolGate(
                np.array([one.mean for one in gates]),
                np.array([one.span for one in gates]),
                np.array([one.superseded for one in gates]),
            ),
        )


def score_candidates(
    articles: Sequence[Article],
    corpus: Corpus,
    ranking: Ranking,
    now: datetime,
    model: LinearRanker,
) -> ScoredCandidates:
    """Select and score the candidates of every article.

    Parameters
    ----------
    articles : newest first.
    corpus : of the same articles.
    ranking : settings of recency and languages.
    now : time of the index run.
    """
    view = corpus_as_of(corpus, np.ones(len(articles), dtype=bool))
    decays = {
        section: RecencyDecay(setting.boost, setting.half_life_days)
        for section in {article.section for article in articles}
        if (setting := ranking.recency_of(section))
    }
    languages = language_codes(articles)
    one_group, expires = np.zeros_like(languages), expiry_times(articles)
    visible = (corpus.published <= now.timestamp()) & (now.timestamp() < expires)
    _ = view.unit_diversity_vectors  # computed once, and not by every process
    job = ScoringJob(
        index=batch_index(view),
        links=link_index(corpus.graph, corpus.published),
        groups=languages if ranking.language == "same" else one_group,
        preferred=languages if ranking.language == "prefer" else one_group,
        recency=[decays[article.section] for article in articles],
        recency_from=recency_times(articles, ranking, now),
        expires=expires,
        visible=visible,
        listed=~older_posts(articles, ranking.newest_only_sections, visible),
        now=now.timestamp(),
        model=model,
        min_evidence=ranking.min_evidence,
    )
    blocks = _in_parallel(job)
    candidates = _joined([block.candidates for block in blocks], -1)
    scales = PoolScales.joined([block.scales for block in blocks])
    return ScoredCandidates(
        candidates=candidates,
        relevance=_joined([block.relevance for block in blocks], -np.inf),
        contributions=_joined([block.contributions for block in blocks], 0),
        evidence=_joined([block.evidence for block in blocks], 0),
        diversity_vectors=view.diversity_vectors,
        cluster_id=cluster_ids(corpus.shingles, candidates),
        features=tuple(THEMES),
        scales=scales,
        job=job,
    )


@dataclass(frozen=True)
class ScoringJob:
    """The inputs of scoring, the same for every article."""

    index: BatchIndex
    links: LinkIndex
    groups: Codes
    """(n,): an article is listed only under those of the same group."""
    preferred: Codes
    """(n,): articles of the same code are preferred to others."""
    recency: Sequence[RecencyDecay]
    """Of each article as the one above the list."""
    recency_from: NDArray[np.int64]
    """(n,): when the recency boost of an article begins to decay."""
    expires: NDArray[np.int64]
    visible: NDArray[np.bool_]
    """(n,): whether readers can see an article now."""
    listed: NDArray[np.bool_]
    """(n,): whether an article may be a card; older posts of a series may not."""
    now: float
    model: LinearRanker
    min_evidence: float
    """Least log-odds of a common topic."""

    def top_candidates(self, first: int, last: int) -> Iterator[TopCandidates]:
        """Score the candidates of the articles from ``first`` to ``last``, and keep the best.

        Kept are the candidates that have a common topic with the article, and that can be among
        the best now or at any later time.
        """
        view = self.index.view
        batch = query_batch(
            self.index, np.arange(first, last), self.links, view.known, self.visible
        )
        allowed = (self.groups[first:last, None] == self.groups) & self.listed
        allowed[np.arange(last - first), batch.rows] = False
        published = view.corpus.published
        recent = recent_rows(published, self.groups, self.preferred, self.now, range(first, last))
        in_pool = candidate_pools(batch, allowed, recent)
        scored = in_pool if len(self.groups) > MAX_EXHAUSTIVE else allowed
        query, rows = np.divmod(np.flatnonzero(scored), len(self.groups))
        pairs, pooled = pair_features(batch, query, rows), in_pool[query, rows]
        starts = np.searchsorted(query, np.arange(last - first + 1))
        for number, (start, end) in enumerate(pairwise(starts.tolist())):
            part = slice(start, end)
            context = pool_context(batch, number, rows[part], pooled[part])
            features, gate = with_gate(pairs[part], context, self.model.first_pass)
            pool = features if pooled[part].all() else features[pooled[part]]
            evidence = evidence_of(batch, query[part], rows[part], features)
            scale = scale_of(pool, self.model.min_scale)
            yield self._best(int(batch.rows[number]), rows[part], features, evidence, scale, gate)

    def _best(
        self,
        row: int,
        rows: NDArray[np.intp],
        features: NDArray[Any],
        evidence: NDArray[Any],
        scale: Scale,
        gate: PoolGate,
    ) -> TopCandidates:
        """Score the candidates of one article, standardised within its pool, and prune them."""
        prior = prior_log_odds(self.index.view.corpus.random_similarity)
        related = has_common_topic(evidence, prior, self.min_evidence)
        rows, evidence = rows[related], evidence[related]
        by_feature = self.model.contributions_on(scale, features[related])
        contributions = contributions_by_theme(by_feature, self.model.features)
        fresh_from = self.recency_from[rows]
        penalty = OTHER_LANGUAGE * (self.preferred[rows] != self.preferred[row])
        scores = contributions.sum(axis=1) - penalty  # what a request orders by
        kept = undominated(
            scores, fresh_from, self.expires[rows], self.recency[row], self.now, MAX_CANDIDATES
        )
        return TopCandidates(
            rows[kept].astype(np.int32),
            contributions[kept].astype(np.float32),
            evidence[kept].astype(np.float32),
            scale,
            gate,
        )


class ScoredBlock(NamedTuple):
    """Lists of consecutive articles, padded to the longest; see :class:`ScoredCandidates`.

    Half-precision numbers take half of the memory that all lists take together.
    """

    candidates: NDArray[np.int32]
    relevance: NDArray[np.float32]
    contributions: NDArray[np.float16]
    evidence: NDArray[np.float16]
    scales: PoolScales


def _in_parallel(job: ScoringJob) -> list[ScoredBlock]:
    """Score every article, in several processes if there are many."""
    size = len(job.groups)
    tasks = [range(start, min(start + TASK_SIZE, size)) for start in range(0, size, TASK_SIZE)]
    processes = min(len(tasks), os.cpu_count() or 1)
    return list(Parallel(n_jobs=processes)(delayed(_score_rows)(job, rows) for rows in tasks))


def _score_rows(job: ScoringJob, rows: range) -> ScoredBlock:
    """Score a range of articles in batches."""
    step = max(min(BATCH_SIZE, MAX_BATCH_CELLS // len(job.groups)), 1)
    starts = range(rows.start, rows.stop, step)
    tops = [
        top for start in starts for top in job.top_candidates(start, min(start + step, rows.stop))
    ]
    return padded(tops)


def padded(tops: Sequence[TopCandidates]) -> ScoredBlock:
    """Join the lists of n articles of several lengths, padded to the longest, k."""
    shape = len(tops), max([1, *(len(top.rows) for top in tops)])
    block = ScoredBlock(
        candidates=np.full(shape, -1, dtype=np.int32),
        relevance=np.full(shape, -np.inf, dtype=np.float32),
        contributions=np.zeros((*shape, len(THEMES)), dtype=np.float16),
        evidence=np.zeros((*shape, len(EVIDENCE)), dtype=np.float16),
        scales=PoolScales.of(tops),
    )
    for number, top in enumerate(tops):
        size = len(top.rows)
        block.candidates[number, :size] = top.rows
        block.relevance[number, :size] = top.contributions.sum(axis=1)
        block.contributions[number, :size] = top.contributions
        block.evidence[number, :size] = top.evidence
    return block


def _joined(parts: list[NDArray[Any]], fill: float) -> NDArray[Any]:
    """Concatenate arrays of several widths; forgets each part once it is copied."""
    width, size = max(part.shape[1] for part in parts), sum(map(len, parts))
    joined = np.full((size, width, *parts[0].shape[2:]), fill, dtype=parts[0].dtype)
    end = size
    while parts:
        part = parts.pop()
        joined[end - len(part) : end, : part.shape[1]] = part
        end -= len(part)
    return joined
