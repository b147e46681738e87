"""A database that lacks active overrides: nothing is saved in it until it is repaired."""

import shutil
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event

from command_line import refused_command
from desk_client import PASSWORD, Browser
from recommender.articles.article import Article, Status
from recommender.catalogue.accounts import Accounts, Role
from recommender.catalogue.database import open_database
from recommender.catalogue.store import Catalogue
from recommender.cli import main
from recommender.errors import CatalogueError, DataDirError, OutdatedDatabaseError
from recommender.ingest.push import PushImporter
from recommender.overrides.edits.recovery import recover
from recommender.overrides.fallback import load, load_for
from recommender.overrides.log import Log
from recommender.overrides.override import Kind, Override
from recommender.overrides.watcher import OverrideWatcher
from recommender.settings import Settings
from sample_site import NOW, PUSHED
from service import create_app

RESTORE = "recommender override recover"


class Site:
    """A service whose database is put back to a backup after an article was held."""

    def __init__(self, settings: Settings) -> None:
        self.home = settings.home
        self.path = settings.home / "catalogue.sqlite3"
        engine = open_database(settings.catalogue_url)
        accounts = Accounts(engine)
        accounts.add("ann", Role.ADMIN, PASSWORD, NOW.timestamp())
        self.tokens = {
            purpose: accounts.new_key("ann", purpose, "", time.time())
            for purpose in ("token", "articles")
        }
        engine.dispose()
        self.app = create_app(settings)
        self.readers: FlaskClient = self.app.test_client()
        backup = self.home / "backup.sqlite3"
        with closing(sqlite3.connect(self.path)) as source, closing(sqlite3.connect(backup)) as to:
            source.backup(to)
        assert self.post("hold", "talks/0").status_code == 201
        for file in self.home.glob("catalogue.sqlite3*"):
            file.unlink()
        shutil.move(backup, self.path)
        self.poll()

    def poll(self) -> None:
        updater = self.app.extensions["state_updater"]
        updater.poll_overrides()
        updater.refresh()

    def post(self, kind: str, article: str) -> Any:
        body = {"decisions": [{"kind": kind, "article": article}], "seen": {article: 0}}
        headers = {"Authorization": f"Bearer {self.tokens['token']}"}
        return self.readers.post("/v1/overrides", json=body, headers=headers)

    def put(self) -> Any:
        headers = {"Authorization": f"Bearer {self.tokens['articles']}"}
        return self.readers.put(f"/v1/articles/{PUSHED['id']}", json=PUSHED, headers=headers)

    def cards(self, article: str) -> int:
        answer: Any = self.readers.get(f"/v1/articles/{article}/related").json
        return len(answer["cards"])


@pytest.fixture
def site(settings: Settings, snapshot_id: str) -> Site:
    assert snapshot_id
    return Site(settings)


def entries(site: Site) -> int:
    with closing(sqlite3.connect(site.path)) as database:
        return int(database.execute("SELECT count(*) FROM decisions").fetchone()[0])


