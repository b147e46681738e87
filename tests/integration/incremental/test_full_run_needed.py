"""When a run is a full one although incremental runs are on, and why."""

import os
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from incremental_site import (
    LATER,
    NO_BASE,
    NO_STATE,
    add,
    current,
    full_run,
    new_record,
    planned,
    presented,
    run,
    site_settings,
    withdraw_and_replace,
)
from paths import ROOT
from recommender.catalogue.store import Catalogue
from recommender.home import DataDir
from recommender.incremental.fitted_state import folder_of, load_state
from recommender.incremental.plan import FullRun, IncrementalPlan, plan_run
from recommender.settings import Incremental, Ranking
from sample_site import NOW, records

MANY = "2 articles new, changed or gone since the last full run of 24"
OLD = "the last full run is 1 hours old"


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        (Incremental(min_articles=0, max_changed=1), MANY),
        (Incremental(min_articles=0, max_changed_share=0.05), MANY),
        (Incremental(min_articles=0, max_changed_share=1, max_age_hours=0.5), OLD),
        (Incremental(min_articles=0, max_changed=0), ""),
        (Incremental(min_articles=25), ""),
    ],
)
def test_much_change_or_age_asks_for_a_full_run(
    home: Path, settings: Incremental, reason: str
) -> None:
    add(home, new_record(1, "talks"), new_record(2, "talks"))
    options = msgspec.structs.replace(site_settings(home), incremental=settings)
    catalogue = Catalogue(options.catalogue_url)
    plan = plan_run(options, catalogue, LATER)
    catalogue.close()
    assert plan == FullRun(reason)


def test_other_settings_and_a_lost_base_ask_for_a_full_run(home: Path) -> None:
    options = site_settings(home)
    catalogue = Catalogue(options.catalogue_url)
    other = msgspec.structs.replace(options, ranking=Ranking(minimum_relevance=0.7))
    assert plan_run(other, catalogue, LATER) == FullRun("settings or version changed")
    set_back = plan_run(options, catalogue, NOW - timedelta(hours=1))
    assert set_back == FullRun("the last full run is dated in the future")
    add(home, new_record(1, "talks"))
    run(home)
    snapshot = current(home)
    shutil.rmtree(snapshot.folder.parent / snapshot.manifest.base)
    plan = plan_run(options, catalogue, LATER)
    assert plan == FullRun(NO_BASE)
    (folder_of(DataDir(home)) / "state.joblib").write_bytes(b"damaged")
    plan = plan_run(options, catalogue, LATER)
    assert plan == FullRun(NO_STATE)
    catalogue.close()


def test_an_older_or_another_database_asks_for_a_full_run(home: Path) -> None:
    assert isinstance(planned(home), IncrementalPlan)
    other = planned(home, database_url="postgresql+psycopg://db.example.com/news")
    assert other == FullRun("settings or version changed")
    assert planned(home, NOW - timedelta(1)) == FullRun("the last full run is dated in the future")


def test_a_restored_database_that_counted_on_asks_for_a_full_run(home: Path) -> None:
    database = home / "catalogue.sqlite3"
    shutil.copy(database, home / "backup")
    add(home, new_record(1, "talks"))
    full_run(home)
    shutil.move(home / "backup", database)
    for number in (2, 3):
        add(home, new_record(number, "talks"))
    assert planned(home) == FullRun("the database is another copy")
    full_run(home)
    assert isinstance(planned(home), IncrementalPlan)
    assert "later/2" in presented(current(home))


def test_a_replaced_text_of_a_withdrawn_article_asks_for_a_full_run(home: Path) -> None:
    withdraw_and_replace(home, records()[0])
    assert planned(home) == FullRun("the text of a withdrawn article was replaced")


def test_a_changed_byte_of_the_base_or_the_state_asks_for_a_full_run(home: Path) -> None:
    state = folder_of(DataDir(home)) / "state.joblib"
    relevance = current(home).folder / "relevance.npy"
    for path, reason in ((relevance, NO_BASE), (state, NO_STATE)):
        data = path.read_bytes()
        middle = len(data) // 2
        path.write_bytes(data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :])
        assert planned(home) == FullRun(reason)
        path.write_bytes(data)
    assert isinstance(planned(home), IncrementalPlan)


def test_a_restored_backup_has_no_fitted_state(home: Path, tmp_path: Path) -> None:
    backup = tmp_path / "backup"
    environment = {**os.environ, "PYTHON": sys.executable}
    environment["RECOMMENDER"] = f"{sys.executable} -m recommender"
    for command in (["backup.sh", home, backup], ["restore.sh", home, backup]):
        subprocess.run([ROOT / "deploy" / command[0], *command[1:]], env=environment, check=True)
    assert planned(home) == FullRun(NO_STATE)
    assert planned(home, incremental=Incremental(max_changed=0)) == FullRun()
    assert planned(home, incremental=Incremental(min_articles=25)) == FullRun()


def test_a_full_run_that_stops_leaves_no_state_of_another_base(home: Path) -> None:
    def stop(step: str, *_: object) -> None:
        if step == "saving the fitted state":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        full_run(home, stop)
    assert planned(home) == FullRun(NO_STATE)


def test_a_state_that_cannot_be_saved_is_a_warning(home: Path) -> None:
    shutil.rmtree(folder_of(DataDir(home)))
    folder_of(DataDir(home)).write_text("in the way")
    result = full_run(home)
    assert result.snapshot == current(home).manifest.id
    assert len(result.warnings) == 1
    assert result.warnings[0].startswith("the fitted state was not saved: ")
    assert load_state(DataDir(home)) is None
