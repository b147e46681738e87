"""Picks as the service would have shown them at the moment an article was published."""

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
from recommender.settings import Freshness
from recommender.snapshots.snapshot import VECTOR_SCALE, stored


@dataclass(frozen=True)
class AsOfReranker:
    """What ranking a sheet takes: texts as shingles, the model and the settings."""

    texts: csr_matrix
    model: LinearRanker
    diversity: float

    def picks(
        self, seen: CorpusView, sheet: CandidateFeatures, setting: Freshness, limit: int
    ) -> list[int]:
        """Order a sheet's pool: affinity and freshness, each story once, diverse.

        ``seen``: the site as it was known then.
        """
        row = sheet.question.row
        now = float(seen.site.published[row])
        published = seen.site.published[sheet.pool]
        scores = self.model.contributions(sheet.raw).sum(axis=1)
        scores += recency_boost(published, now, setting.gain, setting.half_life)
        best = np.argsort(-scores, kind="stable")[: 2 * max(SHORTLIST, 2 * limit)]
        best = best[self._told_once(row, sheet.pool[best])][: max(SHORTLIST, 2 * limit)]
        best = best[: score_window(scores[best], limit)]
        vectors = stored(seen.diversity_vectors[sheet.pool[best]]).astype(np.float32)
        weight = self.diversity / VECTOR_SCALE**2
        chosen = np.sort(mmr(scores[best], vectors, limit, weight))
        return [int(pick) for pick in sheet.pool[best[chosen]]]

    def _told_once(self, row: int, rows: NDArray[np.int32]) -> NDArray[np.intp]:
        """Positions of those that are no version of the article or of one further up."""
        same = duplicates_among(self.texts, np.append(row, rows).astype(np.int32), since=row)
        kept: list[int] = [0]
        for place in range(1, len(rows) + 1):
            if not same[place, kept].any():
                kept.append(place)
        return np.array(kept[1:], dtype=np.intp) - 1
