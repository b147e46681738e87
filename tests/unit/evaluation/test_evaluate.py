"""Evaluation: figures by their definitions, and nothing of the answer in the question."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from evaluation_run import judged
from recommender.errors import SourceError
from recommender.evaluation.evaluate import OURS, evaluate
from recommender.settings import Settings
from sample_site import NOW, records, write_jsonl


def test_links_on_the_topic_are_found(settings: Settings, tmp_path: Path) -> None:
    links = "".join(f"talks/{n}\ttalks/{n + 1}\n" for n in range(6))
    verdict = judged(settings, tmp_path, records(), links)
    ours = verdict.report.rankings[OURS]
    assert ours.recall.mean > 0.9
    assert verdict.report.queries == 6
    assert verdict.picks[0].source == "talks/0"
    assert len(verdict.picks[0].picks) == 6


def test_only_what_was_there_that_day_is_a_candidate(settings: Settings, tmp_path: Path) -> None:
    verdict = judged(settings, tmp_path, records(), "talks/3\ttalks/4\n")
    later = {f"{topic}/{n}" for topic in ("talks", "reactor", "football") for n in range(3)}
    assert not later & set(verdict.picks[0].picks)


def test_the_same_day_counts_as_there(settings: Settings, tmp_path: Path) -> None:
    rows = records()
    rows[0]["published"] = (NOW - timedelta(hours=11)).isoformat()  # talks/0, one in the morning
    late = rows[0] | {"id": "late", "title": "Late", "published": NOW.isoformat()}
    verdict = judged(settings, tmp_path, [*rows, late], "talks/0\tlate\n")
    assert verdict.report.links == 1


def test_a_link_to_the_future_is_no_question(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="expected at least one"):
        judged(settings, tmp_path, records(), "talks/4\ttalks/0\n")


def with_links(**links: list[str]) -> list[dict[str, Any]]:
    """The small site with links of some articles, "/" written as "_"."""
    rows = {row["id"]: row for row in records()}
    for article, targets in links.items():
        rows[article.replace("_", "/")]["links"] = targets
    return list(rows.values())


def test_a_planted_leak_finds_nothing(settings: Settings, tmp_path: Path) -> None:
    """The answer stands in the article's own links and in those of later articles, only."""
    answer, truth = ["football/3"], "talks/1\tfootball/3\n"
    later = {"talks_0": answer, "reactor_0": answer, "football_0": answer}
    planted = judged(settings, tmp_path, with_links(talks_1=answer, **later), truth)
    clean = judged(settings, tmp_path, records(), truth)
    assert planted.picks == clean.picks
    assert planted.report.rankings[OURS].recall.mean == 0


def test_what_earlier_articles_linked_to_counts(settings: Settings, tmp_path: Path) -> None:
    """The same plant one day earlier is history, and is found: so the test above can fail."""
    answer, truth = ["football/3"], "talks/1\tfootball/3\n"
    earlier = {f"{topic}_2": answer for topic in ("talks", "reactor", "football")}
    found = judged(settings, tmp_path, with_links(**earlier), truth)
    assert found.picks != judged(settings, tmp_path, records(), truth).picks
    assert found.report.rankings[OURS].recall.mean == 1


def test_a_file_that_is_no_link_set_is_named(settings: Settings, tmp_path: Path) -> None:
    source = write_jsonl(tmp_path / "site.jsonl", records())
    bad = tmp_path / "bad.tsv"
    bad.write_text("a,b\n", encoding="utf-8")
    with pytest.raises(SourceError, match="wanted from and to"):
        evaluate(str(source), bad, settings, None, 6, lambda *_: None)
    with pytest.raises(SourceError, match="No such file"):
        evaluate(str(source), tmp_path / "none", settings, None, 6, lambda *_: None)


def test_picks_can_be_written_as_json(settings: Settings, tmp_path: Path) -> None:
    verdict = judged(settings, tmp_path, records(), "talks/0\ttalks/1\nnope\ttalks/1\n")
    assert verdict.report.unknown_links == 1
    picks = json.loads(msgspec.json.encode(verdict.picks))
    assert picks == [{"from": "talks/0", "picks": verdict.picks[0].picks}]
