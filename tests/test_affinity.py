"""The affinity: what it learns is what was planted, and each share adds up."""

from dataclasses import replace

import numpy as np
import pytest

from models.features.pairwise import FEATURES
from models.ranker.linear_ranker import PRODUCTS, Lists, curvature, fit, standardised
from recommender.learning.default_weights import shipped
from recommender.learning.lesson_lists import closest


def planted(weights: list[float], lists: int = 400, width: int = 30) -> Lists:
    """Lists in which one of thirty is chosen with the odds that the weights give."""
    random = np.random.default_rng(3)
    scores = random.normal(size=(lists * width, len(weights)))
    values = (scores @ weights).reshape(lists, width)
    noise = random.gumbel(size=values.shape)  # the choice of a softmax (McFadden 1974)
    chosen = np.zeros(values.shape, dtype=bool)
    chosen[np.arange(lists), (values + noise).argmax(axis=1)] = True
    starts = np.arange(lists, dtype=np.int64) * width
    return Lists(scores, starts, chosen.ravel(), np.ones(lists))


def test_planted_weights_are_found() -> None:
    weights = [1.0, -0.5, 0.0]
    found = fit(planted(weights), np.zeros(3), np.eye(3))
    np.testing.assert_allclose(found, weights, atol=0.15)


def test_a_firm_prior_holds() -> None:
    centre = np.array([0.2, 0.2, 0.2])
    found = fit(planted([1.0, -0.5, 0.0]), centre, 1e6 * np.eye(3))
    np.testing.assert_allclose(found, centre, atol=0.01)


def test_curvature_is_the_gradient_s_slope() -> None:
    lists, at, step = planted([1.0, 0.0], lists=50), np.array([0.5, 0.1]), 1e-4
    hessian = curvature(lists, at)
    assert np.allclose(hessian, hessian.T)
    assert (np.linalg.eigvalsh(hessian) > 0).all()
    # Where the prior alone pulls, moving by d costs d' H d / 2 more likelihood.
    best = fit(lists, np.zeros(2), 1e-9 * np.eye(2))
    moved = fit(lists, best + step, curvature(lists, best))
    np.testing.assert_allclose(moved, best + step / 2, atol=step)


def test_the_closest_keep_the_chosen() -> None:
    lists = planted([1.0, -0.5, 0.0])
    hard = closest(lists, np.array([1.0, -0.5, 0.0]), 5)
    assert hard.chosen.sum() == lists.chosen.sum()
    assert len(hard.chosen) <= 6 * len(lists.starts)
    assert np.add.reduceat(hard.chosen, hard.starts).tolist() == [1] * 400


def test_shares_do_not_depend_on_the_unit_of_a_feature() -> None:
    raw = np.random.default_rng(1).normal(size=(40, len(FEATURES)))
    model, precision = shipped()
    twice = replace(model, spread=tuple(2 * share for share in model.spread))
    np.testing.assert_allclose(model.shares(raw), twice.shares(2 * raw + 5), atol=1e-6)
    assert precision.shape == (len(model.weights), len(model.weights))
    assert len(model.names) == len(FEATURES) + len(PRODUCTS)


def test_a_bend_adds_the_tangent_of_a_feature_to_its_share() -> None:
    raw = np.random.default_rng(2).normal(size=(40, len(FEATURES)))
    model, place = shipped()[0], FEATURES.index("words")
    bends = tuple(0.7 * (name == "words") for name in FEATURES)
    straight, told = model.shares(raw), replace(model, bends=bends).shares(raw)
    scores = standardised(raw, FEATURES, model.spread)[:, place]
    np.testing.assert_allclose(told[:, place] - straight[:, place], 0.7 * np.tanh(scores))
    others = np.arange(told.shape[1]) != place  # products among them
    np.testing.assert_array_equal(told[:, others], straight[:, others])
    assert replace(model, bends=bends).first_guess == model.first_guess


@pytest.mark.parametrize("size", [0, 1])
def test_a_pool_of_nobody_or_one(size: int) -> None:
    raw = np.ones((size, len(FEATURES)))
    assert np.isfinite(shipped()[0].shares(raw)).all()


def test_a_feature_that_never_varies_gives_nothing() -> None:
    scores = standardised(np.ones((5, len(FEATURES))), FEATURES, (0.0,) * len(FEATURES))
    assert (scores == 0).all()
