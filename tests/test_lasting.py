"""How long a choice lasts, in cases small enough to be followed by hand."""

import numpy as np
import pytest

from models.lasting import lasting


def lasts(base: list[float], bonus: list[float], chosen: list[int]) -> float:
    """Nobody is like anybody, and all are on the shortlist."""
    size, rows = len(base), np.arange(len(base))
    return lasting(
        np.array(base),
        np.array(bonus),
        np.array(chosen),
        rows,
        np.zeros((len(chosen), size)),
        np.zeros((size, size), dtype=bool),
    )


def test_what_leads_with_and_without_freshness_leads_for_ever() -> None:
    assert lasts([2.0, 1.0, 0.0], [0.5, 0.25, 0.0], [0, 1]) == 0


def test_the_order_of_the_chosen_turns_where_the_fresher_one_falls_behind() -> None:
    # 1 + 1 f and 1.25 + .5 f cross at f = .5
    assert lasts([1.0, 1.25, -9.0], [1.0, 0.5, 0.0], [0, 1]) == pytest.approx(0.5)


def test_a_tie_that_turns_at_once_lasts_not_at_all() -> None:
    assert lasts([1.0, 1.25], [0.5, 0.25], [1, 0]) == 1
    assert lasts([1.0, 1.25], [0.5, 0.25], [0, 1]) == 1
