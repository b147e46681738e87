"""``recommender settings`` lists every setting with its value, origin and meaning."""

import json
from pathlib import Path

import msgspec
import pytest

from command_line import run
from paths import ROOT
from recommender.catalogue.database import open_database
from recommender.errors import CatalogueError, SettingsError
from recommender.settings import Settings, load_settings
from recommender.settings.listing import Setting, list_settings

FILE = """\
timezone = "Europe/Warsaw"

[ranking]  # of our cards
minimum_cards = 3
recency.boost = 0.25

[ranking.recency_by_section."Local news"]
half_life_days = 2

[purge]
url = "https://cdn:hunter2@cdn.example/purge"
token = "hunter2"
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "recommender.toml").write_text(FILE, encoding="utf-8")
    return tmp_path


def by_name(home: Path, **environ: str) -> dict[str, Setting]:
    found, problems = list_settings(home, environ)
    assert problems == []
    return {one.name: one for one in found}


def test_each_setting_says_where_it_was_set(home: Path) -> None:
    found = by_name(home, RECOMMENDER_KEEP_SNAPSHOTS="7")
    assert found["timezone"].value == "Europe/Warsaw"
    assert found["timezone"].origin == "recommender.toml:1"
    assert found["ranking.minimum_cards"].origin == "recommender.toml:4"
    assert found["ranking.recency.boost"].origin == "recommender.toml:5"
    section = found["ranking.recency_by_section.Local news.half_life_days"]
    assert (section.value, section.origin) == (2.0, "recommender.toml:8")
    assert found["keep_snapshots"].value == 7
    assert found["keep_snapshots"].origin == "RECOMMENDER_KEEP_SNAPSHOTS"
    assert found["http.concurrency"].origin == "default"


def test_every_setting_has_a_meaning(home: Path) -> None:
    found = by_name(home)
    assert [one.name for one in found.values() if not one.meaning] == []
    assert {name.partition(".")[0] for name in found} == set(Settings.__struct_fields__)


def test_every_setting_is_in_the_reference(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    found, _ = list_settings(tmp_path, {})
    assert [one.name for one in found if f"`{one.name}" not in text] == []


def test_secrets_are_not_shown(home: Path) -> None:
    found = by_name(home, RECOMMENDER_DATABASE_URL="postgresql+psycopg://me:hunter2@host/db")
    assert "hunter2" not in json.dumps([msgspec.to_builtins(one) for one in found.values()])
    assert found["purge.token"].value == "***"
    assert found["database_url"].value == "postgresql+psycopg://me:***@host/db"


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg://me:hun/ter2@host/db",
        "postgresql+psycopg://me:x@hunter2@host/db",
        "postgresql+psycopg://host/db?user=me&password=hunter2",
        "postgresql+psycopg://me@host/db?sslpassword=hunter2",
    ],
)
def test_passwords_in_any_place_of_an_address_are_not_shown(home: Path, url: str) -> None:
    value = by_name(home, RECOMMENDER_DATABASE_URL=url)["database_url"].value
    assert "ter2" not in value
    assert "host/db" in value


@pytest.mark.parametrize("database", ["sqlserver://u:hunter2@h/d", "postgresql://u:hunter2@h:a/d"])
def test_an_address_that_is_none_is_named_without_its_password(home: Path, database: str) -> None:
    with pytest.raises(CatalogueError, match="setting 'database_url'") as caught:
        open_database(database)
    assert "hunter2" not in str(caught.value)


def test_a_wrong_secret_is_not_shown(home: Path) -> None:
    (home / "recommender.toml").write_text("purge.token = 31415\noidc.client_secret = [27182]\n")
    _, problems = list_settings(home, {})
    assert len(problems) == 2
    assert "31415" not in str(problems)
    assert "27182" not in str(problems)


def test_all_wrong_settings_are_named(home: Path) -> None:
    (home / "recommender.toml").write_text("[ranking]\nminimum_card = 3\nfill = 'all'\n")
    found, problems = list_settings(home, {"RECOMMENDER_KEEP_SNAPSHOTS": "many"})
    assert len(problems) == 3
    assert "did you mean 'ranking.minimum_cards'?" in problems[0]
    assert {one.name: one.value for one in found}["ranking.minimum_cards"] == 0
    _, problems = list_settings(home, {"RECOMMENDER_TIMEZONE": "Mars"})
    assert any("'timezone'" in problem for problem in problems)


def test_the_command_selects_checks_and_fails(home: Path) -> None:
    chosen = run(home, "settings", "ranking.recency", "--set").stdout
    assert chosen.startswith("ranking.recency.boost = 0.25  (recommender.toml:5)\n    Boost of")
    assert "half_life" not in chosen
    assert len(json.loads(run(home, "settings", "--json").stdout)) > 40
    none = run(home, "settings", "http", "--set")
    assert (none.returncode, none.stdout, none.stderr) == (0, "", "")
    assert run(home, "settings", "--check").stdout == "all settings are valid\n"
    unknown = run(home, "settings", "rankings", "http")
    assert unknown.returncode == 1
    assert "got rankings; did you mean 'ranking'?" in unknown.stderr
    assert "did you mean 'cors_origins'?" in run(home, "settings", "cors").stderr
    (home / "recommender.toml").write_text("timezone = 3\nhome = 'x'\nport = 80\n")
    wrong = run(home, "settings", "--check")
    assert wrong.returncode == 1
    assert "'timezone'" in wrong.stderr
    assert "'port'" in wrong.stderr


def test_a_file_that_is_no_toml_is_one_line(home: Path) -> None:
    (home / "recommender.toml").write_text("timezone = \n")
    done = run(home, "settings")
    assert done.returncode == 1
    assert "expected a TOML file" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("https://www.site.example/", "https://www.site.example"),
        ("HTTPS://WWW.Site.example", "https://www.site.example"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("*", "*"),
    ],
)
def test_origins_are_written_as_browsers_send_them(
    tmp_path: Path, given: str, expected: str
) -> None:
    assert load_settings(tmp_path, {}, cors_origins=[given]).cors_origins == [expected]


@pytest.mark.parametrize("given", ["www.site.example", "https://site.example/news", "https://", ""])
def test_what_is_no_origin_is_refused(tmp_path: Path, given: str) -> None:
    with pytest.raises(SettingsError, match="expected origins such as"):
        load_settings(tmp_path, {}, cors_origins=[given])
