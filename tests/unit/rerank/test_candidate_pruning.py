"""Candidate pruning keeps every article that can ever be among the best."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from models.rerank.candidate_pruning import dominated_by, dominators_in_lists, undominated
from models.rerank.recency import RecencyDecay, recency_boost

DAY = 86_400
NOW = 1_000 * DAY
NEVER = np.iinfo(np.int64).max


def kept(relevance: list[float], days_old: list[float], most: int, gain: float = 10) -> list[int]:
    comes = NOW - (np.array(days_old) * DAY).astype(np.int64)
    leaves = np.full(len(comes), NEVER)
    decay = RecencyDecay(gain, half_life_days=7)
    return undominated(np.array(relevance), comes, leaves, decay, NOW, most).tolist()


def test_the_most_relevant_and_the_newest_are_kept() -> None:
    # The last two are the newest: none beats them now, whatever their relevance.
    assert kept([5, 4, 3, 2, 1, 0], [99, 99, 99, 99, 1, 0], 4) == [0, 1, 4, 5]
    assert kept([5, 4, 3, 2, 1, 0], [99, 99, 99, 99, 1, 0], 4, gain=0) == [0, 1, 2, 3]
    assert kept([1, 2, 3], [1, 1, 1], 4) == [2, 1, 0]


def test_an_embargoed_article_does_not_dominate_visible_ones() -> None:
    # Ten under embargo beat the last in everything, but are not there yet.
    assert 10 in kept([9.0] * 10 + [1.0], [-1] * 10 + [0], 6)
    assert kept([0.0] + [9.0] * 9, [-30] + [0] * 9, 6)[-1] == 0


def test_an_expiring_article_does_not_dominate() -> None:
    relevance, comes = np.array([3.0, 2.0, 1.0]), np.full(3, NOW - DAY)
    leaves = np.array([NOW + DAY, NOW + DAY, NEVER])
    beaten = dominated_by(relevance, comes, leaves, RecencyDecay(1, 7), NOW)
    assert beaten.tolist() == [0, 1, 0]


@given(st.integers(0, 10_000), st.sampled_from([0, 0.3, 3]), st.floats(0.5, 60))
@settings(max_examples=300)
def test_the_best_at_any_date_are_kept(seed: int, gain: float, half_life: float) -> None:
    random = np.random.default_rng(seed)
    relevance = random.normal(size=60).round(1)
    comes = NOW + random.integers(-200, 40, 60) * DAY
    leaves = np.where(random.random(60) < 0.2, NOW + random.integers(1, 99, 60) * DAY, NEVER)
    columns = undominated(relevance, comes, leaves, RecencyDecay(gain, half_life), NOW, 25)
    order = np.argsort(-relevance, kind="stable")
    beaten = np.empty(60, dtype=int)
    beaten[order] = dominated_by(
        relevance[order], comes[order], leaves[order], RecencyDecay(gain, half_life), NOW
    )
    certain = beaten[np.setdiff1d(np.arange(60), columns)].min()
    missing = np.setdiff1d(np.arange(60), columns)
    for as_of in NOW + np.array([0, 1, 7, 30, 98, 365]) * DAY:
        there = (comes <= as_of) & (as_of < leaves)
        score = relevance + recency_boost(comes, float(as_of), gain, half_life)
        best = score[columns[there[columns]]]
        above = (best >= score[missing[there[missing]], None] - 1e-9).sum(axis=1)
        assert (above >= certain).all()


@given(st.integers(0, 10_000))
def test_dominators_of_one_more_article_are_those_in_the_joined_list(seed: int) -> None:
    random = np.random.default_rng(seed)
    comes = NOW - random.integers(0, 90, (2, 21)) * DAY
    comes[:, -1] = NOW + DAY * random.integers(-2, 3)  # the one more, under embargo or not
    relevance = random.normal(size=(2, 21)).round(1)
    decays = [RecencyDecay(0.5, 7), RecencyDecay(3, 30)]
    found = dominators_in_lists(
        relevance[:, -1], int(comes[0, -1]), relevance[:, :-1], comes[:, :-1], decays, NOW
    )
    for count, scores, dates, decay in zip(found, relevance, comes, decays, strict=True):
        order = np.argsort(-scores, kind="stable")
        never = np.full(21, NEVER)
        expected = dominated_by(scores[order], dates[order], never, decay, NOW)
        assert count == expected[order == 20]
