"""Settings from defaults, the file and the environment; a wrong one is explained in one line."""

from pathlib import Path

import pytest

from paths import ROOT
from recommender.errors import SettingsError
from recommender.settings import Ranking, Recency, load_settings
from recommender.settings.load import BUCKET_PACKAGE


def refused(home: Path, text: str = "", **environ: str) -> str:
    (home / "recommender.toml").write_text(text)
    with pytest.raises(SettingsError) as caught:
        load_settings(home, {f"RECOMMENDER_{name}": value for name, value in environ.items()})
    return str(caught.value)


def test_languages_are_read_as_tags(tmp_path: Path) -> None:
    assert load_settings(tmp_path, {"RECOMMENDER_LANGUAGES": '["PT_br", "iw"]'}).languages == [
        "pt-BR",
        "he",
    ]
    told = refused(tmp_path, 'languages = ["pl", "und"]')
    assert told == "setting 'languages': expected BCP 47 tags such as en or pt-BR, got 'und'"


def test_the_address_of_the_site_is_that_of_a_folder(tmp_path: Path) -> None:
    for given, read in (
        ("https://www.site.example", "https://www.site.example/"),
        (" http://[::1]:8080/news/ ", "http://[::1]:8080/news/"),
        ("", ""),
    ):
        assert load_settings(tmp_path, {}, site_url=given).site_url == read
    wrong = (
        "www.site.example",
        "ftp://a.example",
        "https://",
        "https://a:b@c.example",
        "https://[",
    )
    for given in (*wrong, "https://a.example?x=1", "/news", "https://a.example:port"):
        told = refused(tmp_path, f"site_url = '{given}'")
        assert told == (
            "setting 'site_url': expected the address of the site such as "
            f"https://www.example.org, got {given!r}"
        )


def test_snapshots_are_in_a_bucket_of_s3(tmp_path: Path) -> None:
    for given in ("s3://bucket/site", "s3://my.bucket-1/a/b", "s3://bucket", ""):
        assert load_settings(tmp_path, {}, snapshots=given).snapshots == given
    for given in ("/srv/snap", "s3:/bucket", "s3://", "gs://bucket/site", "s3://a b", "bucket"):
        assert refused(tmp_path, f"snapshots = '{given}'") == (
            "setting 'snapshots': expected a bucket as s3://bucket/prefix, with the keys in the "
            f"variables AWS_..., got {given!r}"
        )
    assert "secret" not in refused(tmp_path, SNAPSHOTS="s3://key:secret@bucket/site")


def test_the_package_for_buckets_is_the_one_that_is_tested() -> None:
    assert BUCKET_PACKAGE in (ROOT / "constraints.txt").read_text().splitlines()


def test_origins_are_written_as_browsers_send_them(tmp_path: Path) -> None:
    for given, sent in (
        ("https://www.Site.example:443/", "https://www.site.example"),
        ("http://site.example:80", "http://site.example"),
        ("http://site.example:443", "http://site.example:443"),
        ("https://site.example:", "https://site.example"),
        ("https://Żółw.pl:8443", "https://xn--w-uga1v8h.pl:8443"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("*", "*"),
    ):
        assert load_settings(tmp_path, {}, cors_origins=[given]).cors_origins == [sent]
    for given in ("site.example", "https://[", "https://a.example:port", "https://:443"):
        told = refused(tmp_path, f"cors_origins = ['{given}']")
        assert told == (
            "setting 'cors_origins': expected origins such as https://www.example.org, without a "
            f"path, or *, got {given!r}"
        )


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "recommender.toml").write_text(
        'timezone = "Europe/Warsaw"\nkeep_snapshots = 3\n'
        "[ranking.recency_by_section.news]\nboost = 0.2\nhalf_life_days = 3\n"
    )
    settings = load_settings(tmp_path, {"RECOMMENDER_KEEP_SNAPSHOTS": "7"})
    assert settings.timezone == "Europe/Warsaw"
    assert settings.keep_snapshots == 7
    assert settings.ranking.recency_of("news") == Recency(0.2, 3)
    assert settings.ranking.recency_of("guides") == Recency()


