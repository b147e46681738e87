"""A digest, which repeats several articles, decides nothing about them: full and incremental."""

from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from recommender.serving.responses import open_current
from recommender.settings import Incremental, Settings
from recommender.snapshots.snapshot import Snapshot
from sample_site import ENCODER, NOW, TOPICS, publish, records, write_jsonl

WORDS = " ".join(TOPICS.values()).split()
LATER = NOW + timedelta(minutes=9)


def story(name: str, size: int = 80) -> dict[str, Any]:
    body = " ".join(Random(name).choices(WORDS, k=size))  # words that a full run knows
    return row(f"story/{name}", f"Story of {name}", body)


def row(identifier: str, title: str, body: str) -> dict[str, Any]:
    return {"id": identifier, "title": title, "body": body, "published": NOW.isoformat(),
            "language": "en"}  # fmt: skip


STORIES = [story(name) for name in ("port", "mill", "pass")]
DIGEST = row("digest", "The week", " ".join(one["body"] for one in STORIES))
AGAIN = row("digest/again", "The week", "All of it. " + DIGEST["body"])
LONGER = row("story/longer", "The port", STORIES[0]["body"] + " and a few words that are new.")


def site(home: Path, *steps: list[dict[str, Any]]) -> Snapshot:
    """Publish the sample site and the first step in full, and each other one incrementally."""
    always = Incremental(min_articles=0, max_changed_share=1.0)
    settings = Settings(home=home, embedding_model=ENCODER, incremental=always)
    for number, rows in enumerate(steps):
        source = [*records(), *rows] if not number else rows
        home.parent.mkdir(exist_ok=True)
        publish(settings, write_jsonl(home.parent / f"{number}.jsonl", source), now=LATER)
    snapshot = open_current(home)
    assert bool(snapshot.manifest.base) == (len(steps) > 1)
    return snapshot


def copies(snapshot: Snapshot, identifier: str) -> set[str]:
    return {snapshot.identifier(one) for one in snapshot.copies_of(identifier).tolist()}


@pytest.mark.parametrize(
    "steps",
    [
        [[*STORIES, DIGEST, AGAIN, LONGER]],
        [STORIES, [DIGEST, AGAIN, LONGER]],
        [[*STORIES, DIGEST], [AGAIN, LONGER]],
        [STORIES[:1], [*STORIES[1:], DIGEST, AGAIN, LONGER]],
        [[], [*STORIES, DIGEST, AGAIN, LONGER]],
    ],
)
def test_a_digest_has_no_copies_but_its_versions(
    tmp_path: Path, steps: list[list[dict[str, Any]]]
) -> None:
    snapshot = site(tmp_path / "home", *steps)
    assert copies(snapshot, "digest") == {"digest", "digest/again"}
    assert copies(snapshot, "story/mill") == {"story/mill"}
    assert copies(snapshot, "story/port") == {"story/port", "story/longer"}
    assert len(snapshot.duplicates_of(snapshot.row("digest") or 0)) == 2


@pytest.mark.parametrize("last", [[AGAIN], []])
def test_a_withdrawn_digest_hides_its_versions_alone(
    tmp_path: Path, last: list[dict[str, Any]]
) -> None:
    withdrawn = DIGEST | {"status": "withdrawn"}
    shown = [withdrawn, *STORIES] if last else [withdrawn, *STORIES, AGAIN]
    snapshot = site(tmp_path / "home", shown, *([last] if last else []))
    assert copies(snapshot, "digest") == {"digest/again"}


def test_a_digest_that_is_withdrawn_later_hides_its_versions_alone(tmp_path: Path) -> None:
    steps = [[*STORIES, DIGEST, AGAIN], [DIGEST | {"status": "withdrawn"}]]
    assert copies(site(tmp_path / "home", *steps), "digest") == {"digest/again"}


WITHDRAWN = STORIES[0] | {"status": "withdrawn"}
SHORT = [story("inn", 44), story("fair", 28)]
UPDATE = row("update", "The port", " ".join(one["body"] for one in (STORIES[0], SHORT[0])))
MOSTLY = row("mostly", "The port", " ".join(one["body"] for one in (STORIES[0], *SHORT)))


@pytest.mark.parametrize("text", [UPDATE, MOSTLY])
def test_a_withdrawn_text_hides_articles_of_which_it_is_the_greater_part(
    tmp_path: Path, text: dict[str, Any]
) -> None:
    """Also digests, in full and in later runs."""
    shown = [*SHORT, text]
    paths = (
        [[WITHDRAWN, *shown]],
        [[STORIES[0], *shown], [WITHDRAWN]],
        [[WITHDRAWN, *SHORT], [text]],
        [[STORIES[0], *SHORT], [WITHDRAWN, text]],
    )
    for number, steps in enumerate(paths):
        snapshot = site(tmp_path / str(number) / "home", *steps)
        assert copies(snapshot, "story/port") == {text["id"]}, number
