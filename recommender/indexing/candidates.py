"""Selects and scores the candidates of every article."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from models.arrays import Vectors
from models.features.batch_index import batch_index
from models.features.corpus import Corpus, corpus_as_of
from models.features.feature_names import THEMES
from models.features.link_graph import link_index
from models.lexical.near_duplicates import Duplicates, find_duplicates
from models.ranker.linear_ranker import LinearRanker
from models.rerank.recency import RecencyDecay
from models.storage import IN_MEMORY, Storage
from recommender.articles.article import Article
from recommender.indexing.build_corpus import (
    expiry_times,
    language_codes,
    language_groups,
    recency_times,
)
from recommender.indexing.mapped import MappedStorage, scratch_folder
from recommender.indexing.memory import free_memory
from recommender.indexing.parallel import BLAS_THREADS, HERE, Workers, score_in_blocks, shared_job
from recommender.indexing.scoring_job import (
    PoolScales,
    ScoredBlock,
    ScoringJob,
    slim_view,
)
from recommender.indexing.versions import join_pages, page_keys
from recommender.settings import Ranking
from recommender.snapshots.newest_only import older_posts
from recommender.snapshots.parts import MAX_CANDIDATES


@dataclass(frozen=True)
class ScoredCandidates:
    """Candidates of every article; for the arrays see :mod:`recommender.snapshots.snapshot`."""

    candidates: NDArray[np.int32]
    relevance: Vectors
    contributions: NDArray[np.float16]
    evidence: NDArray[np.float16]
    diversity_vectors: Vectors
    cluster_id: NDArray[np.int32]
    features: tuple[str, ...]
    """Names of the themes in the last axis of ``contributions``."""


@dataclass(frozen=True)
class ScoredArchive(ScoredCandidates):
    """Candidates of every article, with what later articles are scored by."""

    scales: PoolScales
    """Of every article as the one above the list."""
    duplicates: Duplicates
    """Variants, near-duplicates and digests, by their texts alone."""
    pages: NDArray[np.uint64]
    """See :func:`recommender.indexing.versions.page_keys`."""
    job: ScoringJob
    """The inputs."""


def score_candidates(
    articles: Sequence[Article],
    corpus: Corpus,
    ranking: Ranking,
    now: datetime,
    model: LinearRanker,
    workers: Workers = HERE,
) -> ScoredArchive:
    """Select and score the candidates of every article.

    Parameters
    ----------
    articles : newest first.
    corpus : of the same articles.
    ranking : settings of recency and languages.
    now : time of the index run.
    workers : where blocks of articles are scored.
    """
    storage = MappedStorage(workers.folder)
    with scratch_folder(workers.folder) as folder:
        with threadpool_limits(BLAS_THREADS, user_api="blas"):
            job = _scoring_job(articles, corpus, ranking, now, model, workers)
        shared = shared_job(job, folder, workers)
        del job
        free_memory()
        with closing(score_in_blocks(shared, workers)) as blocks:
            lists = _joined(blocks, len(articles), storage)
    duplicates = find_duplicates(corpus.shingles, lists.candidates, corpus.published, storage)
    pages = page_keys(articles)
    return ScoredArchive(
        candidates=lists.candidates,
        relevance=lists.relevance,
        contributions=lists.contributions,
        evidence=lists.evidence,
        scales=lists.scales,
        diversity_vectors=shared.job.index.view.diversity_vectors,
        cluster_id=join_pages(duplicates.cluster_id, pages),
        duplicates=duplicates,
        pages=pages,
        features=tuple(THEMES),
        job=shared.job,
    )


def _scoring_job(
    articles: Sequence[Article],
    corpus: Corpus,
    ranking: Ranking,
    now: datetime,
    model: LinearRanker,
    workers: Workers,
) -> ScoringJob:
    storage = MappedStorage(workers.folder) if len(articles) > workers.task_size else IN_MEMORY
    everything = np.ones(len(articles), dtype=bool)
    view = slim_view(corpus_as_of(corpus, everything, storage))
    decays = {
        section: RecencyDecay(setting.boost, setting.half_life_days)
        for section in {article.section for article in articles}
        if (setting := ranking.recency_of(section))
    }
    languages = language_codes(articles)
    one_group, expires = np.zeros_like(languages), expiry_times(articles)
    visible = (corpus.published <= now.timestamp()) & (now.timestamp() < expires)
    view.keep_diversity(storage)  # computed once, and not by every process
    return ScoringJob(
        index=batch_index(view, storage=storage),
        links=link_index(corpus.graph, corpus.published),
        groups=language_groups(languages, ranking),
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


def _joined(blocks: Iterable[ScoredBlock], size: int, storage: Storage) -> ScoredBlock:
    """Join lists of several widths in a storage: they outgrow the memory."""
    ends: dict[str, float] = {"candidates": -1, "relevance": -np.inf}
    files: dict[str, NDArray[Any]] = {}
    scales, done, width = [], 0, 1
    for block in blocks:
        count, own = block.candidates.shape
        for name in ("candidates", "relevance", "contributions", "evidence"):
            part: NDArray[Any] = getattr(block, name)
            if name not in files:
                shape = (size, MAX_CANDIDATES, *part.shape[2:])
                files[name] = storage.empty(shape, part.dtype)
            files[name][done : done + count, :own] = part
            files[name][done : done + count, own:] = ends.get(name, 0)
        scales.append(block.scales)
        done, width = done + count, max(width, own)
    lists = {name: np.asarray(file)[:, :width] for name, file in files.items()}
    return ScoredBlock(**lists, scales=PoolScales.joined(scales))
