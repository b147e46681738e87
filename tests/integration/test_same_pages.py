"""Decisions about a record hold for fuller records of the same page: same address and title."""

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from recommender.catalogue.store import Catalogue
from recommender.overrides.log import Log
from recommender.overrides.override import Kind, Override
from recommender.overrides.read_once import read_overrides
from recommender.serving.filters import is_public
from recommender.serving.responses import open_current
from recommender.settings import Settings
from sample_site import ENCODER, NOW, publish, records, write_jsonl

AT = NOW.timestamp()
TEXT = " ".join(f"The clinic told patient {n} of result {n}." for n in range(40))
EXCERPT = {
    "id": "https://clinic.example/?p=14",
    "url": "https://clinic.example/results/",
    "title": "Clinic mixed up test results",
    "body": TEXT[:200],
    "published": "2026-10-30T08:00:00Z",
    "section": "politics",
    "language": "en",
}
FULL = EXCERPT | {"id": "clinic/14", "url": "http://www.clinic.example/results", "body": TEXT}


def indexed(folder: Path, *rows: dict[str, Any]) -> Settings:
    settings = Settings(home=folder / "home", embedding_model=ENCODER)
    publish(settings, write_jsonl(folder / "site.jsonl", [*records(), *rows]))
    return settings


def decide(settings: Settings, **decision: Any) -> None:
    with closing(Catalogue(settings.catalogue_url)) as catalogue:
        log = Log(settings.catalogue_url, catalogue.engine)
        log.add([Override(author="ann", **decision)], AT)


def is_shown(settings: Settings, identifier: str) -> bool:
    snapshot = open_current(settings.home)
    active = read_overrides(settings.catalogue_url, snapshot, AT).active
    row = snapshot.row(identifier)
    return row is not None and is_public(snapshot, row, AT, active)


WRITTEN_BY_HAND = " ".join(f"Doctor {n} wants a second opinion about case {n}." for n in range(9))


@pytest.mark.parametrize("body", [EXCERPT["body"], "", WRITTEN_BY_HAND])
def test_a_withdrawn_excerpt_hides_the_full_record_that_comes_later(
    tmp_path: Path, body: str
) -> None:
    settings = indexed(tmp_path, EXCERPT | {"body": body, "teaser": "A mistake."})
    decide(settings, kind=Kind.WITHDRAW, article=EXCERPT["id"])
    indexed(tmp_path, FULL)
    assert not is_shown(settings, FULL["id"])
    assert is_shown(settings, "talks/0")


def test_a_withdrawal_hides_the_record_that_has_more_of_the_page(tmp_path: Path) -> None:
    settings = indexed(tmp_path, EXCERPT, FULL)
    assert is_shown(settings, FULL["id"])
    decide(settings, kind=Kind.WITHDRAW, article=EXCERPT["id"])
    assert not is_shown(settings, FULL["id"])


def test_records_of_one_page_are_one_card(tmp_path: Path) -> None:
    """Whatever their texts are, the page is no card under itself and one card elsewhere."""
    settings = indexed(tmp_path, EXCERPT | {"body": WRITTEN_BY_HAND}, FULL)
    snapshot = open_current(settings.home)
    rows = sorted(row for one in (EXCERPT, FULL) if (row := snapshot.row(one["id"])) is not None)
    assert sorted(snapshot.duplicates_of(rows[0]).tolist()) == rows
    assert len(rows) == 2


def test_another_title_or_address_is_another_article(tmp_path: Path) -> None:
    later = FULL | {"title": "What the clinic told its patients"}
    elsewhere = FULL | {"id": "clinic/15", "url": "https://clinic.example/results/2"}
    settings = indexed(tmp_path, EXCERPT, later, elsewhere)
    decide(settings, kind=Kind.WITHDRAW, article=EXCERPT["id"])
    assert is_shown(settings, later["id"])
    assert is_shown(settings, elsewhere["id"])
