"""Incremental runs know the copies of articles, also of hidden ones."""

from pathlib import Path

import msgspec
import pytest

from incremental_site import (
    LATER,
    NOTICE,
    add,
    current,
    full_run,
    new_record,
    planned,
    run,
    site_settings,
    withdraw_and_replace,
)
from recommender.catalogue.store import Catalogue
from recommender.incremental.plan import FullRun
from recommender.runs.pipeline import index
from recommender.runs.results import RunOptions
from recommender.settings import Ranking
from sample_site import publish, records, write_jsonl


def test_copies_of_a_withdrawn_article_stay_known_as_copies(home: Path) -> None:
    row = records()[0]
    reprint = row | {"id": "reprint/0", "url": "https://site.example/r/0"}
    add(home, reprint)
    run(home)
    options = site_settings(home)
    catalogue = Catalogue(options.catalogue_url)
    index(options, catalogue, LATER, lambda *_: None, RunOptions(full=True, force=True))
    catalogue.close()
    before = current(home)
    copies = {before.identifier(one) for one in before.copies_of(row["id"]).tolist()}
    assert copies == {row["id"], "reprint/0"}
    add(home, row | {"status": "withdrawn"})
    assert run(home).increment is not None
    after = current(home)
    left = {after.identifier(one) for one in after.copies_of(row["id"]).tolist()}
    assert left >= {"reprint/0"}


def test_a_copy_of_an_article_that_was_withdrawn_before_the_full_run_is_known(home: Path) -> None:
    row, again = records()[0], {"id": "again/0", "url": "https://site.example/again/0"}
    add(home, row | {"status": "withdrawn"})
    full_run(home)
    add(home, row | again, new_record(1, "talks"))
    assert run(home).increment is not None
    after = current(home)
    assert [after.identifier(one) for one in after.copies_of(row["id"]).tolist()] == ["again/0"]
    add(home, row)
    assert run(home).increment is not None
    assert current(home).row(row["id"]) is not None


def test_a_copy_of_the_former_text_of_a_withdrawn_article_is_known(home: Path) -> None:
    row, again = records()[0], {"id": "again/0", "url": "https://site.example/again/0"}
    withdraw_and_replace(home, row)
    full_run(home)
    add(home, row | again)
    assert run(home).increment is not None
    after = current(home)
    copies = {after.identifier(one) for one in after.copies_of(row["id"]).tolist()}
    assert copies == {row["id"], "again/0"}


def test_all_copies_of_a_withdrawn_article_are_known_when_it_is_hidden(home: Path) -> None:
    row = records()[0]
    earlier, again = (
        row | {"id": f"{name}/0", "url": f"https://site.example/{name}/0"}
        for name in ("earlier", "again")
    )
    withdraw_and_replace(home, row)
    add(home, earlier)
    full_run(home)
    add(home, row | {"body": NOTICE, "status": "draft"}, again)
    assert run(home).increment is not None
    after = current(home)
    copies = {after.identifier(one) for one in after.copies_of(row["id"]).tolist()}
    assert copies == {"earlier/0", "again/0"}


@pytest.mark.parametrize(
    ("ranking", "change"),
    [
        (Ranking(), {"language": "de"}),
        (Ranking(newest_only_sections=("politics",)), {}),
    ],
)
def test_a_copy_is_known_as_one_where_it_may_not_be_a_card(
    tmp_path: Path, ranking: Ranking, change: dict[str, str]
) -> None:
    options = msgspec.structs.replace(site_settings(tmp_path / "home"), ranking=ranking)
    publish(options, write_jsonl(tmp_path / "site.jsonl", records()))
    oldest = records()[-3]
    reprint = oldest | {"id": "reprint/0", "url": "https://site.example/r/0"} | change
    add(options.home, reprint)
    assert run(options.home, ranking=ranking).increment is not None
    after = current(options.home)
    found = {after.identifier(one) for one in after.copies_of(oldest["id"]).tolist()}
    assert found == {oldest["id"], "reprint/0"}


def test_an_edit_of_a_withdrawn_article_leaves_its_former_text_known(home: Path) -> None:
    row, again = records()[0], {"id": "again/0", "url": "https://site.example/again/0"}
    withdraw_and_replace(home, row)
    full_run(home)
    add(home, row | {"body": NOTICE, "tags": ["edited"]}, row | again)
    assert run(home).increment is not None
    after = current(home)
    copies = {after.identifier(one) for one in after.copies_of(row["id"]).tolist()}
    assert copies == {row["id"], "again/0"}
    add(home, row | {"body": "This article was removed for good."})
    assert planned(home) == FullRun("the text of a withdrawn article was replaced")
