"""Every feature belongs to exactly one theme: otherwise its contribution would be lost."""

from models.features.feature_names import FEATURES, THEMES


def test_the_themes_partition_the_features() -> None:
    assert sorted(name for theme in THEMES.values() for name in theme) == sorted(FEATURES)
