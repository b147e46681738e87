"""The LambdaRank loss, its gradient and the rescaling of weights."""

from collections.abc import Collection
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import approx_fprime

from models.ranker.lambdarank import (
    MAX_RANK,
    fit_lambdarank,
    lambdarank_loss,
    preference_pairs,
    rescale,
)
from models.ranker.linear_ranker import QueryGroups
from models.ranker.ranking_metrics import discounts, ndcg
from planted_choices import planted_choices

WIDTH = 30
PLANTED = np.array([1.0, -0.5, 0.0])


def lists_of(scores: NDArray[np.float64], chosen: NDArray[np.bool_]) -> QueryGroups:
    """Lists of :data:`WIDTH` candidates, each worth one."""
    starts = np.arange(0, len(chosen), WIDTH, dtype=np.int64)
    return QueryGroups(scores, starts, chosen, np.ones(len(starts)))


@pytest.mark.parametrize("truth", [{0}, {3, 11}, {0, 1, 7, 25}, {*range(8)}, {*range(2, 20)}])
def test_a_pair_is_weighted_by_its_ndcg_swap(truth: Collection[int]) -> None:
    """Candidates stand in the order of their rows, twice."""
    scores = -np.tile(np.arange(WIDTH, dtype=float), 2)[:, None]
    chosen = np.tile(np.isin(np.arange(WIDTH), list(truth)), 2)
    found = preference_pairs(lists_of(scores, chosen), np.ones(1))
    assert len(found.loss)
    assert set(found.chosen // WIDTH) == {0, 1}
    order = list(range(WIDTH))
    for one, other, loss in zip(found.chosen, found.other, found.loss, strict=True):
        assert one // WIDTH == other // WIDTH
        changed = list(order)
        changed[one % WIDTH], changed[other % WIDTH] = other % WIDTH, one % WIDTH
        change = ndcg(order, truth, MAX_RANK) - ndcg(changed, truth, MAX_RANK)
        assert loss == pytest.approx(abs(change))


def test_items_below_the_cutoff_are_no_pair() -> None:
    scores = -np.arange(WIDTH, dtype=float)[:, None]
    found = preference_pairs(lists_of(scores, np.arange(WIDTH) == WIDTH - 1), np.ones(1))
    assert sorted(found.other) == list(range(MAX_RANK))


def test_query_weights_scale_the_loss() -> None:
    lists = planted_choices([1.0, -0.5, 0.0], lists=2)
    once, thrice = (
        preference_pairs(lists, PLANTED),
        preference_pairs(lists_worth(lists, 3), PLANTED),
    )
    np.testing.assert_allclose(thrice.loss, 3 * once.loss)


def lists_worth(lists: QueryGroups, importance: float) -> QueryGroups:
    return replace(lists, importance=np.full(len(lists.starts), importance))


def test_ties_keep_the_order_of_the_list() -> None:
    chosen = np.isin(np.arange(WIDTH), [2, 20])
    found = preference_pairs(lists_of(np.zeros((WIDTH, 1)), chosen), np.ones(1))
    worth = discounts(MAX_RANK)
    loss = dict(zip(zip(found.chosen, found.other, strict=True), found.loss, strict=True))
    assert loss[2, 0] == pytest.approx((worth[0] - worth[2]) / worth[:2].sum())
    assert loss[20, 11] == pytest.approx(worth[11] / worth[:2].sum())
    assert (20, 12) not in loss


def test_the_gradient_is_that_of_the_loss() -> None:
    lists, at = planted_choices([1.0, -0.5, 0.0], lists=20), np.array([0.3, 0.2, -0.1])
    paired = preference_pairs(lists, PLANTED)
    slope = approx_fprime(at, lambda weights: lambdarank_loss(lists.features, paired, weights)[0])
    np.testing.assert_allclose(lambdarank_loss(lists.features, paired, at)[1], slope, rtol=1e-4)


def test_the_fit_is_a_local_minimum() -> None:
    lists, centre, worth = planted_choices([1.0, -0.5, 0.0], lists=50), np.full(3, 0.1), 0.7
    found, paired = (
        fit_lambdarank(lists, centre, 5 * np.eye(3), worth),
        preference_pairs(lists, centre),
    )

    def cost(weights: NDArray[np.float64]) -> float:
        off = weights - centre
        return worth * lambdarank_loss(lists.features, paired, weights)[0] + 2.5 * float(off @ off)

    steps = [*(0.02 * np.eye(3)), *(-0.02 * np.eye(3))]
    assert all(cost(found + step) > cost(found) for step in steps)


def test_the_planted_direction_is_found() -> None:
    found = fit_lambdarank(planted_choices([1.0, -0.5, 0.0]), np.full(3, 0.1), np.eye(3), weight=10)
    assert found @ PLANTED > 0.98 * np.linalg.norm(found) * np.linalg.norm(PLANTED)


def test_a_list_of_weight_zero_changes_nothing() -> None:
    silent = lists_worth(planted_choices([1.0, -0.5, 0.0], lists=20), 0)
    np.testing.assert_allclose(fit_lambdarank(silent, np.ones(3), np.eye(3), 5), np.ones(3))


@pytest.mark.parametrize("length", [0.2, 1, 5])
def test_rescaling_calibrates_log_odds(length: float) -> None:
    """Whatever it was: each was chosen with the odds of a softmax."""
    lists, hardly = planted_choices([1.0, -0.5, 0.0]), 1e-3 * np.eye(3)
    found = rescale(lists, length * PLANTED, 0.1 * PLANTED, hardly)
    np.testing.assert_allclose(found, PLANTED, atol=0.1)


def test_a_strong_prior_fixes_the_scale() -> None:
    lists, firm = planted_choices([1.0, -0.5, 0.0]), 1e6 * np.eye(3)
    found = rescale(lists, 5 * PLANTED, 0.2 * PLANTED, firm)
    np.testing.assert_allclose(found, 0.2 * PLANTED, atol=0.01)


@pytest.mark.parametrize("weights", [np.zeros(3), -PLANTED], ids=["none", "the wrong way round"])
def test_zero_and_opposite_weights_become_the_prior(weights: NDArray[np.float64]) -> None:
    lists, centre = planted_choices([1.0, -0.5, 0.0]), np.full(3, 0.1)
    assert (rescale(lists, weights, centre, 1e-3 * np.eye(3)) == centre).all()
