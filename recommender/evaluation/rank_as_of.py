"""Ranks the candidates of a query as the service would have when the article was published."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from models.lexical.near_duplicates import duplicates_among
from models.rerank.recency import recency_boost
from models.rerank.rerank import SHORTLIST, quantize, rerank
from recommender.evaluation.dataset import RankedQuery
from recommender.serving.scoring import OTHER_LANGUAGE
from recommender.settings import Ranking, Recency

OWN_CLUSTER = 0
"""Cluster of the article itself in :func:`AsOfReranker.picks`."""


@dataclass(frozen=True)
class AsOfReranker:
    """Turns scored candidates into a list, as a request does.

    Attributes
    ----------
    shingles : (n, s), of all articles, to find near-duplicates.
    """

    shingles: csr_matrix
    ranking: Ranking

    def picks(self, ranked: RankedQuery, recency: Recency, limit: int) -> list[int]:
        """Rank the related candidates by relevance and recency, diversified, without duplicates.

        Parameters
        ----------
        ranked : the candidates, and the corpus as it was known then.
        limit : length of the list.

        Returns
        -------
        Rows of the articles, best first. They are fewer than ``limit`` if fewer are related.
        """
        view, row = ranked.view, ranked.candidates.query.row
        ranking = self.ranking.with_threshold(ranked.threshold)
        related = ranked.candidates.topic_log_odds >= ranking.min_evidence
        now = float(view.corpus.published[row])
        scores, pool = ranked.relevance[related], ranked.candidates.pool[related]
        scores += recency_boost(
            view.corpus.published[pool], now, recency.boost, recency.half_life_days
        )
        if self.ranking.language == "prefer":
            language = view.corpus.language
            scores -= OTHER_LANGUAGE * (language[pool] != language[row])
        # Comparing texts is costly: only candidates that can reach the shortlist are compared.
        best = np.argsort(-scores, kind="stable")[: 2 * max(SHORTLIST, limit)]
        rows = pool[best]
        chosen = rerank(
            scores[best],
            np.arange(len(rows), dtype=np.int32),
            self._clusters(row, rows),
            quantize(view.diversity_vectors[rows]).__getitem__,
            limit,
            self.ranking.diversity_penalty,
            seen_clusters={OWN_CLUSTER},
        )
        return [int(pick) for pick in rows[chosen]]

    def _clusters(self, row: int, rows: NDArray[np.int32]) -> NDArray[np.int32]:
        """Assign a near-duplicate cluster to each of ``rows``: int32, the same shape.

        Each row joins the first cluster whose first article it duplicates. The article of the
        query is the first of :data:`OWN_CLUSTER`.
        """
        all_rows = np.append(row, rows).astype(np.int32)
        duplicate = duplicates_among(self.shingles, all_rows, since=row)
        leaders: list[int] = []
        clusters = np.zeros(len(all_rows), dtype=np.int32)
        for position in range(len(all_rows)):
            same = duplicate[position, leaders]
            if same.any():
                clusters[position] = same.argmax()
            else:
                clusters[position] = len(leaders)
                leaders.append(position)
        return clusters[1:]
