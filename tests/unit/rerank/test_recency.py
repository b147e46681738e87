"""The recency boost, against its definition."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from models.rerank.recency import recency_boost
from models.time_units import SECONDS_PER_DAY


def test_the_boost_halves_after_a_half_life() -> None:
    now = 1_000 * SECONDS_PER_DAY
    published = np.array([now, now - 7 * SECONDS_PER_DAY, now + 5], dtype=np.int64)
    np.testing.assert_allclose(recency_boost(published, now, 0.4, 7), [0.4, 0.2, 0.4])


@given(st.integers(0, 1_000), st.floats(0, 400))
def test_dominated_candidates_stay_dominated(seed: int, days: float) -> None:
    random = np.random.default_rng(seed)
    published = np.sort(random.integers(0, 1_000 * int(SECONDS_PER_DAY), 40))
    relevance = random.normal(size=40)
    now = 1_000 * SECONDS_PER_DAY
    at_once = relevance + recency_boost(published, now, 1, 30)
    later = relevance + recency_boost(published, now + days * SECONDS_PER_DAY, 1, 30)
    beats = (at_once[:, None] > at_once) & (relevance[:, None] > relevance)
    assert ((later[:, None] - later)[beats] > -1e-9).all()
