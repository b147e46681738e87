"""Decisions about a moved article hold while the active snapshot has it under its former ID."""

import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from command_line import run
from recommender.articles.article import Article, Status
from recommender.catalogue.database import open_database
from recommender.catalogue.store import Catalogue
from recommender.cdn.affected import affected_articles, with_copies
from recommender.ingest.importer import Importer
from recommender.ingest.push import PushImporter
from recommender.overrides.active import ActiveOverrides
from recommender.overrides.log import Log
from recommender.overrides.override import Kind, Override
from recommender.overrides.read_once import count_hidden, read_overrides
from recommender.overrides.resolve import RowLookup
from recommender.overrides.watcher import OverrideWatcher
from recommender.serving.responses import open_current
from recommender.settings import Settings
from recommender.snapshots.snapshot import Snapshot
from sample_site import NOW, publish, records, write_jsonl
from service import create_app

MOVE = {"id": "peace/0", "formerly": ["talks/0"]}
"""What the record of talks/0 has after the move."""


def site_after_move(path: Path, **fields: Any) -> Path:
    """Write the site in which talks/0 has another ID."""
    first, *others = records()
    return write_jsonl(path, [first | MOVE | fields, *others])


def moved(*formerly: str, identifier: str = "peace/0", **fields: Any) -> Article:
    """Return the article as a content system pushes it after the move."""
    first = records()[0]
    texts = {name: first[name] for name in ("title", "body", "language")}
    published = datetime.fromisoformat(first["published"])
    names = {"id": identifier, "formerly": formerly or ("talks/0",)}
    return Article(published=published, **names, **texts, **fields)


@pytest.fixture
def pushes(settings: Settings, snapshot_id: str) -> PushImporter:
    """Pushes to the published site. Its snapshot has talks/0."""
    return PushImporter(open_database(settings.catalogue_url))


def is_shown(settings: Settings, article: str = "talks/0") -> bool:
    """Return whether a worker that starts now shows the article and its list."""
    client = create_app(settings).test_client()
    lists = client.get("/v1/articles/talks/1/related?limit=20").json
    assert lists is not None
    is_card = article in [card["id"] for card in lists["cards"]]
    assert is_card == (client.get(f"/v1/articles/{article}/related").status_code == 200)
    return is_card


def decide(settings: Settings, *overrides: Override) -> None:
    with closing(Log(settings.catalogue_url)) as log:
        log.add(overrides, time.time())


def active(settings: Settings) -> tuple[Snapshot, ActiveOverrides]:
    snapshot = open_current(settings.home)
    return snapshot, read_overrides(settings.catalogue_url, snapshot, time.time()).active


WITHDRAW = Override(kind=Kind.WITHDRAW, article="peace/0")


@pytest.mark.parametrize("by", ["editor", "source", "push"])
def test_a_rollback_hides_what_was_withdrawn_after_its_move(
    settings: Settings, pushes: PushImporter, snapshot_id: str, source: Path, by: str
) -> None:
    publish(settings, site_after_move(source))
    match by:
        case "editor":
            decide(settings, WITHDRAW)
        case "source":
            publish(settings, site_after_move(source, status="withdrawn"))
        case _:
            pushes.withdraw("peace/0", "cms", datetime.now(UTC))
    assert run(settings.home, "snapshots", "use", snapshot_id).returncode == 0
    assert not is_shown(settings)
    hidden = count_hidden(settings.catalogue_url, open_current(settings.home), time.time())
    assert hidden == (by != "editor")


def test_a_rollback_hides_it_without_the_database(
    settings: Settings, snapshot_id: str, source: Path
) -> None:
    publish(settings, site_after_move(source))
    decide(settings, WITHDRAW)
    assert run(settings.home, "snapshots", "use", snapshot_id).returncode == 0
    create_app(settings)  # saves the fallback file
    (settings.home / "catalogue.sqlite3").unlink()
    assert not is_shown(settings)


def test_a_running_service_hides_it_before_the_next_index_run(
    settings: Settings, pushes: PushImporter
) -> None:
    client = create_app(settings).test_client()
    pushes.put(moved(), "cms", datetime.now(UTC))
    assert client.get("/v1/articles/talks/0/related").status_code == 200
    decide(settings, WITHDRAW)
    deadline = time.monotonic() + 2
    while client.get("/v1/articles/talks/0/related").status_code != 404:
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.parametrize("pushed", [True, False])
def test_a_move_to_a_draft_hides_it(
    settings: Settings, pushes: PushImporter, snapshot_id: str, source: Path, pushed: bool
) -> None:
    if pushed:
        pushes.put(moved(status=Status.DRAFT), "cms", datetime.now(UTC))
    else:
        publish(settings, site_after_move(source, status="draft"))
        assert run(settings.home, "snapshots", "use", snapshot_id).returncode == 0
    assert not is_shown(settings)


