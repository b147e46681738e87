"""The relevance threshold that the links of an archive choose, from the run to the reader."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from command_line import run
from recommender.home import DataDir
from recommender.settings import Settings
from recommender.snapshots.manifest import Manifest, read_manifest
from recommender.snapshots.store import current_id
from sample_site import NOW, TOPICS, write_jsonl

EACH = 25
"""Articles on each topic: enough links for a choice."""

LINE = "Relevance threshold: 0."


def linking_records() -> list[dict[str, Any]]:
    """Articles on three topics, newest first; each links to the one before it on its topic."""
    made = []
    for number in range(3 * EACH):
        topic, words = list(TOPICS.items())[number % 3]
        place = number // 3
        body = " ".join(f"{word} w{number}x{n}" for n, word in enumerate(words.split()))
        made.append(
            {
                "id": f"{topic}/{place}",
                "title": f"{topic.title()} report {place}",
                "body": f"{body}.",
                "published": (NOW - timedelta(days=number + 1)).isoformat(),
                "section": topic,
                "language": "en",
                "links": [f"{topic}/{place + 1}"] if place + 1 < EACH else [],
            }
        )
    return made


def index(home: Path, rows: list[dict[str, Any]], *options: str) -> str:
    source = write_jsonl(home.parent / "site.jsonl", rows)
    done = run(home, "index", str(source), *options)
    assert done.returncode == 0, done.stderr
    return done.stdout


def manifest(home: Path) -> Manifest:
    data_dir = DataDir(home)
    return read_manifest(data_dir.snapshots / current_id(data_dir))


def choose(home: Path, value: float) -> None:
    """Replace the stored choice, which later runs use."""
    path = home / "weights.json"
    stored = json.loads(path.read_text())
    stored["threshold"] |= {"value": value, "kept": {str(value): 1.0}}
    path.write_text(json.dumps(stored))


def write_settings(home: Path, text: str) -> None:
    (home / "recommender.toml").write_text(text)


@pytest.fixture
def home(settings: Settings) -> Path:
    index(settings.home, linking_records())
    return settings.home


def test_a_run_uses_and_records_the_choice(home: Path) -> None:
    made = manifest(home)
    choice = made.figures["threshold"]
    assert choice["value"] == made.ranking.minimum_relevance > 0.5
    assert choice["examples"] >= 60
    assert made.configured_ranking.minimum_relevance == "auto"
    printed = index(home, linking_records(), "--full")
    assert f"Relevance threshold: {choice['value']} (keeps " in printed


def test_a_number_of_the_settings_is_used_as_it_is(home: Path) -> None:
    write_settings(home, "[ranking]\nminimum_relevance = 0.4\n")
    assert LINE not in index(home, linking_records(), "--full")
    made = manifest(home)
    assert made.ranking.minimum_relevance == made.configured_ranking.minimum_relevance == 0.4
    assert made.figures["threshold"] is None


def test_few_links_choose_the_lowest(settings: Settings) -> None:
    printed = index(settings.home, linking_records()[:30])
    assert f"{LINE}5 (27 linking articles and pins; a choice needs 60)" in printed


def test_a_stored_choice_is_used_again_until_much_has_changed(home: Path) -> None:
    choose(home, 0.65)
    index(home, linking_records()[1:], "--force")
    assert manifest(home).ranking.minimum_relevance == 0.65
    index(home, linking_records(), "--full")
    assert manifest(home).ranking.minimum_relevance != 0.65


@pytest.mark.parametrize("other", [{"version": "0.2"}, {"threshold": None}])
def test_a_choice_of_another_version_is_made_again(home: Path, other: dict[str, Any]) -> None:
    chosen = manifest(home).ranking.minimum_relevance
    choose(home, 0.65)
    path = home / "weights.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | other))
    index(home, linking_records()[1:], "--force")
    assert manifest(home).ranking.minimum_relevance == chosen


def test_an_incremental_run_keeps_the_choice(home: Path) -> None:
    write_settings(home, "[incremental]\nmin_articles = 0\n")
    index(home, linking_records(), "--full")
    before = manifest(home)
    new = linking_records()[0] | {"id": "talks/new", "title": "Talks report, the newest"}
    assert "incremental run" in index(home, [new, *linking_records()])
    after = manifest(home)
    assert after.base == before.id
    assert after.ranking == before.ranking
    assert after.configured_ranking == before.configured_ranking


def test_another_choice_alone_is_published(home: Path) -> None:
    """With hardly any related card left, every list has latest articles, and nothing was lost."""
    assert manifest(home).stats.fallback_rate < 0.5
    choose(home, 0.9999999)
    index(home, linking_records()[1:])
    made = manifest(home)
    assert made.ranking.minimum_relevance == 0.9999999
    assert made.stats.fallback_rate > 0.9


def test_a_lower_choice_alone_is_published(home: Path) -> None:
    """All lists change, although nothing was lost: they had latest articles only."""
    write_settings(home, "[publish]\nmax_changed_lists = 0.2\n")
    chosen = manifest(home).ranking.minimum_relevance
    choose(home, 0.9999999)
    index(home, linking_records()[1:], "--force")
    assert manifest(home).ranking.minimum_relevance == 0.9999999
    choose(home, chosen)
    index(home, linking_records()[2:])
    assert manifest(home).ranking.minimum_relevance == chosen


@pytest.mark.parametrize("step", [0.01, -0.01])
def test_lost_texts_are_refused_although_the_threshold_changed(home: Path, step: float) -> None:
    before, chosen = manifest(home).id, manifest(home).ranking.threshold
    choose(home, chosen + step)
    rows = linking_records()
    for number, row in enumerate(rows):
        row["body"], row["title"], row["section"] = f"only{number} words{number}.", f"t{number}", ""
    source = write_jsonl(home.parent / "site.jsonl", rows)
    done = run(home, "index", str(source))
    assert done.returncode == 1
    higher = max(chosen, chosen + step)
    expected = f"(publish.max_fallback_increase), both at a relevance threshold of {higher:g}"
    assert expected in done.stderr
    assert manifest(home).id == before


def test_a_few_lost_links_keep_the_choice(settings: Settings) -> None:
    def choice_of(links: int) -> dict[str, Any]:
        rows = linking_records()
        linking = [row for row in rows if row["links"]]
        for row in linking[links:]:
            row["links"] = []
        index(settings.home, rows, "--force")
        return manifest(settings.home).figures["threshold"]

    first = choice_of(63)
    assert first["value"] > 0.5
    assert choice_of(58) == first  # fewer than a first choice needs
    assert choice_of(40)["value"] == 0.5
