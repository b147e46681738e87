"""SQLite locked, missing, full or read-only: readers are served, editors get an error."""

import sqlite3
import time
from contextlib import closing
from typing import Any

import msgspec
import pytest

from command_line import refused_command
from desk_client import PASSWORD, Browser
from full_disk import full_disk
from metrics_page import metric_values
from real_server import eventually
from recommender.catalogue.accounts import Accounts, Role
from recommender.catalogue.database import open_database
from recommender.cli import main
from recommender.settings import Settings
from service import create_app


class Newsroom:
    """A service, a program with a token, an editor at the desk, an engineer at the shell."""

    def __init__(self, settings: Settings) -> None:
        self.home = settings.home
        engine = open_database(settings.catalogue_url)
        editors = Accounts(engine)
        editors.add("ann", Role.ADMIN, PASSWORD, time.time())
        self._token = editors.new_key("ann", "token", "test", time.time())
        engine.dispose()
        app = create_app(settings)
        self._readers = app.test_client()
        self.ann = Browser(app)
        self.ann.sign_in("ann")

    def restart(self, settings: Settings) -> None:
        """Serve by another application, in which all editors are still signed in."""
        app = create_app(settings)
        self._readers = app.test_client()
        self.ann.go_to(app)

    def post(self, *decisions: dict[str, Any]) -> Any:
        seen = dict.fromkeys((one["article"] for one in decisions), 0)
        return self._readers.post(
            "/v1/overrides",
            json={"decisions": decisions, "seen": seen},
            headers={"Authorization": f"Bearer {self._token}"},
        )

    def cards(self, article: str = "talks/0") -> list[str]:
        answer: Any = self._readers.get(f"/v1/articles/{article}/related?limit=6").json
        return [card["id"] for card in answer["cards"]]

    def database(self) -> str:
        return str(self._readers.get("/readyz").json["overrides"]["database"])

    def metric(self, name: str) -> float:
        return metric_values(self._readers.get("/metrics").text)[f"related_posts_overrides_{name}"]


HOLD = {"kind": "hold", "article": "talks/0"}
OTHER = {"kind": "hold", "article": "talks/1"}


@pytest.fixture
def newsroom(settings: Settings, snapshot_id: str) -> Newsroom:
    """A newsroom on SQLite in which an article is held."""
    assert snapshot_id
    setup = Newsroom(settings)
    assert setup.post(HOLD).status_code == 201
    return setup


def nothing_is_saved(setup: Newsroom, capsys: pytest.CaptureFixture[str], why: str) -> None:
    """Try it by program, at the desk and at the shell: each says so, and readers notice nothing."""
    program = setup.post(OTHER)
    assert (program.status_code, program.content_type) == (503, "application/problem+json")
    assert "othing was saved" in program.json["detail"]
    desk = setup.ann.save("talks/1", hold=True)
    assert (desk.status_code, desk.mimetype) == (503, "text/html")
    assert "Nothing was saved" in desk.text
    message = refused_command(setup.home, capsys)
    assert message.startswith("recommender: nothing was saved: ")
    assert why in message
    readers_notice_nothing(setup)


def readers_notice_nothing(setup: Newsroom) -> None:
    assert setup.cards("talks/0") == []
    assert len(setup.cards("talks/1")) == 6


def the_service_says_so(setup: Newsroom) -> None:
    eventually(lambda: "unavailable" in setup.database())
    assert setup.metric("database_up") == 0
    assert setup.metric("loaded") == 1
    assert setup.metric("read_failures_total") >= 1
    readers_notice_nothing(setup)


def it_goes_on(setup: Newsroom) -> None:
    """Once the database is back decisions are saved and followed."""
    eventually(lambda: setup.database() == "connected")
    assert setup.metric("database_up") == 1
    assert setup.post(OTHER).status_code == 201
    assert setup.cards("talks/1") == []


def test_a_locked_database(newsroom: Newsroom, capsys: pytest.CaptureFixture[str]) -> None:
    with closing(sqlite3.connect(newsroom.home / "catalogue.sqlite3")) as other:
        other.execute("BEGIN IMMEDIATE")
        nothing_is_saved(newsroom, capsys, "locked")
        other.rollback()
    it_goes_on(newsroom)


def test_a_database_locked_at_worker_start(newsroom: Newsroom, settings: Settings) -> None:
    path = newsroom.home / "catalogue.sqlite3"
    copy = path.with_name("copy.sqlite3")
    with closing(sqlite3.connect(path)) as whole, closing(sqlite3.connect(copy)) as written:
        whole.backup(written)
    copy.replace(path)  # a file of its own: the service above has none of it open
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA locking_mode=EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        late = create_app(settings)
        assert "locked" in late.extensions["state_updater"].override_watcher.error
        answer: Any = late.test_client().get("/v1/articles/talks/0/related").json
        assert answer["cards"] == []


def test_a_missing_database_file(newsroom: Newsroom, capsys: pytest.CaptureFixture[str]) -> None:
    path = newsroom.home / "catalogue.sqlite3"
    path.rename(newsroom.home / "elsewhere")
    the_service_says_so(newsroom)
    nothing_is_saved(newsroom, capsys, "no such file")
    assert newsroom.ann.get("/desk/article?id=talks/1").status_code == 503
    assert not path.exists(), "an empty database would look like one without overrides"
    (newsroom.home / "elsewhere").rename(path)
    it_goes_on(newsroom)


def test_a_database_file_missing_at_the_first_desk_request(
    newsroom: Newsroom, settings: Settings
) -> None:
    path = newsroom.home / "catalogue.sqlite3"
    path.rename(newsroom.home / "elsewhere")
    answer = Browser(create_app(settings)).get("/desk/")
    assert answer.status_code == 503
    assert not path.exists()


def test_a_full_disk(
    newsroom: Newsroom, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    many = [OTHER | {"article": f"{topic}/{number}", "reason": "x" * 900}
            for topic in ("reactor", "football") for number in range(8)]  # fmt: skip
    with full_disk():
        newsroom.restart(settings)
        program = newsroom.post(*many)
        assert (program.status_code, program.content_type) == (503, "application/problem+json")
        assert "othing was saved" in program.json["detail"]
        file = newsroom.home / "many.json"
        file.write_bytes(msgspec.json.encode(many))
        with pytest.raises(SystemExit):
            main(["override", "import", str(file), "--home", str(newsroom.home)])
        message = capsys.readouterr().err
        assert message.startswith("recommender: nothing was saved: ")
        assert "full" in message
        readers_notice_nothing(newsroom)
        assert newsroom.database() == "connected"
    newsroom.restart(settings)
    it_goes_on(newsroom)


def test_a_read_only_database(
    newsroom: Newsroom,
    settings: Settings,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url = f"sqlite:///file:{newsroom.home}/catalogue.sqlite3?mode=ro&uri=true"
    newsroom.restart(msgspec.structs.replace(settings, database_url=url))
    monkeypatch.setenv("RECOMMENDER_DATABASE_URL", url)
    nothing_is_saved(newsroom, capsys, "readonly")
    assert newsroom.database() == "connected"
