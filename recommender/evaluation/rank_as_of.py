"""Ranks the candidates of a query as the service would have when the article was published."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from models.features.corpus import CorpusView
from models.lexical.near_duplicates import duplicates_among
from models.ranker.linear_ranker import LinearRanker
from models.rerank.mmr import mmr, score_window
from models.rerank.recency import recency_boost
from recommender.learning.point_in_time import CandidateFeatures
from recommender.serving.scoring import SHORTLIST
from recommender.settings import Recency
from recommender.snapshots.snapshot import VECTOR_SCALE, stored


@dataclass(frozen=True)
class AsOfReranker:
    """Turns the features of candidates into a list.

    Attributes
    ----------
    shingles : (n, s), of all articles, to find near-duplicates.
    diversity : the diversity penalty of the settings.
    """

    shingles: csr_matrix
    model: LinearRanker
    diversity: float

    def picks(
        self, corpus: CorpusView, candidates: CandidateFeatures, recency: Recency, limit: int
    ) -> list[int]:
        """Rank a pool by relevance and recency, without near-duplicates, diversified.

        Parameters
        ----------
        corpus : the site as it was known then.
        limit : length of the list.

        Returns
        -------
        Rows of the articles, best first.
        """
        row = candidates.question.row
        now = float(corpus.site.published[row])
        published = corpus.site.published[candidates.pool]
        scores = self.model.contributions(candidates.raw).sum(axis=1)
        scores += recency_boost(published, now, recency.boost, recency.half_life_days)
        size = max(SHORTLIST, 2 * limit)
        best = np.argsort(-scores, kind="stable")[: 2 * size]
        best = best[self._without_duplicates(row, candidates.pool[best])][:size]
        best = best[: score_window(scores[best], limit)]
        vectors = stored(corpus.diversity_vectors[candidates.pool[best]]).astype(np.float32)
        penalty = self.diversity / VECTOR_SCALE**2
        chosen = np.sort(mmr(scores[best], vectors, limit, penalty))
        return [int(pick) for pick in candidates.pool[best[chosen]]]

    def _without_duplicates(self, row: int, rows: NDArray[np.int32]) -> NDArray[np.intp]:
        """Positions of ``rows`` that duplicate neither the article nor an earlier one of them."""
        all_rows = np.append(row, rows).astype(np.int32)
        duplicate = duplicates_among(self.shingles, all_rows, since=row)
        kept: list[int] = [0]
        for position in range(1, len(rows) + 1):
            if not duplicate[position, kept].any():
                kept.append(position)
        return np.array(kept[1:], dtype=np.intp) - 1
