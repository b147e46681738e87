"""Replays what index runs learned while the links of a site grew.

In an evaluation each query must be ranked by weights and a threshold that come from earlier links
only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from models.ranker.linear_ranker import LinearRanker
from recommender.evaluation.report import WeightTrials
from recommender.learning.adapt import MIN_EXAMPLES, AdoptionDecision, fine_tune
from recommender.learning.default_weights import default_ranker
from recommender.learning.examples import MAX_EXAMPLES, TrainingExample, from_link
from recommender.learning.point_in_time import CandidateFeatures
from recommender.learning.queries import EvaluationQuery
from recommender.learning.relevance_threshold import ThresholdChoice, choose_threshold

GROWTH = 1.25
"""Weights are tried again when there are a quarter more examples: a dozen times in 1,000 links."""


class PrequentialTrainer:
    """Trains on a site's queries in the order of time: first each is ranked, then it is learned."""

    def __init__(self, training_queries: Mapping[int, EvaluationQuery]) -> None:
        """``training_queries``: by row; articles without one give no example."""
        self._queries = training_queries
        self._examples: list[TrainingExample] = []
        self._next = float(MIN_EXAMPLES)
        self._default = default_ranker()
        self._model = self._default[0]
        self._decisions: list[AdoptionDecision] = []
        self.threshold = ThresholdChoice()
        """The last choice of a relevance threshold; without ``kept`` before the first one."""

    def trials(self) -> WeightTrials:
        """Count how often fine-tuned weights were tried and adopted."""
        return WeightTrials(
            tried=len(self._decisions),
            adopted=sum(decision.adopted for decision in self._decisions),
            last=self._decisions[-1] if self._decisions else None,
        )

    def model_at(self, as_of: int) -> LinearRanker:
        """Return the weights trained on articles published before a time; times never decrease."""
        if len(self._examples) >= self._next:
            earlier = [e for e in self._examples if e.candidates.query.as_of < as_of]
            if len(earlier) >= self._next:
                self._next = len(earlier) * GROWTH
                newest = earlier[-MAX_EXAMPLES:]
                self._model, decision = fine_tune(*self._default, newest)
                self.threshold = choose_threshold(self._model, newest)
                self._decisions.append(decision)
        return self._model

    def learn(self, candidates: CandidateFeatures) -> None:
        """Add the example of an article's own links; it counts for later queries."""
        if query := self._queries.get(candidates.query.row):
            self._examples.append(from_link(replace(candidates, query=query)))
