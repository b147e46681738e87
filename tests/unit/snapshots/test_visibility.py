"""Visible articles at a date, with and without the cached time span."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from recommender.snapshots.visibility import VisibilityByDate

DATES = st.integers(0, 12)


@given(
    st.lists(st.tuples(DATES, DATES), max_size=8),
    st.lists(st.floats(-1, 14, allow_nan=False), min_size=1, max_size=20),
)
def test_visibility_equals_a_comparison_of_dates(
    articles: list[tuple[int, int]], moments: list[float]
) -> None:
    published = np.array([first for first, _ in articles], dtype=np.int64)
    expires = np.array([last for _, last in articles], dtype=np.int64)
    public = VisibilityByDate(published, expires)
    for now in moments:
        expected = [first <= now < last for first, last in articles]
        assert public.at(now).tolist() == [*expected, False]
        assert public.at(now) is public.at(now)
