"""``recommender related``: all articles at once, and previews of articles that are not public."""

import json
from datetime import timedelta

from click.testing import CliRunner

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
