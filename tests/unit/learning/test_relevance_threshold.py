"""The relevance threshold that a site's links choose."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from models.features.feature_names import FEATURES
from recommender.learning.adapt import MIN_EXAMPLES
from recommender.learning.default_weights import default_ranker
from recommender.learning.examples import TrainingExample, from_link, from_override
from recommender.learning.point_in_time import CandidateFeatures
from recommender.learning.queries import EvaluationQuery
from recommender.learning.relevance_threshold import ThresholdChoice, choose_threshold
from recommender.overrides.override import Kind, Override
from recommender.settings import Ranking

WIDTH = 12
"""Candidates of a query: more than a list has."""

MODEL = default_ranker()[0]


def log_odds(probability: float) -> float:
    return Ranking(minimum_relevance=probability).min_evidence


def example(linked: float, others: float) -> TrainingExample:
    """The linked candidate is ranked first; probabilities of a common topic are given."""
    raw = np.zeros((WIDTH, len(FEATURES)))
    raw[0, FEATURES.index("embedding_cosine")] = 1
    query = EvaluationQuery(WIDTH + 1, 0, WIDTH, frozenset({0}), as_of=0)
    topic = np.full(WIDTH, log_odds(others))
    topic[0] = log_odds(linked)
    return from_link(CandidateFeatures(query, np.arange(WIDTH, dtype=np.int32), raw, topic))


def chosen(*linked: float, times: int = MIN_EXAMPLES) -> ThresholdChoice:
    """Choose for a site whose links have these probabilities, each as often."""
    return choose_threshold(MODEL, [example(one, 0.3) for one in linked for _ in range(times)])


@pytest.mark.parametrize(
    ("linked", "value"),
    [(0.96, 0.95), (0.93, 0.9), (0.85, 0.8), (0.65, 0.6), (0.55, 0.5), (0.2, 0.5)],
)
def test_the_highest_threshold_that_keeps_the_links(linked: float, value: float) -> None:
    choice = chosen(linked)
    assert choice.value == value
    assert choice.examples == MIN_EXAMPLES
    assert choice.kept[str(value)] == (linked >= value)


def test_one_lost_link_in_a_hundred_is_accepted() -> None:
    certain = [example(0.93, 0.3)] * 99
    assert choose_threshold(MODEL, [*certain, example(0.55, 0.3)]).value == 0.9
    assert choose_threshold(MODEL, [*certain, *[example(0.55, 0.3)] * 2]).value == 0.5


def test_a_few_links_choose_nothing() -> None:
    assert chosen(0.95, times=MIN_EXAMPLES - 1) == ThresholdChoice(examples=MIN_EXAMPLES - 1)


def test_blocks_are_not_measured() -> None:
    """One card is wrong. That does not mean that the others are on topic."""
    few = example(0.55, 0.3).candidates
    few = replace(
        few, pool=few.pool[:7], features=few.features[:7], topic_log_odds=few.topic_log_odds[:7]
    )
    block = from_override(few, Override(kind=Kind.BLOCK, created=0), MODEL, now=0)
    assert block.shown.all()  # in so small a pool
    links = [example(0.95, 0.3)] * MIN_EXAMPLES
    assert choose_threshold(MODEL, [*links, *[block] * MIN_EXAMPLES]) == choose_threshold(
        MODEL, links
    )