def test_nothing_can_be_saved_in_an_older_database(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    for refused in (site.post("hold", "talks/1"), site.put()):
        assert refused.status_code == 503
        assert "othing was saved" in refused.json["detail"]
        assert RESTORE in refused.json["detail"]
    ann = Browser(site.app)
    ann.sign_in("ann")
    for page in (
        ann.save("talks/1", hold=True),
        ann.post("/desk/withdraw", query_string={"id": "talks/1"}, data={"do": "withdraw"}),
    ):
        assert page.status_code == 503
        assert "Nothing was saved: the database lacks rules" in page.text
    message = refused_command(site.home, capsys)
    assert message.startswith("recommender: nothing was saved: ")
    assert RESTORE in message
    with pytest.raises(SystemExit):
        main(["articles", "withdraw", "talks/1", "--home", str(site.home)])
    assert entries(site) == 0
    assert (site.cards("talks/0"), site.cards("talks/1")) == (0, 6)
    assert RESTORE in site.readers.get("/readyz").json["overrides"]["database"]


def test_recovery_stores_what_the_database_lacks(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["override", "recover", "--home", str(site.home), "--by", "eve"])
    assert "entry 1: hold under talks/0\nrecovered 1 entry and 0 changes" in capsys.readouterr().out
    site.poll()
    assert site.readers.get("/readyz").json["overrides"]["database"] == "connected"
    assert site.post("hold", "talks/1").status_code == 201
    assert (site.cards("talks/0"), site.cards("talks/1")) == (0, 0)
    main(["override", "recover", "--home", str(site.home)])
    assert "recovered 0 entries" in capsys.readouterr().out


def test_the_lost_overrides_can_be_discarded(site: Site, settings: Settings) -> None:
    main(["override", "recover", "--discard", "--home", str(site.home)])
    readers = create_app(settings).test_client()
    answer: Any = readers.get("/v1/articles/talks/0/related").json
    assert len(answer["cards"]) == 6
    assert readers.get("/readyz").json["overrides"]["database"] == "connected"


def test_a_save_between_two_polls_is_refused(settings: Settings, snapshot_id: str) -> None:
    """The state is checked in the transaction, not by the last poll."""
    assert snapshot_id
    watcher = OverrideWatcher(settings.catalogue_url)
    log = Log(settings.catalogue_url, check=watcher.check_database)
    pushed = PushImporter(log.engine, watcher.check_database)
    hold = Override(kind=Kind.HOLD, article="talks/0", author="ann")
    log.add([hold], NOW.timestamp())
    watcher.refresh(time.time())
    with log.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM decisions")
    with pytest.raises(OutdatedDatabaseError, match="lacks entry 1"):
        log.add([hold], NOW.timestamp())
    with pytest.raises(OutdatedDatabaseError):
        pushed.withdraw("talks/1", "cms", NOW)
    log.close()
    watcher.close()


def test_a_poll_during_a_save_is_no_older_database(settings: Settings, snapshot_id: str) -> None:
    """What is compared is what was known when the query began."""
    assert snapshot_id
    watcher = OverrideWatcher(settings.catalogue_url)
    log = Log(settings.catalogue_url)
    pushed = PushImporter(log.engine, lambda _: None)
    later = iter([lambda: hold("talks/1")(log), lambda: pushed.withdraw("talks/3", "cms", NOW)])

    def meanwhile(*_: object) -> None:
        for save in later:
            save()
            watcher.refresh(time.time())

    hold("talks/0")(log)
    pushed.withdraw("talks/2", "cms", NOW)
    watcher.refresh(time.time())
    engine = open_database(settings.catalogue_url)
    event.listen(engine, "after_cursor_execute", meanwhile)
    with engine.connect() as connection:
        watcher.check_database(connection)
    assert watcher.known.version == 2
    engine.dispose()
    log.close()
    watcher.close()


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE visibility RENAME COLUMN expires TO ends",
        """INSERT INTO decisions
        VALUES (9, 'later kind', 'a', '', 'article', NULL, NULL, '', '', NULL, NULL, 1, NULL)""",
    ],
)
def test_what_polls_cannot_read_cannot_be_saved_either(
    settings: Settings, snapshot_id: str, change: str
) -> None:
    """As a newer version may leave the database under a service."""
    assert snapshot_id
    watcher = OverrideWatcher(settings.catalogue_url)
    log = Log(settings.catalogue_url, check=watcher.check_database)
    with log.engine.begin() as connection:
        connection.exec_driver_sql(change)
    watcher.refresh(time.time())
    assert watcher.error
    with pytest.raises(CatalogueError):
        log.add([Override(kind=Kind.HOLD, article="talks/0", author="ann")], NOW.timestamp())
    log.close()
    watcher.close()


