"""The log of requests."""

import os
import time
from contextlib import suppress
from pathlib import Path

import msgspec
import pytest

from real_server import eventually
from recommender.settings import Settings
from service import create_app
from service.api.metrics import Metrics, RequestRecord
from service.middleware.access_log import MAX_UNWRITTEN, WRITE_SECONDS, RequestLog
from service.state.state_updater import StateUpdater


def test_a_slow_request_is_logged(
    settings: Settings, snapshot_id: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert snapshot_id
    app = create_app(msgspec.structs.replace(settings, slow_request_ms=1e-6, access_log=False))
    answer = app.test_client().get("/v1/latest")
    assert f"slow request {answer.headers['X-Request-ID']}" in caplog.text


@pytest.fixture
def metrics(tmp_path: Path) -> Metrics:
    return Metrics(StateUpdater(tmp_path, f"sqlite:///{tmp_path}/catalogue.sqlite3"))


def request(path: str) -> RequestRecord:
    return RequestRecord(200, 0.001, {}, time.time(), "edge.1", "GET", path, "")


def counted(metrics: Metrics) -> str:
    page = metrics.render().decode()
    return page.partition('related_posts_http_requests_total{status="200"} ')[2].split("\n")[0]


def test_requests_are_counted_while_nobody_reads_the_log(
    metrics: Metrics, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    reading, writing = os.pipe()
    output = os.fdopen(writing, "w")
    monkeypatch.setattr("sys.stdout", output)
    requests = RequestLog(metrics, "json")
    for _ in range(MAX_UNWRITTEN):
        requests.add(request("/first"))
    time.sleep(0.5)  # the thread that writes fills the pipe
    for _ in range(2 * MAX_UNWRITTEN):
        requests.add(request("/later"))
    assert counted(metrics) == "30000.0"
    lines = b""
    while lines.count(b"/later") < MAX_UNWRITTEN:
        lines += os.read(reading, 1_000_000)
    eventually(lambda: "are lost" in caplog.text)
    lost = 3 * MAX_UNWRITTEN - lines.count(b"\n")
    assert f"{lost} lines of the access log are lost" in caplog.text
    os.close(reading)
    time.sleep(2 * WRITE_SECONDS)  # a blocked write has ended
    with suppress(BrokenPipeError):
        output.close()


def test_a_request_that_cannot_be_logged_costs_its_own_line_alone(
    metrics: Metrics, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    requests = RequestLog(metrics, "json")
    for path in ("/before", "/\u0142", "/after"):  # WSGI passes bytes as Latin-1
        requests.add(request(path))
    requests.count()
    requests.write()
    eventually(lambda: "edge.1 could not be logged" in caplog.text)
    lines = capsys.readouterr().out
    assert "/before" in lines
    assert "/after" in lines
    assert counted(metrics) == "3.0"


def test_a_closed_log_is_reported_once(
    metrics: Metrics, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    output = os.fdopen(writing, "w")
    monkeypatch.setattr("sys.stdout", output)
    requests = RequestLog(metrics, "text")
    for _ in range(3):
        requests.add(request("/v1/latest"))
        requests.count()
        requests.write()
    assert counted(metrics) == "3.0"
    assert caplog.text.count("lines of the access log are lost") == 1
    with suppress(BrokenPipeError):
        output.close()
