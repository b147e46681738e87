"""Selects and scores the candidates of every article."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.arrays import Vectors
from models.features.batch import batch_index
from models.features.corpus import Corpus, corpus_as_of
from models.features.feature_names import THEMES
from models.features.link_graph import link_index
from models.lexical.near_duplicates import cluster_ids
from models.ranker.linear_ranker import LinearRanker
from models.rerank.recency import RecencyDecay
from recommender.articles.article import Article
from recommender.indexing.build_corpus import expiry_times, language_codes, recency_times
from recommender.indexing.free_memory import free_memory
from recommender.indexing.parallel import HERE, Workers, score_in_blocks, shared_job
from recommender.indexing.scoring_job import PoolScales, ScoringJob
from recommender.settings import Ranking
from recommender.snapshots.newest_only import older_posts

PREFIX = "scoring-"
"""Beginning of the name of a folder with the inputs of scoring."""


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
    if workers.folder is not None:
        for path in workers.folder.glob(f"{PREFIX}*"):  # of runs that were killed
            shutil.rmtree(path, ignore_errors=True)
    free_memory()
    # On NFS a mapped file cannot be deleted; the next run deletes it.
    with TemporaryDirectory(
        prefix=PREFIX, dir=workers.folder, ignore_cleanup_errors=True
    ) as folder:
        job = _scoring_job(articles, corpus, ranking, now, model)
        shared = shared_job(job, Path(folder), workers)
        del job
        free_memory()
        blocks = score_in_blocks(shared, workers)
    rows, relevance, contributions, evidence, scales = map(list, zip(*blocks, strict=True))
    del blocks  # what is joined below is forgotten part by part
    candidates = _joined(rows, -1)
    return ScoredArchive(
        candidates=candidates,
        relevance=_joined(relevance, -np.inf),
        contributions=_joined(contributions, 0),
        evidence=_joined(evidence, 0),
        scales=PoolScales.joined(scales),
        diversity_vectors=shared.job.index.view.diversity_vectors,
        cluster_id=cluster_ids(corpus.shingles, candidates),
        features=tuple(THEMES),
        job=shared.job,
    )


def _scoring_job(
    articles: Sequence[Article],
    corpus: Corpus,
    ranking: Ranking,
    now: datetime,
    model: LinearRanker,
) -> ScoringJob:
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
    return ScoringJob(
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
