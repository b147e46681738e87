"""Weights as they would have been at each moment: refitted as a site's links grew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import msgspec

from models.ranker.linear_ranker import LinearRanker
from recommender.learning.adapt import MIN_EXAMPLES, AdoptionDecision, fine_tune
from recommender.learning.default_weights import default_ranker
from recommender.learning.examples import MOST, TrainingExample, from_link
from recommender.learning.point_in_time import CandidateFeatures
from recommender.learning.queries import EvaluationQuery

GROWTH = 1.25
"""Weights are tried anew when there are a quarter more lessons: about a dozen times in a
thousand links."""


class PrequentialTrainer:
    """Follows a site's questions in the order of time, and learns from those that are past."""

    def __init__(self, taught: Mapping[int, EvaluationQuery]) -> None:
        """``taught``: by row, the question whose links teach; a row without one teaches nothing."""
        self._taught = taught
        self._lessons: list[TrainingExample] = []
        self._next = float(MIN_EXAMPLES)
        self._shipped = default_ranker()
        self._model = self._shipped[0]
        self._adoptions: list[AdoptionDecision] = []

    def figures(self) -> dict[str, Any]:
        """Count how often own weights were tried and adopted, and give the last decision."""
        decisions = [msgspec.to_builtins(adoption) for adoption in self._adoptions]
        return {
            "tried": len(decisions),
            "adopted": sum(decision["adopted"] for decision in decisions),
            "last": decisions[-1] if decisions else None,
        }

    def model_at(self, moment: int) -> LinearRanker:
        """Give the weights by lessons of articles published before a moment, and by them alone.

        Moments only ever grow.
        """
        if len(self._lessons) >= self._next:
            earlier = [one for one in self._lessons if one.sheet.question.as_of < moment]
            if len(earlier) >= self._next:
                self._next = len(earlier) * GROWTH
                self._model, adoption = fine_tune(*self._shipped, earlier[-MOST:])
                self._adoptions.append(adoption)
        return self._model

    def learn(self, sheet: CandidateFeatures) -> None:
        """Take what an article's own links teach; from later moments on it counts."""
        if question := self._taught.get(sheet.question.row):
            self._lessons.append(from_link(replace(sheet, question=question)))
