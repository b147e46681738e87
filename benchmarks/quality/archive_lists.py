"""The lists of an archive with their evidence, and archives that join several sites.

Articles of different sites are unrelated by construction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec
import numpy as np
from numpy.typing import NDArray

from benchmarks.sites.datasets import Site
from models.features.evidence import WEIGHTS
from models.features.evidence_weights import prior_log_odds
from models.ranker.ranking_metrics import CUT
from models.rerank.rerank import quantize, rerank
from recommender.articles.article import Article
from recommender.articles.links import own_links
from recommender.indexing.build_corpus import build_corpus
from recommender.indexing.candidates import ScoredCandidates, score_candidates
from recommender.learning.default_weights import default_ranker
from recommender.settings import Ranking


@dataclass(frozen=True)
class ArchiveLists:
    """What the lists of an archive are chosen from."""

    scored: ScoredCandidates
    """Taken without a threshold."""
    vectors: NDArray[np.int8]
    random_similarity: float

    def related(self, row: int, min_evidence: float = -np.inf) -> list[int]:
        """Return the related articles under one article: at most six rows."""
        prior = prior_log_odds(self.random_similarity)
        evidence = self.scored.evidence[row].sum(axis=1, dtype=np.float64) + prior
        kept = (self.scored.candidates[row] >= 0) & (evidence >= min_evidence)
        rows = self.scored.candidates[row][kept]
        chosen = rerank(
            self.scored.relevance[row][kept].astype(np.float64),
            rows,
            self.scored.cluster_id,
            self.vectors.__getitem__,
            CUT,
            Ranking().diversity_penalty,
            {self.scored.cluster_id.item(row)},
        )
        return [rows.item(place) for place in chosen]

    def features(self, row: int, others: Sequence[int]) -> NDArray[np.float64]:
        """Return the features of the evidence for some candidates: shape (m, 5).

        An article that is no candidate is left out.
        """
        places = np.flatnonzero(np.isin(self.scored.candidates[row], others))
        return np.asarray(self.scored.evidence[row, places].astype(np.float64) / WEIGHTS)


def archive_lists(
    articles: Sequence[Article], embeddings: NDArray[np.float32], encoder: str
) -> ArchiveLists:
    """Score the candidates of all articles, newest first, by the default weights."""
    corpus = build_corpus(articles, embeddings, own_links(articles), encoder)
    now = datetime.fromtimestamp(int(corpus.published[0]) + 1, UTC)
    ranking = Ranking(minimum_relevance=0)
    scored = score_candidates(articles, corpus, ranking, now, default_ranker()[0])
    return ArchiveLists(scored, quantize(scored.diversity_vectors), corpus.random_similarity)


def mixture(sites: Sequence[Site]) -> tuple[ArchiveLists, NDArray[np.int64]]:
    """Join the archives of some sites; also return the number of each article's site."""
    pairs = [
        (_of_site(article, site.name), vector, number)
        for number, site in enumerate(sites)
        for article, vector in zip(site.articles, site.embeddings, strict=True)
    ]
    pairs.sort(key=lambda pair: (-pair[0].published.timestamp(), pair[0].id))
    articles = [article for article, _, _ in pairs]
    embeddings = np.array([vector for _, vector, _ in pairs], dtype=np.float32)
    owner = np.array([number for _, _, number in pairs])
    return archive_lists(articles, embeddings, sites[0].encoder), owner


def _of_site(article: Article, name: str) -> Article:
    """Make an article of a section that is named like its site."""
    links = [f"{name}:{link}" for link in article.links]
    return msgspec.structs.replace(article, id=f"{name}:{article.id}", section=name, links=links)
