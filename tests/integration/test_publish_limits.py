"""A run that lost much keeps its snapshot and does not publish it, unless it is forced to."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from command_line import run
from recommender.home import DataDir
from recommender.settings import Settings
from recommender.snapshots.store import current_id, manifests, snapshot_ids
from sample_site import publish, records, write_jsonl
from service import create_app

Done = subprocess.CompletedProcess[str]


def index(settings: Settings, path: Path, rows: list[dict[str, Any]], *options: str) -> Done:
    return run(settings.home, "index", str(write_jsonl(path, rows)), *options)


def current(settings: Settings) -> str:
    return current_id(DataDir(settings.home))


def withdrawn(count: int) -> list[dict[str, Any]]:
    rows = records()
    for row in rows[:count]:
        row["status"] = "withdrawn"
    return rows


def shrink(settings: Settings, path: Path, count: int) -> Done:
    """Index an archive of which so many articles expire, and again when they have."""
    rows = records()
    for row in rows[:count]:
        row["expires"] = "2026-11-02T00:00:00Z"
    assert index(settings, path, rows, "--now", "2026-11-01T00:00:00Z").returncode == 0
    return index(settings, path, rows, "--now", "2026-11-03T00:00:00Z")


def test_a_shrunken_archive_is_not_published(
    settings: Settings, snapshot_id: str, source: Path
) -> None:
    done = shrink(settings, source, 6)
    assert done.returncode == 1
    assert "6 of 24 articles are missing: 25%, limit 20% (publish.max_shrinkage)" in done.stderr
    assert "--force" in done.stderr
    assert "Traceback" not in done.stderr
    refused = snapshot_ids(DataDir(settings.home))[-1]
    listed = run(settings.home, "snapshots", "list").stdout
    assert "not published: 6 of 24 articles are missing" in listed
    # Of several refused snapshots the newest is kept: none pushes out one that was published.
    later = ("--now", "2026-11-04T00:00:00Z")
    assert run(settings.home, "index", str(source), *later).returncode == 1
    kept = [m.id for m in manifests(DataDir(settings.home)) if m.refused]
    assert len(kept) == 1
    assert kept != [refused]
    assert run(settings.home, "snapshots", "use", kept[0]).returncode == 0
    assert current(settings) == kept[0]


def test_force_and_a_wider_limit_publish(
    settings: Settings, snapshot_id: str, source: Path
) -> None:
    assert index(settings, source, withdrawn(6), "--force").returncode == 0
    assert current(settings) != snapshot_id
    (settings.home / "recommender.toml").write_text("[publish]\nmax_shrinkage = 0.9\n")
    before = current(settings)
    assert index(settings, source, withdrawn(15)).returncode == 0
    assert current(settings) != before


def test_articles_that_others_replace_are_missing(
    settings: Settings, snapshot_id: str, source: Path
) -> None:
    rows = withdrawn(6) + [row | {"id": f"{row['id']}/new"} for row in records()[:6]]
    done = index(settings, source, rows)
    assert done.returncode == 1
    assert "6 of 24 articles would be drafts, withdrawn" in done.stderr
    assert current(settings) == snapshot_id


def test_a_few_missing_articles_are_published(
    settings: Settings, snapshot_id: str, source: Path
) -> None:
    assert index(settings, source, withdrawn(4)).returncode == 0
    assert current(settings) != snapshot_id


def test_unreadable_records_stop_a_run(settings: Settings, snapshot_id: str, source: Path) -> None:
    broken = [{"id": f"broken/{n}", "title": ""} for n in range(5)]
    done = index(settings, source, records() + broken)
    assert done.returncode == 1
    assert "5 of 29 records could not be read: 17%, limit 5% (publish.max_rejected)" in done.stderr
    assert "broken/0" in done.stderr or ":25" in done.stderr
    assert current(settings) == snapshot_id


def test_the_first_snapshot_has_no_limit(settings: Settings, tmp_path: Path) -> None:
    broken = [{"id": f"broken/{n}", "title": ""} for n in range(9)]
    assert index(settings, tmp_path / "first.jsonl", records() + broken).returncode == 0


def test_prune_withdraws_no_large_part(settings: Settings, snapshot_id: str, source: Path) -> None:
    done = index(settings, source, records()[:12], "--prune")
    assert done.returncode == 1
    assert "--prune withdrew nothing: 12 of 24 articles are missing" in done.stderr
    listed = run(settings.home, "articles", "list", "--json").stdout
    assert {json.loads(line)["status"] for line in listed.splitlines()} == {"published"}
    assert index(settings, source, records()[:12], "--prune", "--force").returncode == 0
    assert current(settings) != snapshot_id


def test_lists_that_change_are_limited_by_a_setting(
    settings: Settings, snapshot_id: str, source: Path
) -> None:
    rows = records()
    texts = [(row["title"], row["body"]) for row in rows]
    for row, (title, body) in zip(rows[:12], texts[1:], strict=False):
        row |= {"title": title, "body": body}  # now on another topic than the older half
    (settings.home / "recommender.toml").write_text("[publish]\nmax_changed_lists = 0.1\n")
    done = index(settings, source, rows)
    assert done.returncode == 1
    assert "lists keep fewer than half of their cards" in done.stderr
    assert current(settings) == snapshot_id


def longer(**constant: str) -> list[dict[str, Any]]:
    """Return articles of more than 25 words, of which some fields may all be the same."""
    rows = [row | {"body": f"{row['body']} {row['body'].upper()}"} for row in records()]
    return [row | constant for row in rows]


@pytest.mark.parametrize(
    "lost",
    [
        {"title": "Access Denied", "body": "Access denied.", "teaser": ""},
        {"title": "The Daily Example"},
        {"body": "", "teaser": ""},
        {"body": "Sign in to go on reading. " * 9},
    ],
)
def test_texts_that_a_source_lost_are_not_published(
    settings: Settings, source: Path, lost: dict[str, str]
) -> None:
    limits = "[publish]\nmax_fallback_increase = 1.0\nmax_recall_loss = 1.0\n"
    settings.home.mkdir()
    (settings.home / "recommender.toml").write_text(limits)
    assert index(settings, source, longer()).returncode == 0
    before = current(settings)
    done = index(settings, source, longer(**lost))
    assert done.returncode == 1
    assert (
        "100% of the articles have the title or body of another one, or a body under 25 words; "
        "0% before; limit 20% more (publish.max_text_loss)"
    ) in done.stderr
    assert current(settings) == before
    assert snapshot_ids(DataDir(settings.home))[-1] != before
    assert index(settings, source, longer(**lost), "--force").returncode == 0
    assert current(settings) != before


def test_some_poor_texts_are_published(settings: Settings, source: Path) -> None:
    assert index(settings, source, longer()).returncode == 0
    before = current(settings)
    rows = longer(body="Video.", teaser="")[:2] + longer()[2:]
    assert index(settings, source, rows).returncode == 0
    assert current(settings) != before


def test_a_change_of_the_settings_may_change_the_lists(
    settings: Settings, snapshot_id: str, source: Path
) -> None:
    limits = "[publish]\nmax_changed_lists = 0.0\nmax_fallback_increase = 0.0\n"
    ranking = "[ranking]\nminimum_relevance = 0.999\n"
    (settings.home / "recommender.toml").write_text(limits + ranking)
    assert index(settings, source, records()).returncode == 0
    assert current(settings) != snapshot_id


def test_a_service_never_falls_back_to_a_refused_snapshot(
    settings: Settings, snapshot_id: str, source: Path
) -> None:
    assert shrink(settings, source, 6).returncode == 1
    served = current(settings)
    newer = publish(settings, write_jsonl(source, records()))
    (settings.home / "snapshots" / newer / "manifest.json").write_bytes(b"{")
    answer = create_app(settings).test_client().get("/v1/articles/talks/7/related").json
    assert answer is not None
    assert answer["snapshot"] == served


@pytest.mark.parametrize("value", ["1.5", '"many"'])
def test_a_wrong_limit_is_named(settings: Settings, value: str) -> None:
    settings.home.mkdir()
    (settings.home / "recommender.toml").write_text(f"[publish]\nmax_shrinkage = {value}\n")
    done = run(settings.home, "index")
    assert done.returncode != 0
    assert "publish.max_shrinkage" in done.stderr
