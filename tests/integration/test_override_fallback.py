"""The override fallback file replaces an unavailable database after a restart."""

import json
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from threading import Timer
from typing import Any

import pytest
from filelock import FileLock
from flask.testing import FlaskClient

from metrics_page import metric_values
from recommender.cli import main
from recommender.errors import DataDirError
from recommender.home import DataDir
from recommender.overrides.fallback import OverrideFallback, load, save
from recommender.overrides.override import Scope
from recommender.settings import Settings
from sample_site import publish, records, write_jsonl
from service import create_app

BLOCK = "/v1/articles/{}/related"


@pytest.fixture
def home(settings: Settings, tmp_path: Path) -> DataDir:
    """A home in which editors have held, withdrawn, pinned, and blocked a tag."""
    tagged = [row | {"tags": ["balls"] * (row["section"] == "sport")} for row in records()]
    publish(settings, write_jsonl(tmp_path / "tagged.jsonl", tagged))
    for decision in (
        ["override", "hold", "talks/0", "--reason", "legal", "--by", "Ann"],
        ["articles", "withdraw", "talks/1", "--reason", "legal"],
        ["override", "pin", "talks/2", "reactor/5", "--place", "1"],
        ["override", "block", "--tag", "balls"],
    ):
        run(settings.home, *decision)
    return DataDir(settings.home)


def run(home: Path, *arguments: str) -> None:
    """Run a command that succeeds."""
    main([*arguments, "--home", str(home)])


def kept_version(home: DataDir) -> int:
    kept = load(home.override_fallback)
    assert kept is not None
    return kept.version


def restarted(settings: Settings) -> FlaskClient:
    """Start the service as a new process would."""
    return create_app(settings).test_client()


def gone(settings: Settings) -> None:
    catalogue(settings).rename(settings.home / "elsewhere.sqlite3")


def catalogue(settings: Settings) -> Path:
    return settings.home / "catalogue.sqlite3"


def ids(client: FlaskClient, article: str, query: str = "") -> list[str]:
    answer: Any = client.get(BLOCK.format(article) + query).json
    return [card["id"] for card in answer["cards"]]


def assert_all_hold(client: FlaskClient) -> None:
    assert ids(client, "talks/0") == []
    assert client.get(BLOCK.format("talks/1")).status_code == 404
    assert ids(client, "talks/2")[0] == "reactor/5"
    assert ids(client, "football/0", "?section=sport&fill=none") == []


def status(client: FlaskClient) -> tuple[dict[str, Any], dict[str, float]]:
    """What health and metrics say."""
    return client.get("/healthz").json["overrides"], metric_values(client.get("/metrics").text)


def test_a_restart_without_the_database_keeps_all_overrides(
    settings: Settings, home: DataDir, caplog: pytest.LogCaptureFixture
) -> None:
    assert b"legal" not in home.override_fallback.read_bytes()
    assert b"Ann" not in home.override_fallback.read_bytes()
    gone(settings)
    client = restarted(settings)
    assert_all_hold(client)
    health, metrics = status(client)
    assert health["version"] == 4
    assert "unavailable" in health["database"]
    assert client.get("/readyz").json["overrides"]["version"] == 4
    assert metrics["related_posts_overrides_loaded"] == 1
    assert metrics["related_posts_overrides_database_up"] == 0
    assert metrics["related_posts_overrides_version"] == 4
    assert metrics["related_posts_overrides_last_sync_age_seconds"] > 0
    assert metrics["related_posts_overrides_read_failures_total"] >= 1
    assert "no such file" in caplog.text


def test_a_hold_of_a_tag_survives_a_restart_without_the_database(
    settings: Settings, home: DataDir
) -> None:
    run(home.path, "override", "hold", "--tag", "Balls")
    gone(settings)
    client = restarted(settings)
    assert ids(client, "football/3") == []
    assert len(ids(client, "reactor/0")) == 6


def test_commands_use_the_fallback_file(
    settings: Settings, home: DataDir, capsys: pytest.CaptureFixture[str]
) -> None:
    gone(settings)
    run(home.path, "related", "talks/2", "--json")
    out, err = capsys.readouterr()
    assert json.loads(out.splitlines()[-1])["cards"][0]["id"] == "reactor/5"
    assert "read from the fallback file" in err


def test_the_service_writes_the_fallback_file(settings: Settings, home: DataDir) -> None:
    home.override_fallback.unlink()
    client = restarted(settings)
    assert_all_hold(client)
    assert kept_version(home) == 4
    gone(settings)
    assert_all_hold(restarted(settings))


def test_polling_resumes_when_the_database_is_back(settings: Settings, home: DataDir) -> None:
    gone(settings)
    client = restarted(settings)
    (settings.home / "elsewhere.sqlite3").rename(catalogue(settings))
    run(home.path, "override", "undo", "1")
    updater = client.application.extensions["state_updater"]
    updater.poll_overrides()
    updater.refresh()
    assert len(ids(client, "talks/0")) == 6
    assert status(client)[0]["database"] == "connected"


