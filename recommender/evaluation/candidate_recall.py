"""How many of the editors' links the pool of candidates reaches, and a scan of everything would."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.features.corpus import CorpusView
from models.features.pairwise import QueryContext, features
from models.ranker.linear_ranker import LinearRanker
from recommender.learning.point_in_time import CandidateFeatures
from recommender.learning.queries import EvaluationQuery

SCANNED = 200
"""Questions for which everything is scanned: it costs as much as thirty pools and more, and the
share of two hundred articles' links is known to a few hundredths."""

BEST = 100
"""Places of a scan that count: what it does not bring so far up, no block would show."""

Rows = NDArray[np.int32]


@dataclass
class CandidateRecall:
    """Counts links as questions are worked off; ``scanned`` are the rows of those scanned."""

    scanned: frozenset[int]
    _links: int = 0
    _in_pool: int = 0
    _sizes: list[int] = field(default_factory=list)
    _scans: list[tuple[int, int, int, int]] = field(default_factory=list)
    """Of each scan: links, those in the pool, in the pool's best, in the best of everything."""

    def add(
        self, model: LinearRanker, sheet: CandidateFeatures, seen: CorpusView, ask: QueryContext
    ) -> None:
        """Count a question's links, and scan everything where it is in the sample."""
        links, inside = len(sheet.question.relevant), int(sheet.chosen.sum())
        self._links += links
        self._in_pool += inside
        self._sizes.append(len(sheet.pool))
        if sheet.question.row in self.scanned:
            best = self._hits(model, sheet, sheet.pool, sheet.raw)
            rows = sheet.question.candidates
            raw = features(seen, ask, rows, sheet.pool, model.first_pass)
            anywhere = self._hits(model, sheet, rows, raw)
            self._scans.append((links, inside, best, anywhere))

    @staticmethod
    def _hits(
        model: LinearRanker, sheet: CandidateFeatures, rows: Rows, raw: NDArray[np.float64]
    ) -> int:
        """Count the links among the best by affinity, measured against the pool as when served."""
        affinity = model.contributions(raw, among=sheet.raw).sum(axis=1)
        best = rows[np.argsort(-affinity, kind="stable")[:BEST]]
        return int(np.isin(best, list(sheet.question.relevant)).sum())

    def figures(self) -> dict[str, Any]:
        """Tell the shares of links found, of all and of the sample that was scanned."""
        links, inside, best, anywhere = (sum(column) for column in zip(*self._scans, strict=True))
        return {
            "links": round(self._in_pool / self._links, 4),
            "size": round(float(np.mean(self._sizes)), 1),
            "scan": {
                "questions": len(self._scans),
                "links": links,
                "in_pool": round(inside / links, 4),
                f"in_best_{BEST}_of_pool": round(best / links, 4),
                f"in_best_{BEST}_of_everything": round(anywhere / links, 4),
                "pool_to_everything": round(inside / anywhere, 4) if anywhere else None,
            },
        }


def sampled(asked: Sequence[EvaluationQuery], most: int = SCANNED) -> frozenset[int]:
    """Choose the questions to scan, evenly over a site's life: their rows."""
    places = np.linspace(0, len(asked) - 1, min(most, len(asked))).round().astype(int)
    return frozenset(asked[place].row for place in places)