def test_a_tombstone_of_the_former_id_hides_nothing(
    settings: Settings, snapshot_id: str, source: Path
) -> None:
    first, *others = records()
    write_jsonl(source, [first | MOVE, {"id": "talks/0", "status": "withdrawn"}, *others])
    with closing(Catalogue(settings.catalogue_url)) as catalogue:
        importer = Importer(settings, NOW, lambda _: None, lambda *_: None)
        importer.read([str(source)], catalogue)
    assert is_shown(settings)
    publish(settings, source)
    assert is_shown(settings, "peace/0")
    assert run(settings.home, "snapshots", "use", snapshot_id).returncode == 0
    assert is_shown(settings)


def test_overrides_apply_before_the_next_index_run(
    settings: Settings, pushes: PushImporter
) -> None:
    pushes.put(moved(), "cms", datetime.now(UTC))
    decide(
        settings,
        Override(kind=Kind.HOLD, article="peace/0"),
        Override(kind=Kind.PIN, article="talks/2", pick="peace/0", place=1),
        Override(kind=Kind.BOOST, pick="peace/0", factor=2.0),
        Override(kind=Kind.BLOCK, article="talks/3", pick="peace/0"),
    )
    snapshot, found = active(settings)
    row, pinned, blocked = (snapshot.row(f"talks/{n}") or 0 for n in (0, 2, 3))
    assert found.boost is not None
    assert found.boost[row] > 0
    now = time.time()
    held = found.under(row, now)
    assert held is not None
    assert held.held
    assert [one.row for one in found.articles[pinned]] == [row]
    assert [one.row for one in found.articles[blocked]] == [row]


def test_decisions_follow_a_move_back(settings: Settings, pushes: PushImporter) -> None:
    """Of a former ID those of editors count, but not that a content system deleted it."""
    pushes.put(moved(), "cms", datetime.now(UTC))
    decide(settings, Override(kind=Kind.HOLD, article="peace/0"))
    pushes.withdraw("peace/0", "cms", datetime.now(UTC))
    assert not is_shown(settings)
    back = moved("peace/0", identifier="talks/0")
    pushes.put(back, "cms", datetime.now(UTC))
    assert is_shown(settings)
    snapshot, found = active(settings)
    held = found.under(snapshot.row("talks/0") or 0, time.time())
    assert held is not None
    assert held.held


def test_a_move_without_a_new_decision_is_read(settings: Settings, pushes: PushImporter) -> None:
    """An editor may have decided about the new record before the content system named the old."""
    pushes.put(moved("talks/none"), "cms", datetime.now(UTC))
    decide(settings, WITHDRAW)
    with closing(OverrideWatcher(settings.catalogue_url)) as watcher:
        watcher.refresh(1.0)
        assert watcher.known.names == {"peace/0": ["peace/0", "talks/none"]}
        known = watcher.known
        pushes.put(moved(), "cms", datetime.now(UTC))
        watcher.refresh(2.0)
        assert watcher.known.names == {"peace/0": ["peace/0", "talks/0"]}
        assert watcher.known is not known
    assert not is_shown(settings)


def test_a_poll_that_fails_at_the_moves_is_repeated(
    settings: Settings, pushes: PushImporter
) -> None:
    pushes.put(moved(), "cms", datetime.now(UTC))
    database = settings.home / "catalogue.sqlite3"
    with closing(OverrideWatcher(settings.catalogue_url)) as watcher:
        watcher.refresh(1.0)
        decide(settings, WITHDRAW)
        with closing(sqlite3.connect(database)) as connection:
            connection.execute("ALTER TABLE former_ids RENAME COLUMN former_id TO away")
        watcher.refresh(2.0)
        assert "former_id" in watcher.error
        with closing(sqlite3.connect(database)) as connection:
            connection.execute("ALTER TABLE former_ids RENAME COLUMN away TO former_id")
        watcher.refresh(3.0)
        assert watcher.error == ""
        assert [one.kind for one in watcher.known.overrides] == [Kind.WITHDRAW]
        assert watcher.known.names == {"peace/0": ["peace/0", "talks/0"]}


@pytest.mark.parametrize("pruned", [True, False])
def test_index_runs_follow_moves_back_and_forth(
    settings: Settings, snapshot_id: str, source: Path, pruned: bool
) -> None:
    """With ``--prune`` the sources need not say that an article moved back."""
    first, *others = records()
    back = first if pruned else first | {"formerly": ["peace/0"]}
    ids = ["talks/0", "peace/0"]
    for record in [first | MOVE, back, first | MOVE][: 2 if pruned else 3]:
        write_jsonl(source, [record, *others])
        done = run(settings.home, "index", str(source), *["--prune"] * pruned)
        assert done.returncode == 0, done.stderr
        snapshot = open_current(settings.home)
        assert [one for one in ids if snapshot.own_row(one) is not None] == [record["id"]]
        assert snapshot.row("talks/0") == snapshot.row("peace/0")


def test_caches_drop_it_under_both_ids(settings: Settings, pushes: PushImporter) -> None:
    pushes.put(moved(), "cms", datetime.now(UTC))
    names = {"peace/0": ["peace/0", "talks/0"]}
    rows = RowLookup(open_current(settings.home), names)
    affected = with_copies(affected_articles([WITHDRAW]), rows)
    assert affected.cards == affected.articles == ["peace/0", "talks/0"]
