"""Incremental runs: any sequence of changes ends in what one run over all of them publishes."""

import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from paths import ROOT
from recommender.articles.article import Record, article_from
from recommender.catalogue.store import Catalogue
from recommender.embeddings.embed import Report
from recommender.errors import PublishRefusedError
from recommender.estimator.storage import copy_fitted
from recommender.home import DataDir
from recommender.incremental.fitted_state import folder_of, load_state
from recommender.incremental.plan import FullRun, IncrementalPlan, plan_run
from recommender.ingest.push import PushImporter
from recommender.overrides.edits.withdrawals import restore, withdraw
from recommender.overrides.log import Log
from recommender.runs.pipeline import index
from recommender.runs.results import IndexResult, RunOptions
from recommender.serving.filters import DEFAULT_QUERY
from recommender.serving.recommend import related
from recommender.settings import Incremental, Ranking, Settings
from recommender.snapshots.snapshot import Snapshot
from recommender.snapshots.store import current_id
from sample_site import ENCODER, NOW, TOPICS, publish, records, write_jsonl

SEQUENCES = int(os.environ.get("RECOMMENDER_SEQUENCES", "5"))
"""Sequences of changes that are tried."""

ALWAYS = Incremental(min_articles=0, max_changed_share=1.0)
LATER = NOW + timedelta(hours=1)
NUMBERS = st.integers(0, 23)
MANY = "2 articles new, changed or gone since the last full run of 24"
OLD = "the last full run is 1 hours old"
NO_BASE = "the snapshot of the last full run is lost or damaged"
NOTICE = "This article was removed."
NO_STATE = "no fitted state of the last full run"


