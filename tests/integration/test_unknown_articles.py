"""What commands say about an article that has no cards: its state, or the closest known ID."""

from pathlib import Path

import pytest

from command_line import one_line, run
from recommender.cli.unknown import did_you_mean
from recommender.settings import Settings
from sample_site import publish, records, write_jsonl

LATER = "2030-01-01T00:00:00Z"


@pytest.fixture
def home(settings: Settings, tmp_path: Path) -> Path:
    rows = records()
    rows[0]["status"] = "draft"
    rows[1]["published"] = LATER
    publish(settings, write_jsonl(tmp_path / "site.jsonl", rows))
    return settings.home


def test_a_draft_says_so(home: Path) -> None:
    assert "'talks/0' has no cards: it is a draft" in one_line(run(home, "related", "talks/0"))
    shown = run(home, "articles", "show", "talks/0").stdout.splitlines()
    assert [line.split() for line in shown if line.startswith("shown")] == [["shown", "no"]]
    assert next(line for line in shown if line.startswith("reasons")).endswith("it is a draft")


def test_an_article_under_embargo_has_a_preview(home: Path) -> None:
    done = run(home, "related", "reactor/0")
    assert done.returncode == 0
    assert f"'reactor/0' is under embargo until {LATER}" in done.stderr


def test_a_misspelt_id_gets_a_suggestion(home: Path) -> None:
    for command in (["related"], ["articles", "show"]):
        line = one_line(run(home, *command, "reactr/3"))
        assert "got 'reactr/3'; did you mean 'reactor/3'?" in line
    assert "`recommender articles list`" in one_line(run(home, "related", "x" * 900))


def test_asking_for_an_article_creates_no_database(home: Path) -> None:
    for file in home.glob("catalogue.sqlite3*"):
        file.unlink()
    assert run(home, "related", "unknown").returncode == 1
    assert not (home / "catalogue.sqlite3").exists()


@pytest.mark.parametrize(
    ("given", "known", "expected"),
    [
        ("news/talk", ["news/talks", "sport/goal"], "did you mean 'news/talks'?"),
        ("news/talk", ["weather"], ""),
        ("", ["a"], ""),
        ("зима", ["зимa", "лето"], "did you mean 'зимa'?"),
    ],
)
def test_only_close_texts_are_suggested(given: str, known: list[str], expected: str) -> None:
    assert did_you_mean(given, known) == expected
