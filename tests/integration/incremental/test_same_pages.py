"""Incremental runs know the records of one page: decisions about an excerpt hide the full text."""

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from incremental_site import (
    LATER,
    NOTICE,
    add,
    current,
    full_run,
    new_record,
    run,
    site_settings,
    withdraw_and_replace,
)
from recommender.catalogue.store import Catalogue
from recommender.overrides.log import Log
from recommender.overrides.override import Kind, Override
from recommender.overrides.read_once import read_overrides
from sample_site import records

FULL, OTHER = new_record(1, "talks"), new_record(2, "talks")
EXCERPT = FULL | {"id": "https://site.example/?p=1", "url": "http://www.site.example/later/1/"}
TEXTS = ["Sailors wait.", " ".join(f"Sailor {n} counts the anchors of ship {n}." for n in range(9))]


def decide(home: Path, **decision: Any) -> None:
    settings = site_settings(home)
    with closing(Catalogue(settings.catalogue_url)) as catalogue:
        log = Log(settings.catalogue_url, catalogue.engine)
        log.add([Override(author="ann", **decision)], LATER.timestamp())


def add_later(home: Path, *rows: dict[str, Any]) -> None:
    add(home, *rows)
    assert run(home).increment is not None


def shown(home: Path) -> set[str]:
    """Return which of two later articles may be cards."""
    snapshot, at = current(home), LATER.timestamp() + 60
    active = read_overrides(site_settings(home).catalogue_url, snapshot, at).active
    visible = active.visible(snapshot.public.at(at))
    rows = {one: snapshot.own_row(one) for one in (FULL["id"], OTHER["id"])}
    return {one for one, row in rows.items() if row is not None and visible[row]}


@pytest.mark.parametrize("body", TEXTS)
@pytest.mark.parametrize(
    "decision",
    [
        {"kind": Kind.WITHDRAW, "article": EXCERPT["id"]},
        {"kind": Kind.BLOCK, "pick": EXCERPT["id"]},
    ],
)
def test_a_decision_about_an_excerpt_hides_the_full_text_that_comes_later(
    home: Path, body: str, decision: dict[str, Any]
) -> None:
    add(home, EXCERPT | {"body": body})
    full_run(home)
    decide(home, **decision)
    add_later(home, FULL, OTHER)
    assert shown(home) == {OTHER["id"]}


def test_a_decision_about_a_full_text_hides_the_excerpt_that_comes_later(home: Path) -> None:
    add(home, FULL)
    full_run(home)
    decide(home, kind=Kind.WITHDRAW, article=FULL["id"])
    add_later(home, EXCERPT | {"body": TEXTS[1]}, OTHER)
    row = current(home).own_row(EXCERPT["id"])
    assert row in current(home).copies_of(FULL["id"]).tolist()


@pytest.mark.parametrize("body", TEXTS)
def test_a_decision_about_one_of_two_later_records_holds_for_the_other(
    home: Path, body: str
) -> None:
    add_later(home, EXCERPT | {"body": body}, FULL, OTHER)
    assert shown(home) == {FULL["id"], OTHER["id"]}
    decide(home, kind=Kind.WITHDRAW, article=EXCERPT["id"])
    assert shown(home) == {OTHER["id"]}


@pytest.mark.parametrize("body", TEXTS)
@pytest.mark.parametrize("is_known", [True, False])
def test_an_excerpt_that_its_source_withdrew_hides_the_full_text_that_comes_later(
    home: Path, body: str, is_known: bool
) -> None:
    """The source withdraws it before the full run, or the next run hides it first."""
    excerpt = EXCERPT | {"body": body}
    add(home, excerpt)
    full_run(home)
    add(home, excerpt | {"status": "withdrawn"})
    if is_known:
        full_run(home)
    add_later(home, FULL, OTHER)
    assert shown(home) == {OTHER["id"]}


def test_the_copies_of_a_former_text_stay_known_beside_other_records_of_the_page(
    home: Path,
) -> None:
    """An editor withdrew an article, whose source replaced its text and edited it later."""
    row = records()[0]
    withdraw_and_replace(home, row)
    again = row | {"id": "again/0", "url": "https://site.example/again/0"}
    add(home, again, row | {"id": "excerpt/0", "body": TEXTS[1]})
    full_run(home)
    add_later(home, row | {"body": NOTICE, "tags": ["edited"]})
    snapshot = current(home)
    copies = {snapshot.identifier(one) for one in snapshot.copies_of(row["id"]).tolist()}
    assert copies == {row["id"], "again/0", "excerpt/0"}
