"""Every feature belongs to one theme, and contributions are kept when themes are summed."""

import numpy as np

from models.features.feature_names import FEATURES, THEMES, contributions_by_theme


def test_every_feature_belongs_to_one_theme() -> None:
    assert sorted(name for members in THEMES.values() for name in members) == sorted(FEATURES)
    contributions = np.random.default_rng(1).normal(size=(4, len(FEATURES)))
    np.testing.assert_allclose(
        contributions_by_theme(contributions, FEATURES).sum(axis=1), contributions.sum(axis=1)
    )
