"""``recommender related``: all articles at once, and previews of articles that are not public."""

import json
from datetime import timedelta

from click.testing import CliRunner, Result

from recommender.cli import recommender
from recommender.settings import Settings
from sample_site import NOW


def test_every_public_article_is_a_line(settings: Settings, snapshot_id: str) -> None:
    home = ["--home", str(settings.home)]
    done = CliRunner().invoke(recommender, ["related", "--all", "--json", *home])
    assert done.exit_code == 0, done.output
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len({answer["article"] for answer in answers}) == 24
    assert {answer["snapshot"] for answer in answers} == {snapshot_id}
    one = CliRunner().invoke(recommender, ["related", answers[3]["article"], "--json", *home])
    assert json.loads(one.stdout) == answers[3]


def test_all_needs_json_and_no_article(settings: Settings, snapshot_id: str) -> None:
    assert snapshot_id
    for arguments in (["--all"], ["--all", "--json", "talks/0"], []):
        done = CliRunner().invoke(recommender, ["related", *arguments])
        assert done.exit_code == 2
        assert "--all" in done.output


def test_an_article_under_embargo_gets_a_preview(settings: Settings, snapshot_id: str) -> None:
    assert snapshot_id
    arguments = ["--json", "--now", (NOW - timedelta(hours=30)).isoformat()]
    arguments += ["--home", str(settings.home)]
    done = CliRunner().invoke(recommender, ["related", "talks/0", *arguments])
    assert done.exit_code == 0
    answer = json.loads(done.stdout)
    assert answer["article"] == "talks/0"
    assert len(answer["cards"]) == 6
    assert done.stderr.startswith("preview: 'talks/0' is under embargo until 2026-10-30")
    assert CliRunner().invoke(recommender, ["related", "reactor/0", *arguments]).stderr == ""


def why(settings: Settings, article: str, other: str, *arguments: str) -> Result:
    home = ["--home", str(settings.home)]
    return CliRunner().invoke(recommender, ["related", article, "--why", other, *arguments, *home])


def test_why_says_where_an_article_is_or_why_not(settings: Settings, snapshot_id: str) -> None:
    assert snapshot_id
    home = ["--home", str(settings.home)]
    shown = CliRunner().invoke(recommender, ["related", "talks/0", "--json", *home])
    second = json.loads(shown.stdout)["cards"][1]
    title, place, *facts = why(settings, "talks/0", second["id"]).stdout.splitlines()
    assert (title, place) == (second["title"], "   under talks/0: shown at 2")
    assert facts
    assert all(fact.startswith("   - ") for fact in facts)
    assert (
        "only number 3 by score"
        in why(
            settings, "talks/0", json.loads(shown.stdout)["cards"][2]["id"], "--limit", "2"
        ).stdout
    )
    assert "too little in common with this article" in why(settings, "talks/0", "football/0").stdout
    assert why(settings, "talks/0", "talks/0").stdout.endswith("this article itself\n")


def test_why_names_the_editor_of_a_block(settings: Settings, snapshot_id: str) -> None:
    assert snapshot_id
    home = ["--home", str(settings.home)]
    blocked = ["override", "block", "talks/1", "--by", "ann", *home]
    assert CliRunner().invoke(recommender, blocked).exit_code == 0
    assert "never recommended: rule by ann" in why(settings, "talks/0", "talks/1").stdout


def test_why_needs_a_known_article_and_no_json(settings: Settings, snapshot_id: str) -> None:
    assert snapshot_id
    unknown = why(settings, "talks/0", "talks/99")
    assert "expected an ID of the catalogue, got 'talks/99'" in str(unknown.exception)
    refused = why(settings, "talks/0", "talks/1", "--json")
    assert (refused.exit_code, "without --all, --json" in refused.output) == (2, True)
