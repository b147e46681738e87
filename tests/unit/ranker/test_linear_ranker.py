"""The linear ranker: planted weights are found, and contributions add up."""

from dataclasses import replace

import numpy as np
import pytest

from models.features.feature_names import FEATURES
from models.ranker.linear_ranker import fit_conditional_logit, hessian, scale_of, standardize
from planted_choices import planted_choices
from recommender.learning.default_weights import default_ranker
from recommender.learning.examples import hard_negatives


def test_planted_weights_are_found() -> None:
    weights = [1.0, -0.5, 0.0]
    found = fit_conditional_logit(planted_choices(weights), np.zeros(3), np.eye(3))
    np.testing.assert_allclose(found, weights, atol=0.15)


def test_a_strong_prior_dominates() -> None:
    centre = np.array([0.2, 0.2, 0.2])
    found = fit_conditional_logit(planted_choices([1.0, -0.5, 0.0]), centre, 1e6 * np.eye(3))
    np.testing.assert_allclose(found, centre, atol=0.01)


def test_the_hessian_is_the_derivative_of_the_gradient() -> None:
    lists, at, step = planted_choices([1.0, 0.0], lists=50), np.array([0.5, 0.1]), 1e-4
    found = hessian(lists, at)
    assert np.allclose(found, found.T)
    assert (np.linalg.eigvalsh(found) > 0).all()
    # Where the prior alone pulls, moving by d costs d' H d / 2 more likelihood.
    best = fit_conditional_logit(lists, np.zeros(2), 1e-9 * np.eye(2))
    moved = fit_conditional_logit(lists, best + step, hessian(lists, best))
    np.testing.assert_allclose(moved, best + step / 2, atol=step)


def test_hard_negatives_keep_the_positives() -> None:
    lists = planted_choices([1.0, -0.5, 0.0])
    hard = hard_negatives(lists, np.array([1.0, -0.5, 0.0]), 5)
    assert hard.chosen.sum() == lists.chosen.sum()
    assert len(hard.chosen) <= 6 * len(lists.starts)
    assert np.add.reduceat(hard.chosen, hard.starts).tolist() == [1] * 400


def test_contributions_do_not_depend_on_feature_scale() -> None:
    raw = np.random.default_rng(1).normal(size=(40, len(FEATURES)))
    model, precision = default_ranker()
    twice = replace(model, min_scale=tuple(2 * share for share in model.min_scale))
    np.testing.assert_allclose(
        model.contributions(raw), twice.contributions(2 * raw + 5), atol=1e-6
    )
    assert precision.shape == (len(model.weights), len(model.weights))
    assert len(model.weights) == len(FEATURES)


@pytest.mark.parametrize("size", [0, 1])
def test_a_candidate_set_of_none_or_one(size: int) -> None:
    raw = np.ones((size, len(FEATURES)))
    assert np.isfinite(default_ranker()[0].contributions(raw)).all()


def test_a_constant_feature_contributes_nothing() -> None:
    scores = standardize(np.ones((5, len(FEATURES))), (0.0,) * len(FEATURES))
    assert (scores == 0).all()


def test_first_pass_scores_do_not_need_the_features_of_the_pool() -> None:
    features, model = np.random.default_rng(1).normal(size=(40, len(FEATURES))), default_ranker()[0]
    scale = scale_of(features, model.min_scale)
    expected = model.first_pass.contributions_on(scale, features).sum(axis=1)
    found = model.first_pass_scores_on(scale, features[:, :-2])
    np.testing.assert_allclose(found, expected, atol=1e-12)