def test_nested_settings_from_the_environment(tmp_path: Path) -> None:
    environ = {
        "RECOMMENDER_RANKING__LANGUAGE": "any",
        "RECOMMENDER_RANKING__RECENCY__BOOST": "0.5",
        "RECOMMENDER_CORS_ORIGINS": '["https://site.example"]',
        "RECOMMENDER_PURGE__TOKEN": "123456",
    }
    settings = load_settings(tmp_path, environ)
    assert settings.ranking.language == "any"
    assert settings.ranking.recency.boost == 0.5
    assert settings.cors_origins == ["https://site.example"]
    assert settings.purge.token == "123456"


def test_the_environment_may_name_the_data_directory(tmp_path: Path) -> None:
    assert load_settings(environ={"RECOMMENDER_HOME": str(tmp_path)}).home == tmp_path


def test_a_caller_wins_over_the_environment(tmp_path: Path) -> None:
    environ = {"RECOMMENDER_RANKING__LANGUAGE": "any", "RECOMMENDER_DESK": "false"}
    settings = load_settings(tmp_path, environ, desk=True, ranking=Ranking(diversity_penalty=1.0))
    assert settings.desk
    assert settings.ranking == Ranking(diversity_penalty=1.0)


def test_an_empty_table_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "recommender.toml").write_text("[ranking.recency_by_section.news]\n[http]\n")
    settings = load_settings(tmp_path, {"RECOMMENDER_HTTP": "{}"})
    assert settings.ranking == Ranking(recency_by_section={"news": Recency()})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "nonsense = 1",
            "unknown setting 'nonsense' in recommender.toml; docs/settings.md lists all settings",
        ),
        (
            "orgins = ['*']",
            "unknown setting 'orgins' in recommender.toml; did you mean 'cors_origins'?",
        ),
        (
            "[http]\ndelay_second = 1",
            (
                "unknown setting 'http.delay_second' in recommender.toml; "
                "did you mean 'http.delay_seconds'?"
            ),
        ),
        (
            "[rankin.recency]\nboost = 1",
            (
                "unknown setting 'rankin.recency.boost' in recommender.toml; "
                "did you mean 'ranking.recency.boost'?"
            ),
        ),
        (
            "[ranking.recency]\nboost = 'x'",
            (
                "setting 'ranking.recency.boost' in recommender.toml: "
                "expected a number, got the text 'x'"
            ),
        ),
        (
            "[ranking.recency_by_section.news]\nboost = -1",
            (
                "setting 'ranking.recency_by_section.news.boost' in recommender.toml: "
                "expected a number from 0 to 100000, got the number -1"
            ),
        ),
        (
            "[ranking]\ndiversity_penalty = inf",
            (
                "setting 'ranking.diversity_penalty' in recommender.toml: "
                "expected a number from 0 to 100000, got the number inf"
            ),
        ),
        (
            "[ranking]\nminimum_relevance = 1",
            (
                "setting 'ranking.minimum_relevance' in recommender.toml: "
                "expected 'auto' or a number of at least 0, below 1, got the number 1"
            ),
        ),
        (
            "[ranking.recency]\nhalf_life_days = 0",
            (
                "setting 'ranking.recency.half_life_days' in recommender.toml: "
                "expected a number above 0, at most 100000, got the number 0"
            ),
        ),
        (
            "keep_snapshots = 'many'",
            (
                "setting 'keep_snapshots' in recommender.toml: "
                "expected a whole number, got the text 'many'"
            ),
        ),
        (
            "keep_snapshots = 1",
            (
                "setting 'keep_snapshots' in recommender.toml: "
                "expected a whole number from 2 to 1000, got the number 1"
            ),
        ),
        (
            "desk = 'perhaps'",
            "setting 'desk' in recommender.toml: expected true or false, got the text 'perhaps'",
        ),
        (
            "timezone = 2",
            "setting 'timezone' in recommender.toml: expected a text, got the number 2",
        ),
        (
            "cors_origins = [1]",
            (
                "setting 'cors_origins' in recommender.toml: "
                "expected a list of texts, got the list [1]"
            ),
        ),
        (
            "ranking = 5",
            "setting 'ranking' in recommender.toml: expected a table of settings, got the number 5",
        ),
        (
            "[ranking]\nlanguage = 'both'",
            (
                "setting 'ranking.language' in recommender.toml: "
                "expected 'any', 'prefer' or 'same', got the text 'both'"
            ),
        ),
        (
            "timezone = 'Warsaw'",
            (
                "setting 'timezone': expected a name of the tz database such as Europe/Warsaw, "
                "got 'Warsaw'"
            ),
        ),
        (
            "[purge]\nform = 'fastly'",
            (
                "setting 'purge.form' in recommender.toml was removed; "
                "delete it and set purge.url to a webhook of your own, which forwards the keys "
                "to your CDN (docs/recipes.md)"
            ),
        ),
    ],
)
def test_a_wrong_setting_is_explained(tmp_path: Path, text: str, message: str) -> None:
    assert refused(tmp_path, text) == message


