"""Defaults, then the file, then the environment."""

from pathlib import Path

import pytest

from recommender.errors import SettingsError
from recommender.settings import Freshness, load_settings


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "recommender.toml").write_text(
        'time_zone = "Europe/Warsaw"\nkeep_snapshots = 3\n'
        "[ranking.sections.news]\ngain = 0.2\nhalf_life = 3\n"
    )
    settings = load_settings(tmp_path, {"RECOMMENDER_KEEP_SNAPSHOTS": "7"})
    assert settings.time_zone == "Europe/Warsaw"
    assert settings.keep_snapshots == 7
    assert settings.ranking.recency_of("news") == Freshness(0.2, 3)
    assert settings.ranking.recency_of("guides") == Freshness()


def test_nested_settings_from_the_environment(tmp_path: Path) -> None:
    environ = {
        "RECOMMENDER_RANKING__LANGUAGE_RULE": "any",
        "RECOMMENDER_RANKING__FRESHNESS__GAIN": "0.5",
        "RECOMMENDER_ORIGINS": '["https://site.example"]',
    }
    settings = load_settings(tmp_path, environ)
    assert settings.ranking.language_rule == "any"
    assert settings.ranking.freshness.gain == 0.5
    assert settings.origins == ["https://site.example"]


def test_the_home_comes_from_the_environment_where_none_is_given(tmp_path: Path) -> None:
    assert load_settings(environ={"RECOMMENDER_HOME": str(tmp_path)}).home == tmp_path


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("nonsense = 1", r"nonsense.*docs/settings\.md"),
        ("keep_snapshots = 'many'", r"keep_snapshots"),
        ("keep_snapshots = 1", r"keep_snapshots"),
        ("[ranking.freshness]\nhalf_life = 0", r"half_life"),
        ("time_zone = 'Warsaw'", "Europe/Warsaw"),
        ("a = = b", "TOML"),
        ("[purge]\nform = 'fastly'", r"^settings .*got purge\.form = 'fastly'.*delete it and set"),
        ("[purge]\nform = 'cloudflare'", r"'cloudflare'.*webhook.*docs/recipes\.md\)$"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, text: str, named: str) -> None:
    (tmp_path / "recommender.toml").write_text(text)
    with pytest.raises(SettingsError, match=named):
        load_settings(tmp_path, {})


def test_a_removed_setting_from_the_environment_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"purge\.form was removed"):
        load_settings(tmp_path, {"RECOMMENDER_PURGE__FORM": "fastly"})