@pytest.mark.parametrize("broken", [b"", b"{}", b'{"sha256":"0","kept":{}}', "cut", "changed"])
def test_without_database_and_fallback_nothing_is_served(
    settings: Settings, home: DataDir, broken: bytes | str, caplog: pytest.LogCaptureFixture
) -> None:
    whole = home.override_fallback.read_bytes()
    broken = whole[:-40] if broken == "cut" else broken
    broken = whole.replace(b"talks/0", b"talks/7") if broken == "changed" else broken
    assert isinstance(broken, bytes)
    home.override_fallback.write_bytes(broken)
    gone(settings)
    client = restarted(settings)
    for path in (BLOCK.format("talks/3"), BLOCK.format("talks/3") + "?limit=2", "/readyz"):
        answer = client.get(path)
        assert answer.status_code == 503
        assert answer.content_type == "application/problem+json"
        assert "overrides are unknown: expected the database or a backup" in answer.json["detail"]
    health, metrics = status(client)
    assert client.get("/healthz").status_code == 200
    assert "unknown" in health["database"]
    assert metrics["related_posts_overrides_loaded"] == 0
    assert caplog.text.count("overrides are unknown") == 1
    assert "decisions.json" in caplog.text
    (settings.home / "elsewhere.sqlite3").rename(catalogue(settings))
    updater = client.application.extensions["state_updater"]
    updater.poll_overrides()
    updater.refresh()
    assert_all_hold(client)
    assert kept_version(home) == 4


def test_a_site_that_never_had_a_database_has_no_overrides(
    settings: Settings, home: DataDir
) -> None:
    home.override_fallback.unlink()
    gone(settings)
    assert len(ids(restarted(settings), "talks/0")) == 6


def test_the_log_of_another_database_is_refused(
    settings: Settings, home: DataDir, tmp_path: Path
) -> None:
    # As after the file was lost and the next index run has made a new one.
    gone(settings)
    publish(settings, write_jsonl(tmp_path / "again.jsonl", records()))
    client = restarted(settings)
    assert ids(client, "talks/0") == []
    assert client.get(BLOCK.format("talks/1")).status_code == 404
    assert "unavailable" in status(client)[0]["database"]
    assert "lacks entry 4" in client.application.extensions["state_updater"].override_watcher.error
    home.override_fallback.unlink()
    assert len(ids(restarted(settings), "talks/0")) == 6


def test_an_older_copy_of_the_log_is_refused(settings: Settings, home: DataDir) -> None:
    client = restarted(settings)
    with closing(sqlite3.connect(catalogue(settings))) as database:
        database.execute("DELETE FROM decisions")
        database.commit()
    updater = client.application.extensions["state_updater"]
    updater.poll_overrides()
    updater.refresh()
    assert_all_hold(client)
    assert "lacks entry 4" in updater.override_watcher.error


def test_a_read_only_data_directory_is_no_error(
    settings: Settings, home: DataDir, caplog: pytest.LogCaptureFixture
) -> None:
    home.override_fallback.unlink()
    lock = home.path / "decisions.json.lock"
    lock.unlink(missing_ok=True)
    lock.mkdir()
    client = restarted(settings)
    client.application.extensions["state_updater"].poll_overrides()
    assert_all_hold(client)
    assert status(client)[0]["database"] == "connected"
    assert not home.override_fallback.exists()
    assert caplog.text.count("backup of overrides (decisions.json) failed") == 1


def test_workers_that_write_at_the_same_time_wait_for_each_other(tmp_path: Path) -> None:
    path = tmp_path / "decisions.json"
    lock = FileLock(f"{path}.lock", thread_local=False)
    lock.acquire()
    timer = Timer(0.2, lock.release)
    timer.start()
    save(
        path,
        OverrideFallback(log="one", version=1, newest=None, read_at=0.0, members={}, overrides=()),
    )
    timer.join()
    assert kept_version(DataDir(tmp_path)) == 1


def test_an_older_state_does_not_overwrite_the_fallback_file(tmp_path: Path) -> None:
    def known(version: int, log: str = "one") -> OverrideFallback:
        members = {Scope.TAG: {"a": ["b"]}}
        return OverrideFallback(
            log=log,
            version=version,
            newest=None,
            read_at=time.time(),
            members=members,
            overrides=(),
        )

    path = tmp_path / "decisions.json"
    for kept, stays in ((known(2), 2), (known(1), 2), (known(3), 3), (known(1, "other"), 1)):
        save(path, kept)
        assert kept_version(DataDir(tmp_path)) == stays
    path.write_bytes(b"broken")
    save(path, known(1))
    kept_again = load(path)
    assert kept_again is not None
    assert kept_again.members == {Scope.TAG: {"a": ["b"]}}
    with pytest.raises(DataDirError, match="below"):
        save(path / "below", known(1))