def test_a_file_that_is_not_toml_is_named(tmp_path: Path) -> None:
    assert "recommender.toml: expected a TOML file: " in refused(tmp_path, "a = = b")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("catalogue", "database_url"),
        ("time_zone", "timezone"),
        ("encoder", "embedding_model"),
        ("proxies", "trusted_proxies"),
        ("origins", "cors_origins"),
        ("push", "push_api"),
        ("cache_keys", "surrogate_key_header"),
        ("log_requests", "access_log"),
        ("slow_ms", "slow_request_ms"),
        ("ranking.language_rule", "ranking.language"),
        ("ranking.diversity", "ranking.diversity_penalty"),
        ("ranking.freshness.gain", "ranking.recency.boost"),
        ("ranking.freshness.half_life", "ranking.recency.half_life_days"),
        ("ranking.recency.gain", "ranking.recency.boost"),
        ("ranking.sections.news.gain", "ranking.recency_by_section.news.boost"),
        (
            "ranking.recency_by_section.news.half_life",
            "ranking.recency_by_section.news.half_life_days",
        ),
        ("fetching.user_agent", "http.user_agent"),
        ("fetching.pause", "http.delay_seconds"),
        ("fetching.at_once", "http.concurrency"),
        ("fetching.timeout", "http.timeout_seconds"),
        ("fetching.largest_mb", "http.max_response_mb"),
        ("fetching.attempts", "http.max_attempts"),
        ("fetching.backoff", "http.backoff_seconds"),
        ("fetching.robots", "http.respect_robots_txt"),
    ],
)
def test_a_former_name_gives_the_present_one(tmp_path: Path, old: str, new: str) -> None:
    line = f"recommender.toml: setting '{old}' is now '{new}'; rename it (docs/upgrading.md)"
    assert refused(tmp_path, f"{old} = 1") == line
    before, now = (f"RECOMMENDER_{name.replace('.', '__').upper()}" for name in (old, new))
    line = f"the environment: setting {before} is now {now}; rename it (docs/upgrading.md)"
    assert refused(tmp_path, **{before.removeprefix("RECOMMENDER_"): "1"}) == line


def test_a_wrong_variable_is_explained(tmp_path: Path) -> None:
    assert refused(tmp_path, ORGINS="*") == (
        "unknown setting RECOMMENDER_ORGINS in the environment; "
        "did you mean RECOMMENDER_CORS_ORIGINS?"
    )
    assert refused(tmp_path, CORS_ORIGINS="https://a.example") == (
        "setting RECOMMENDER_CORS_ORIGINS in the environment: "
        "expected a list of texts, got the text 'https://a.example'; "
        """write '["https://a.example"]'"""
    )
    assert refused(tmp_path, LANGUAGES="[en, 'pl']").endswith("""; write '["en", "pl"]'""")
    assert refused(tmp_path, LANGUAGES="en, pl").endswith("""; write '["en", "pl"]'""")
    assert refused(tmp_path, 'languages = "en"').endswith("""got the text 'en'; write ["en"]""")
    assert "RECOMMENDER_PURGE__FORM in the environment was removed" in refused(
        tmp_path, PURGE__FORM="fastly"
    )
    assert "expected a table of settings" in refused(tmp_path, HTTP="5", HTTP__CONCURRENCY="5")
