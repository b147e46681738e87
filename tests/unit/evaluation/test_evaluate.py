"""Offline evaluation: which articles are candidates, and no leaks."""

import csv
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner

from evaluation_run import evaluate_links
from recommender.cli import recommender
from recommender.cli.evaluation_table import evaluation_table
from recommender.errors import SourceError
from recommender.evaluation.evaluate import OURS, evaluate
from recommender.learning.relevance_threshold import ThresholdChoice
from recommender.settings import Ranking, Settings
from sample_site import ENCODER, NOW, records, write_jsonl


def test_links_on_the_topic_are_found(settings: Settings, tmp_path: Path) -> None:
    links = "".join(f"talks/{n}\ttalks/{n + 1}\n" for n in range(6))
    outcome = evaluate_links(settings, tmp_path, records(), links)
    ours = outcome.report.rankings[OURS]
    assert ours.recall.mean > 0.9
    assert outcome.report.queries == 6
    assert outcome.picks[0].source == "talks/0"
    assert len(outcome.picks[0].picks) == 6


def test_the_threshold_is_reported_where_it_is_automatic(
    settings: Settings, tmp_path: Path
) -> None:
    rows = with_links(talks_1=["talks/2"], talks_2=["talks/3"])
    links = "talks/0\ttalks/1\n"
    automatic = evaluate_links(settings, tmp_path, rows, links).report
    assert automatic.threshold == ThresholdChoice()
    line = "Relevance threshold: 0.5 (too few earlier links to choose one)"
    assert line in evaluation_table(automatic)
    choice = ThresholdChoice(value=0.8, examples=61, kept={"0.8": 0.9949})
    chosen = evaluation_table(msgspec.structs.replace(automatic, threshold=choice))
    last = "0.8 for the last queries (keeps 99.5% of nDCG@6 on 61 linking articles)"
    assert last in chosen
    number = msgspec.structs.replace(settings, ranking=Ranking(minimum_relevance=0.4))
    fixed = evaluate_links(number, tmp_path, rows, links).report
    assert fixed.threshold is None
    assert "Relevance threshold" not in evaluation_table(fixed)


def test_only_earlier_articles_are_candidates(settings: Settings, tmp_path: Path) -> None:
    outcome = evaluate_links(settings, tmp_path, records(), "talks/3\ttalks/4\n")
    later = {f"{topic}/{n}" for topic in ("talks", "reactor", "football") for n in range(3)}
    assert not later & set(outcome.picks[0].picks)


def test_articles_of_the_same_day_are_candidates(settings: Settings, tmp_path: Path) -> None:
    rows = records()
    rows[0]["published"] = (NOW - timedelta(hours=11)).isoformat()  # talks/0, one in the morning
    late = rows[0] | {"id": "late", "title": "Late", "published": NOW.isoformat()}
    outcome = evaluate_links(settings, tmp_path, [*rows, late], "talks/0\tlate\n")
    assert outcome.report.links == 1


def test_a_link_to_a_later_article_is_no_query(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="expected at least one"):
        evaluate_links(settings, tmp_path, records(), "talks/4\ttalks/0\n")


def with_links(**links: list[str]) -> list[dict[str, Any]]:
    """The small site with links of some articles, "/" written as "_"."""
    rows = {row["id"]: row for row in records()}
    for article, targets in links.items():
        rows[article.replace("_", "/")]["links"] = targets
    return list(rows.values())


def test_links_of_the_query_and_of_later_articles_do_not_leak(
    settings: Settings, tmp_path: Path
) -> None:
    """Only the article's own links and those of later articles have the answer."""
    answer, truth = ["football/3"], "talks/1\tfootball/3\n"
    later = {"talks_0": answer, "reactor_0": answer, "football_0": answer}
    planted = evaluate_links(settings, tmp_path, with_links(talks_1=answer, **later), truth)
    clean = evaluate_links(settings, tmp_path, records(), truth)
    assert planted.picks == clean.picks
    assert planted.report.rankings[OURS].recall.mean == 0


def test_what_earlier_articles_linked_to_counts(settings: Settings, tmp_path: Path) -> None:
    """The same plant one day earlier is history, and is found: so the test above can fail."""
    answer, truth = ["football/3"], "talks/1\tfootball/3\n"
    earlier = {f"{topic}_2": answer for topic in ("talks", "reactor", "football")}
    anything = msgspec.structs.replace(settings, ranking=Ranking(minimum_relevance=0))
    found = evaluate_links(anything, tmp_path, with_links(**earlier), truth)
    assert found.picks != evaluate_links(anything, tmp_path, records(), truth).picks
    assert found.report.rankings[OURS].recall.mean == 1


def test_a_file_that_is_no_link_set_is_an_error(settings: Settings, tmp_path: Path) -> None:
    source = write_jsonl(tmp_path / "site.jsonl", records())
    bad = tmp_path / "bad.tsv"
    bad.write_text("a,b\n", encoding="utf-8")
    with pytest.raises(SourceError, match="expected the tab-separated header from, to"):
        evaluate(str(source), bad, settings, None, 6, lambda *_: None, print)
    with pytest.raises(SourceError, match="No such file"):
        evaluate(str(source), tmp_path / "none", settings, None, 6, lambda *_: None, print)


def test_picks_can_be_written_as_json(settings: Settings, tmp_path: Path) -> None:
    outcome = evaluate_links(settings, tmp_path, records(), "talks/0\ttalks/1\nnope\ttalks/1\n")
    assert outcome.report.unknown_links == 1
    picks = json.loads(msgspec.json.encode(outcome.picks))
    assert picks == [{"from": "talks/0", "picks": outcome.picks[0].picks}]


def test_skipped_records_and_links_are_reported(settings: Settings, tmp_path: Path) -> None:
    source = tmp_path / "site.csv"
    with source.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, list(records()[0]))
        table.writeheader()
        table.writerows([*records(), records()[4], records()[5] | {"id": "untitled", "title": ""}])
    links = tmp_path / "links.tsv"
    links.write_text("from\tto\ntalks/0\ttalks/1\ngone\ttalks/1\n", encoding="utf-8")
    arguments = ["evaluate", str(source), "--links", str(links), "--home", str(settings.home)]
    environment = {"RECOMMENDER_EMBEDDING_MODEL": ENCODER}
    done = CliRunner().invoke(recommender, [*arguments, "--json"], env=environment)
    assert json.loads(done.stdout)["unknown_links"] == 1
    assert "got 'reactor/1' again; skipped" in done.stderr
    assert f"{source}:27: title: expected text" in done.stderr
    shown = CliRunner().invoke(recommender, arguments, env=environment).stdout
    assert "1 link to find; 1 link of unknown articles skipped" in shown
