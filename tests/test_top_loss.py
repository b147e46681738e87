"""Weights fitted to what a block shows: what two lose that change places."""

from collections.abc import Collection

import numpy as np
import pytest
from numpy.typing import NDArray
from test_affinity import planted

from models.affinity import Lists
from models.metrics import ndcg
from models.top_loss import DEEPEST, at_length, fit_top, pairs

WIDTH = 30


def lists_of(scores: NDArray[np.float64], chosen: NDArray[np.bool_]) -> Lists:
    """Lists of :data:`WIDTH` candidates, each worth one."""
    starts = np.arange(0, len(chosen), WIDTH, dtype=np.int64)
    return Lists(scores, starts, chosen, np.ones(len(starts)))


@pytest.mark.parametrize("truth", [{0}, {3, 11}, {0, 1, 7, 25}])
def test_a_pair_loses_what_changing_places_costs(truth: Collection[int]) -> None:
    """Candidates stand in the order of their rows, twice."""
    scores = -np.tile(np.arange(WIDTH, dtype=float), 2)[:, None]
    chosen = np.tile(np.isin(np.arange(WIDTH), list(truth)), 2)
    found = pairs(lists_of(scores, chosen), np.ones(1))
    assert len(found.loss)
    assert set(found.chosen // WIDTH) == {0, 1}
    order = list(range(WIDTH))
    for one, other, loss in zip(found.chosen, found.other, found.loss, strict=True):
        assert one // WIDTH == other // WIDTH
        changed = list(order)
        changed[one % WIDTH], changed[other % WIDTH] = other % WIDTH, one % WIDTH
        change = ndcg(order, truth, DEEPEST) - ndcg(changed, truth, DEEPEST)
        assert loss == pytest.approx(abs(change))


def test_who_stands_below_all_reach_is_only_paired_with_who_does_not() -> None:
    scores = -np.arange(WIDTH, dtype=float)[:, None]
    found = pairs(lists_of(scores, np.arange(WIDTH) == WIDTH - 1), np.ones(1))
    assert sorted(found.other) == list(range(DEEPEST))


def test_the_direction_that_was_planted_is_found() -> None:
    weights = np.array([1.0, -0.5, 0.0])
    found = fit_top(planted(list(weights)), np.array([0.1, 0.1, 0.1]), np.eye(3), worth=10)
    cosine = found @ weights / np.linalg.norm(found) / np.linalg.norm(weights)
    assert cosine > 0.98


def test_a_firm_prior_holds() -> None:
    lists, centre = planted([1.0, -0.5, 0.0]), np.array([0.2, 0.2, 0.2])
    np.testing.assert_allclose(fit_top(lists, centre, 1e6 * np.eye(3), 1), centre, atol=0.01)


@pytest.mark.parametrize("worth", [0.1, 10, 1_000])
def test_the_length_is_that_of_log_odds(worth: float) -> None:
    """Whatever the top is worth: a choice was made with the odds of a softmax."""
    weights = np.array([1.0, -0.5, 0.0])
    found = fit_top(planted(list(weights)), 0.1 * weights, 1e-3 * np.eye(3), worth)
    assert np.linalg.norm(found) == pytest.approx(np.linalg.norm(weights), rel=0.1)


def test_no_weights_have_no_length() -> None:
    lists = planted([1.0, -0.5, 0.0], lists=20)
    assert (at_length(lists, np.zeros(3), np.zeros(3), np.eye(3)) == 0).all()


def test_an_unimportant_list_teaches_nothing() -> None:
    lists = planted([1.0, -0.5, 0.0], lists=20)
    silent = Lists(lists.scores, lists.starts, lists.chosen, np.zeros(20))
    np.testing.assert_allclose(fit_top(silent, np.ones(3), np.eye(3), 5), np.ones(3))


def test_the_order_of_what_is_alike_does_not_lose_anybody() -> None:
    """All of the same worth: ties are broken by place, nothing is lost or made up."""
    scores = np.zeros((WIDTH, 1))
    chosen = np.zeros(WIDTH, dtype=bool)
    chosen[[2, 20]] = True
    found = pairs(lists_of(scores, chosen), np.ones(1))
    assert set(found.chosen) == {2, 20}
    assert np.isfinite(fit_top(lists_of(scores, chosen), np.ones(1), np.eye(1), 1)).all()
