"""An index run names the overrides under IDs that a source has given to other articles."""

from pathlib import Path
from typing import Any

import pytest

from command_line import run
from sample_site import records, write_jsonl

ROWS = records()[:8]
LINE = (
    "2 articles with overrides are other articles now, with another title, address and text "
    "(3, 5); the overrides stay with the IDs: check them with "
    "`recommender override history --article ID`"
)


def numbered(first: int) -> list[dict[str, Any]]:
    """Return the articles with the numbers that a content system gives them."""
    return [row | {"id": str(number)} for number, row in enumerate(ROWS, first)]


def indexed(home: Path, source: Path, *rows: dict[str, Any]) -> str:
    """Return the lines of an index run about overrides."""
    done = run(home, "index", "--force", str(write_jsonl(source, [*rows])))
    assert done.returncode == 0, done.stderr
    return "\n".join(line for line in done.stderr.splitlines() if "with overrides" in line)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A site with overrides of two of its articles, and of one that was undone."""
    home = tmp_path / "home"
    assert indexed(home, tmp_path / "site.jsonl", *numbered(0)) == ""
    for decision in (["hold", "3"], ["block", "5"], ["hold", "6"], ["undo", "3"]):
        assert run(home, "override", *decision).returncode == 0
    return home


def test_articles_with_overrides_that_are_others_now_are_named(home: Path, tmp_path: Path) -> None:
    source = tmp_path / "site.jsonl"
    assert indexed(home, source, *numbered(2)) == LINE
    assert indexed(home, source, *numbered(2)) == ""


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Another title", "body": "Another text."},
        {
            "title": "Another title",
            "url": "https://site.example/another",
            "body": f"A new beginning. {ROWS[5]['body']}",
        },
        {"url": "https://site.example/another", "body": "Another text."},
    ],
)
def test_an_edited_article_is_the_same(home: Path, tmp_path: Path, change: dict[str, str]) -> None:
    rows = numbered(0)
    edited = [rows[5] | change | {"teaser": "Another teaser."}]
    assert indexed(home, tmp_path / "site.jsonl", *rows[:5], *edited, *rows[6:]) == ""