def test_a_commit_is_flushed_to_the_disk(settings: Settings, snapshot_id: str) -> None:
    assert snapshot_id
    engine = open_database(settings.catalogue_url)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2  # FULL
    engine.dispose()


Change = Callable[[Log], object]


def hold(article: str) -> Change:
    return lambda log: log.add([Override(kind=Kind.HOLD, article=article, author="a")], 100.0)


def undo(number: int) -> Change:
    return lambda log: log.add([Override(kind=Kind.UNDO, undoes=number, author="a")], 100.0)


def pin(article: str, pick: str, at: float = 100.0) -> Change:
    one = Override(kind=Kind.PIN, article=article, pick=pick, place=1, author="a")
    return lambda log: log.add([one], at)


@pytest.mark.parametrize(
    ("lost", "later", "active"),
    [
        ([hold("b")], None, {"hold a", "hold b"}),
        ([hold("b"), undo(1)], None, {"hold b"}),
        ([undo(1), hold("b")], None, {"hold b"}),
        ([hold("b"), undo(2)], None, {"hold a"}),
        ([hold("b"), undo(2), undo(3)], None, {"hold a", "hold b"}),
        # Saved in the older copy before this check existed: its numbers are taken.
        ([hold("b")], pin("c", "d", 200.0), {"hold a", "hold b", "pin c"}),
        ([undo(1)], pin("c", "d", 200.0), {"pin c"}),
        ([pin("c", "e")], pin("c", "d", 200.0), {"hold a", "pin c"}),
    ],
)
def test_recovery_restores_exactly_the_active_overrides(
    database: str, tmp_path: Path, lost: list[Change], later: Change | None, active: set[str]
) -> None:
    catalogue = Catalogue(database)
    catalogue.add([Article(id=i, title=i, published=NOW) for i in "abcde"], "here", NOW)
    log = Log(database, catalogue.engine)
    hold("a")(log)
    kept = log.version()
    file = tmp_path / "decisions.json"
    for change in lost:
        change(log)
    PushImporter(catalogue.engine).withdraw("e", "cms", NOW)
    service = OverrideWatcher(database, file)
    service.refresh(time.time())
    service.save_fallback(time.time())
    with catalogue.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE decisions SET undoes = NULL WHERE id > {kept}")
        connection.exec_driver_sql(f"DELETE FROM decisions WHERE id > {kept}")
        connection.exec_driver_sql("DELETE FROM visibility")
        connection.exec_driver_sql("UPDATE changes SET number = 0 WHERE name = 'visibility'")
    if later is not None:
        later(log)
    service.refresh(time.time())
    assert service.outdated
    recover(log, load_for(file, database), "eve", 300.0)
    assert {f"{one.kind} {one.article}" for one in log.active()} == active
    (row,) = catalogue.visibility()
    assert (row.article_id, row.status, row.changed) == ("e", Status.WITHDRAWN, 2)
    file.unlink()
    restarted = OverrideWatcher(database, file)
    restarted.refresh(time.time())
    restarted.save_fallback(time.time())
    assert (restarted.error, len(restarted.known.overrides)) == ("", len(active))
    service.refresh(time.time())
    service.refresh(time.time())
    if later is None:
        assert service.error == ""
        assert {one.article for one in service.known.overrides} == {
            one.article for one in restarted.known.overrides
        }
    for watcher in (service, restarted):
        watcher.close()
    catalogue.close()


def test_a_backup_of_another_database_is_not_recovered(settings: Settings, site: Site) -> None:
    assert load(site.home / "decisions.json") is not None
    with pytest.raises(DataDirError, match="expected a backup of postgresql://host/other"):
        load_for(site.home / "decisions.json", "postgresql+psycopg://host/other")
    (site.home / "decisions.json").unlink()
    with pytest.raises(DataDirError, match="got no such file"):
        load_for(site.home / "decisions.json", settings.catalogue_url)
