"""Incremental runs publish new, restored and hidden articles."""

import os
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from incremental_site import (
    LATER,
    add,
    copied,
    current,
    full_run,
    new_record,
    presented,
    run,
    site_settings,
)
from paths import ROOT
from recommender.catalogue.store import Catalogue
from recommender.errors import PublishRefusedError
from recommender.estimator.storage import copy_fitted
from recommender.home import DataDir
from recommender.incremental.fitted_state import folder_of
from recommender.ingest.push import PushImporter
from recommender.overrides.edits.withdrawals import restore
from recommender.overrides.log import Log
from recommender.runs.pipeline import index
from recommender.runs.results import RunOptions
from sample_site import TOPICS, records


def test_an_article_that_no_other_resembles_is_published(fitted: Path, tmp_path: Path) -> None:
    home = copied(fitted, tmp_path / "home")
    text = " ".join(f"qwx{n}zv" for n in range(40))
    lone = {"id": "later/lone", "url": "", "title": "Qwxz", "body": text, "language": "en"}
    add(home, lone | {"published": (LATER - timedelta(minutes=1)).isoformat()})
    run(home)
    snapshot = current(home)
    row = snapshot.row("later/lone")
    assert row is not None
    assert (snapshot.candidates.of(row)[0] < 0).all()


def test_a_new_article_has_cards_and_is_one(home: Path) -> None:
    add(home, new_record(1, "talks"))
    result = run(home)
    assert result.increment is not None
    snapshot = current(home)
    assert snapshot.manifest.base
    found = presented(snapshot)
    cards = [identifier for identifier, origin in found["later/1"]["cards"] if origin == "related"]
    assert cards
    assert {identifier.partition("/")[0] for identifier in cards} == {"talks"}
    shown_under = {i for i, one in found.items() if ("later/1", "related") in one["cards"]}
    assert shown_under
    assert {identifier.partition("/")[0] for identifier in shown_under} == {"talks"}
    assert found["later/1"]["links"] == ["talks/1"]


def test_a_section_in_other_letters_is_none_of_its_own(home: Path) -> None:
    before = current(home).sections
    add(home, new_record(1, "talks") | {"section": " POLITICS"})
    run(home)
    snapshot = current(home)
    row = snapshot.row("later/1")
    assert row is not None
    assert snapshot.manifest.base
    assert snapshot.sections == before
    assert snapshot.sections[snapshot.section.item(row)] == "politics"


def test_a_later_full_run_recommends_much_the_same(home: Path) -> None:
    add(home, *(new_record(number, topic) for number, topic in enumerate(sorted(TOPICS))))
    run(home)
    incremental = presented(current(home))
    options = site_settings(home)
    catalogue = Catalogue(options.catalogue_url)
    result = index(options, catalogue, LATER, lambda *_: None, RunOptions(full=True, force=True))
    catalogue.close()
    assert result.increment is None
    full = presented(current(home))
    assert full.keys() == incremental.keys()
    shared = [
        len({i for i, _ in full[key]["cards"]} & {i for i, _ in incremental[key]["cards"]})
        for key in full
    ]
    assert sum(shared) >= 0.8 * sum(len(one["cards"]) for one in full.values())


def test_an_unchanged_article_is_not_scored_again(home: Path) -> None:
    add(home, new_record(1, "talks"))
    run(home)
    scored = {path: path.stat().st_mtime_ns for path in folder_of(DataDir(home)).iterdir()}
    add(home, new_record(2, "reactor"))
    run(home)
    after = {path: path.stat().st_mtime_ns for path in folder_of(DataDir(home)).iterdir()}
    assert {path: after[path] for path in scored} == scored
    assert len(after) == len(scored) + 1


def test_a_backup_and_a_copy_have_the_base_of_a_delta(home: Path, tmp_path: Path) -> None:
    add(home, new_record(1, "talks"))
    run(home)
    backup, copy = tmp_path / "backup", tmp_path / "copy"
    environment = {**os.environ, "PYTHON": sys.executable}
    subprocess.run([ROOT / "deploy" / "backup.sh", home, backup], env=environment, check=True)
    copy_fitted(home, copy)
    for folder in (backup, copy):
        assert presented(current(folder)) == presented(current(home))


def test_what_is_missing_is_counted_from_the_snapshot_that_is_replaced(home: Path) -> None:
    add(home, *(row | {"status": "draft"} for row in records()[:6]))
    run(home)
    later = [new_record(number, "talks") for number in range(8)]
    add(home, *later)
    assert run(home, force=False).increment is not None
    add(home, *(row | {"status": "draft"} for row in later))
    with pytest.raises(PublishRefusedError, match="8 of 26 articles are missing: 31%"):
        run(home, force=False)


def test_a_later_article_under_embargo_supersedes_no_other(home: Path) -> None:
    add(home, new_record(5, "talks"))
    run(home)
    before = presented(current(home))["talks/0"]["scores"]["later/5"]
    tomorrow = (LATER + timedelta(days=1)).isoformat()
    add(home, new_record(6, "talks") | {"published": tomorrow})
    run(home)
    assert presented(current(home))["talks/0"]["scores"]["later/5"] == before


def test_an_incremental_run_publishes_a_restored_article(home: Path) -> None:
    url = site_settings(home).catalogue_url
    with closing(Catalogue(url)) as catalogue:
        PushImporter(catalogue.engine).withdraw("talks/1", "cms", LATER)
        full_run(home)
        assert "talks/1" not in presented(current(home))
        log = Log(url, catalogue.engine)
        restore(log, "talks/1", "ada", "an error", LATER.timestamp())
    assert run(home).increment is not None
    assert presented(current(home))["talks/1"]["cards"]
