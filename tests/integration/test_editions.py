"""Editions of one story are versions of it, however many come out together."""

from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from recommender.serving.responses import open_current
from recommender.settings import Incremental, Settings
from sample_site import ENCODER, NOW, TOPICS, publish, records, write_jsonl

WORDS = " ".join(TOPICS.values()).split()


def sentences(name: str, count: int) -> list[str]:
    """Sentences of words that a full run knows."""
    chance = Random(name)
    return [" ".join(chance.choices(WORDS, k=14)).capitalize() + "." for _ in range(count)]


STORY = sentences("story", 10)


def edition(number: int) -> dict[str, Any]:
    local = sentences(f"town {number}", 5)
    return {
        "id": f"edition/{number}",
        "title": f"Town {number}: reactor to close",
        "body": "\n\n".join(" ".join(part) for part in (STORY[:5], local, STORY[5:])),
        "published": (NOW - timedelta(minutes=number)).isoformat(),
        "language": "en",
    }


EDITIONS = [edition(number) for number in range(12)]


@pytest.mark.parametrize("later", [0, 1])
def test_a_decision_about_an_edition_holds_for_all_others(tmp_path: Path, later: int) -> None:
    """Also for one that came in after the last full run."""
    always = Incremental(min_articles=0, max_changed_share=1.0)
    settings = Settings(home=tmp_path / "home", embedding_model=ENCODER, incremental=always)
    publish(settings, write_jsonl(tmp_path / "first.jsonl", [*records(), *EDITIONS[later:]]))
    if later:
        publish(settings, write_jsonl(tmp_path / "later.jsonl", EDITIONS[:later]))
    snapshot = open_current(settings.home)
    assert bool(snapshot.manifest.base) == bool(later)
    copies = {snapshot.identifier(row) for row in snapshot.copies_of("edition/3").tolist()}
    assert copies == {one["id"] for one in EDITIONS}
    assert STORY[0].split()[0] in snapshot.card(snapshot.row("edition/3") or 0)["teaser"]