def site_settings(home: Path) -> Settings:
    return Settings(home=home, embedding_model=ENCODER, incremental=ALWAYS)


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data directory after a full run over the sample site."""
    folder = tmp_path_factory.mktemp("fitted")
    publish(site_settings(folder / "home"), write_jsonl(folder / "site.jsonl", records()))
    return folder / "home"


def run(home: Path, *, force: bool = True, **changes: Any) -> IndexResult:
    options = msgspec.structs.replace(site_settings(home), **changes)
    catalogue = Catalogue(options.catalogue_url)
    try:
        return index(options, catalogue, LATER, lambda *_: None, RunOptions(force=force))
    finally:
        catalogue.close()


def add(home: Path, *rows: dict[str, Any]) -> None:
    catalogue = Catalogue(site_settings(home).catalogue_url)
    articles = [article_from(msgspec.convert(row, Record), LATER.tzinfo) for row in rows]
    catalogue.add(articles, "test", LATER)
    catalogue.close()


def withdraw_and_replace(home: Path, row: dict[str, Any]) -> None:
    """Withdraw an article as an editor does; then its source replaces the text by a notice."""
    with closing(Catalogue(site_settings(home).catalogue_url)) as catalogue:
        withdraw(Log("", catalogue.engine), row["id"], "ann", "", NOW.timestamp())
    add(home, row | {"body": NOTICE})


def current(home: Path) -> Snapshot:
    data_dir = DataDir(home)
    return Snapshot(data_dir.snapshots / current_id(data_dir))


def copied(home: Path, target: Path) -> Path:
    """Copy a data directory, without what incremental runs have scored so far."""
    shutil.copytree(home, target)
    for path in folder_of(DataDir(target)).iterdir():
        if path.name != "state.joblib":
            path.unlink()
    return target


def presented(snapshot: Snapshot) -> dict[str, Any]:
    """Everything about each public article, by ID: its card, list, versions and links."""
    now = LATER.timestamp() + 1
    visible = snapshot.public.at(now)
    found = {}
    for row in range(len(snapshot)):
        if not visible[row]:
            continue
        rows, relevance = snapshot.candidates.of(row)
        scores = {
            snapshot.identifier(other): round(float(value), 3)
            for other, value in zip(rows.tolist(), relevance.tolist(), strict=True)
            if other >= 0 and visible[other]
        }
        found[snapshot.identifier(row)] = {
            "card": snapshot.card(row),
            "scores": scores,
            "cards": [
                (snapshot.identifier(card.row), card.origin)
                for card in related(snapshot, row, DEFAULT_QUERY, now)
            ],
            "duplicates": sorted(map(snapshot.identifier, snapshot.duplicates_of(row).tolist())),
            "links": sorted(map(snapshot.identifier, snapshot.linked_from(row).tolist())),
        }
    return found


def new_record(number: int, topic: str) -> dict[str, Any]:
    words = TOPICS[topic].split()
    return {
        "id": f"later/{number}",
        "url": f"https://site.example/later/{number}",
        "title": f"Later {topic} report {number}: {words[number % len(words)]}",
        "body": " ".join(f"{word} y{number}x{n}" for n, word in enumerate(words)) + ".",
        "published": (LATER - timedelta(minutes=number + 1)).isoformat(),
        "section": "sport" if topic == "football" else "politics",
        "language": "en",
        "links": [f"{topic}/1"],
    }


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


class Changes(RuleBasedStateMachine):
    """Random changes of the archive, each followed by an incremental run."""

    fitted: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.home = self.folder / "home"
        shutil.copytree(self.fitted, self.home)
        self.records = {row["id"]: row for row in records()}
        self.changed = False

    @rule(number=st.integers(0, 9), topic=st.sampled_from(sorted(TOPICS)))
    def publish_article(self, number: int, topic: str) -> None:
        self._store(new_record(number, topic))

    @rule(number=NUMBERS, words=st.sampled_from(sorted(TOPICS.values())))
    def change_text(self, number: int, words: str) -> None:
        row = self._pick(number)
        self._store(row | {"title": f"{row['title']}, updated", "body": f"{words}. {row['body']}"})

    @rule(number=NUMBERS)
    def reprint(self, number: int) -> None:
        row = self._pick(number)
        self._store(row | {"id": f"reprint/{number}", "url": f"https://site.example/r/{number}"})

    @rule(number=NUMBERS, status=st.sampled_from(["withdrawn", "draft", "published"]))
    def set_status(self, number: int, status: str) -> None:
        self._store(self._pick(number) | {"status": status})

    @rule(number=NUMBERS, hours=st.sampled_from([-5, 5]))
    def set_embargo(self, number: int, hours: int) -> None:
        self._store(self._pick(number) | {"published": _in(hours)})

    @rule(number=NUMBERS, hours=st.sampled_from([-5, 5]))
    def set_expiry(self, number: int, hours: int) -> None:
        self._store(self._pick(number) | {"expires": _in(hours)})

    @rule(number=NUMBERS)
    def move(self, number: int) -> None:
        row = self._pick(number)
        self.records.pop(row["id"])
        self._store(row | {"id": f"moved/{row['id']}", "formerly": [row["id"]]})

    @rule(number=NUMBERS)
    def delete(self, number: int) -> None:
        catalogue = Catalogue(site_settings(self.home).catalogue_url)
        self.records.pop(self._pick(number)["id"])
        catalogue.withdraw_all_but(self.records.keys(), LATER)
        catalogue.close()
        self.changed = True

    @invariant()
    def equals_one_run(self) -> None:
        if not self.changed:
            return
        self.changed = False
        result = run(self.home)
        assert result.increment is not None or "newer than the last" in result.reason
        other = copied(self.home, self.folder / "once")
        run(other)
        assert presented(current(self.home)) == presented(current(other))
        shown = {i for i, row in self.records.items() if _is_public(row)}
        assert presented(current(self.home)).keys() == shown
        shutil.rmtree(other)

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    def _pick(self, number: int) -> dict[str, Any]:
        rows = list(self.records.values())
        return rows[number % len(rows)]

    def _store(self, row: dict[str, Any]) -> None:
        add(self.home, row)
        self.records[row["id"]] = row
        self.changed = True


def _in(hours: int) -> str:
    return (LATER + timedelta(hours=hours)).isoformat()


def _is_public(row: dict[str, Any]) -> bool:
    now = LATER.isoformat()
    return (
        row.get("status", "published") == "published"
        and row["published"] <= now
        and not ("expires" in row and row["expires"] <= now)
    )


def test_any_sequence_of_changes_equals_one_run(fitted: Path) -> None:
    Changes.fitted = fitted
    run_state_machine_as_test(
        Changes,
        settings=settings(
            max_examples=SEQUENCES,
            stateful_step_count=6,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.fixture
def home(fitted: Path, tmp_path: Path) -> Path:
    """A copy of the data directory, whose archive may change."""
    shutil.copytree(fitted, tmp_path / "home")
    return tmp_path / "home"


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


def test_a_backup_and_a_copy_have_the_base_of_a_delta(home: Path, tmp_path: Path) -> None:
    add(home, new_record(1, "talks"))
    run(home)
    backup, copy = tmp_path / "backup", tmp_path / "copy"
    environment = {**os.environ, "PYTHON": sys.executable}
    subprocess.run([ROOT / "deploy" / "backup.sh", home, backup], env=environment, check=True)
    copy_fitted(home, copy)
    for folder in (backup, copy):
        assert presented(current(folder)) == presented(current(home))


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


def test_what_is_missing_is_counted_from_the_snapshot_that_is_replaced(home: Path) -> None:
    add(home, *(row | {"status": "draft"} for row in records()[:6]))
    run(home)
    later = [new_record(number, "talks") for number in range(8)]
    add(home, *later)
    assert run(home, force=False).increment is not None
    add(home, *(row | {"status": "draft"} for row in later))
    with pytest.raises(PublishRefusedError, match="8 of 26 articles are missing: 31%"):
        run(home, force=False)


def test_an_article_that_is_sent_again_keeps_the_links_to_it_and_no_others(home: Path) -> None:
    rows = {row["id"]: row for row in records()}
    linking, old = rows["talks/0"], rows["talks/3"]["url"]
    add(home, linking | {"links": ["talks/1", "talks/2"]})
    full_run(home)
    moved = {"id": "moved/3", "formerly": ["talks/3"], "url": "https://site.example/moved/3"}
    add(home, linking | {"links": ["talks/2"]}, rows["talks/2"] | {"teaser": "A new teaser."})
    add(home, rows["talks/3"] | moved | {"links": [old]}, new_record(1, "talks") | {"links": [old]})
    run(home)
    after = current(home)
    ids = [after.identifier(one) for one in range(len(after))]
    pairs = {(ids[one], ids[other]) for one, other in zip(*after.links(), strict=True)}
    assert pairs == {("talks/0", "talks/2"), ("later/1", "moved/3")}
    for target, linkers in {"talks/1": [], "talks/2": ["talks/0"], "moved/3": ["later/1"]}.items():
        row = after.row(target)
        assert row is not None
        assert [ids[one] for one in after.linkers_of(row)] == linkers
    row = after.row("talks/0")
    assert row is not None
    assert [ids[one] for one in after.linked_from(row)] == ["talks/2"]


def test_links_of_later_articles_are_ids_first_and_former_addresses_last(home: Path) -> None:
    rows = {row["id"]: row for row in records()}
    add(home, rows["talks/3"] | {"url": "/1"})
    full_run(home)
    add(home, new_record(1, "talks") | {"links": []})
    moved = new_record(1, "talks") | {"url": "https://site.example/moved", "links": []}
    links = ["talks/1", new_record(1, "talks")["url"]]
    add(home, moved, new_record(2, "talks") | {"links": links})
    assert run(home).increment is not None
    after = current(home)
    row = after.row("later/2")
    assert row is not None
    linked = {after.identifier(one) for one in after.linked_from(row).tolist()}
    assert linked == {"talks/1", "later/1"}


def test_paths_of_later_links_are_those_of_the_same_site(home: Path) -> None:
    rows = {row["id"]: row for row in records()}
    add(home, rows["talks/3"] | {"url": "/3"})
    full_run(home)
    links = ["https://other.example/3", "https://site.example/5"]
    add(home, new_record(1, "talks") | {"links": links, "url": "https://site.example/later"})
    add(home, new_record(2, "talks") | {"url": "/5", "links": ["https://other.example/3"]})
    add(home, new_record(3, "talks") | {"url": "https://other.example/4", "links": links})
    assert run(home).increment is not None
    after = current(home)
    linked = {
        name: [after.identifier(one) for one in after.linked_from(row).tolist()]
        for name in ("later/1", "later/2", "later/3")
        if (row := after.row(name)) is not None
    }
    assert linked == {"later/1": ["later/2"], "later/2": ["talks/3"], "later/3": ["talks/3"]}


def test_a_former_address_or_id_is_the_last_that_a_later_link_names(home: Path) -> None:
    rows = {row["id"]: row for row in records()}
    old = rows["talks/3"]["url"]
    add(home, rows["talks/3"] | {"id": "moved/3", "formerly": ["talks/3"], "url": f"{old}/moved"})
    add(home, rows["talks/4"] | {"url": old})
    full_run(home)
    add(home, new_record(1, "talks") | {"links": [old, "talks/3"]})
    add(home, new_record(2, "talks") | {"formerly": ["later/old"], "links": ["gone"]})
    add(home, new_record(3, "talks") | {"links": ["later/old"]})
    assert run(home).increment is not None
    after = current(home)
    linked = {
        name: {after.identifier(one) for one in after.linked_from(row).tolist()}
        for name in ("later/1", "later/2", "later/3")
        if (row := after.row(name)) is not None
    }
    expected = {"later/1": {"talks/4", "moved/3"}, "later/2": set(), "later/3": {"later/2"}}
    assert linked == expected


def test_an_article_that_came_and_moved_since_the_full_run_keeps_its_addresses(home: Path) -> None:
    addresses = [f"https://site.example/new/{number}" for number in range(3)]
    for number, address in enumerate(addresses):
        formerly = [f"new/{number - 1}"] if number else []
        changes = {"id": f"new/{number}", "url": address, "formerly": formerly}
        add(home, new_record(1, "talks") | changes)
        run(home)
    after = current(home)
    assert [after.rows_of_url(one) for one in addresses] == [[after.row("new/2")]] * 3


def test_an_article_that_moved_and_is_hidden_then_does_not_come_back(home: Path) -> None:
    row = records()[0]
    moved = row | {"id": "moved/0", "formerly": [row["id"]], "url": "https://site.example/new"}
    add(home, moved)
    run(home)
    assert current(home).row(row["id"]) == current(home).row("moved/0")
    assert current(home).rows_of_url(row["url"]) == [current(home).row("moved/0")]
    add(home, moved | {"status": "draft"})
    run(home)
    assert {row["id"], "moved/0"}.isdisjoint(presented(current(home)))


def test_a_later_article_under_embargo_supersedes_no_other(home: Path) -> None:
    add(home, new_record(5, "talks"))
    run(home)
    before = presented(current(home))["talks/0"]["scores"]["later/5"]
    tomorrow = (LATER + timedelta(days=1)).isoformat()
    add(home, new_record(6, "talks") | {"published": tomorrow})
    run(home)
    assert presented(current(home))["talks/0"]["scores"]["later/5"] == before


def planned(home: Path, now: datetime = LATER, **changes: Any) -> IncrementalPlan | FullRun:
    options = msgspec.structs.replace(site_settings(home), **changes)
    with closing(Catalogue(site_settings(home).catalogue_url)) as catalogue:
        return plan_run(options, catalogue, now)


def full_run(home: Path, report: Report = lambda *_: None) -> IndexResult:
    options = site_settings(home)
    with closing(Catalogue(options.catalogue_url)) as catalogue:
        return index(options, catalogue, LATER, report, RunOptions(full=True, force=True))


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
