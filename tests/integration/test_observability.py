"""Metrics over several workers, request ids, the access log and a graceful stop."""

import json
import re
import threading
import time
from pathlib import Path

from metrics_page import metric_values
from real_server import eventually, serving
from recommender.home import replace_atomically
from recommender.settings import Settings
from service.middleware.access_log import WRITE_SECONDS


def test_metrics_are_summed_over_workers(settings: Settings, snapshot_id: str) -> None:
    assert snapshot_id
    with serving(settings.home, workers=2) as server:
        # A worker that is stopped while it starts is only ended after a while.
        eventually(lambda: server.log().count("Started worker") == 2)
        time.sleep(2 * WRITE_SECONDS)  # each worker has counted what came so far
        before = metric_values(server.ask("/metrics").body.decode())
        for _ in range(40):
            server.ask("/v1/articles/talks/0/related")
        server.ask("/v1/articles/nope/related")
        time.sleep(2 * WRITE_SECONDS)  # the worker that answers knows its own requests at once
        after = metric_values(server.ask("/metrics").body.decode())
    found = {name: after[name] - before.get(name, 0) for name in after}
    assert found['related_posts_http_requests_total{status="404"}'] == 1
    assert found['related_posts_http_requests_total{status="200"}'] == 41  # and one page of figures
    assert found['related_posts_recommendations_total{origin="related"}'] == 240
    assert found["related_posts_http_request_duration_seconds_count"] == 42
    assert after["related_posts_snapshot_articles"] == 24
    assert after["related_posts_snapshot_reload_failures_total"] == 0


def test_reload_failures_are_summed_over_workers(settings: Settings, snapshot_id: str) -> None:
    with serving(settings.home, workers=2) as server:
        eventually(lambda: server.log().count("Started worker") == 2)
        replace_atomically(settings.home / "current", b"gone\n")
        eventually(lambda: server.log().count("could not open the current snapshot") == 2)

        def counted() -> set[float]:
            pages = [server.ask("/metrics").body.decode() for _ in range(6)]
            return {
                metric_values(page)["related_posts_snapshot_reload_failures_total"]
                for page in pages
            }

        # One from each, whichever of them tells it; they are tried again meanwhile.
        assert min(counted()) >= 2
        assert server.ask("/v1/articles/talks/0/related").status == 200
        replace_atomically(settings.home / "current", snapshot_id.encode() + b"\n")
        eventually(lambda: server.ask("/readyz").status == 200)


def test_every_request_has_an_id_and_a_log_line(settings: Settings, snapshot_id: str) -> None:
    assert snapshot_id
    with serving(settings.home) as server:
        given = server.ask("/v1/articles/talks/0/related", X_Request_ID="from-the-edge.1")
        made = server.ask("/v1/articles/nope/related?limit=2", X_Request_ID="bad id\t{}")
    assert given.headers["X-Request-ID"] == "from-the-edge.1"
    assert re.fullmatch("[0-9a-f]{16}", made.headers["X-Request-ID"])
    lines = [json.loads(line) for line in server.log().splitlines() if line.startswith("{")]
    by_id = {line["request"]: line for line in lines}
    assert by_id["from-the-edge.1"]["path"] == "/v1/articles/talks/0/related"
    other = by_id[made.headers["X-Request-ID"]]
    assert (other["status"], other["query"], other["method"]) == (404, "limit=2", "GET")
    assert "127.0.0.1" not in json.dumps(lines)


def test_a_stop_under_load_breaks_no_response(settings: Settings, snapshot_id: str) -> None:
    assert snapshot_id
    statuses: list[int] = []
    with serving(settings.home) as server:

        def read() -> None:
            for _ in range(2_000):
                try:
                    statuses.append(server.ask("/v1/articles/talks/0/related").status)
                except ConnectionError:
                    return  # the connection was not accepted any more, or the request not read

        reader = threading.Thread(target=read)
        reader.start()
        eventually(lambda: len(statuses) >= 20)
        server.process.terminate()
        assert server.process.wait(30) == 0
        reader.join()
    assert set(statuses) == {200}


def test_the_logs_follow_the_settings(settings: Settings, snapshot_id: str) -> None:
    path = Path(settings.home) / "recommender.toml"
    path.write_text("access_log = false\n", encoding="utf-8")
    with serving(settings.home) as server:
        server.ask("/v1/latest")
    assert "/v1/latest" not in server.log()
    path.write_text('access_log_format = "text"\nlog_level = "info"\n', encoding="utf-8")
    with serving(settings.home) as server:
        server.ask("/v1/articles/%C5%BC%0A%1B/related?limit=2", X_Request_ID="edge.1")
    assert re.search(
        r"^20\d\d-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}\+00:00 GET "
        r"/v1/articles/%C5%BC%0A%1B/related\?limit=2 404 \d+\.\d ms edge\.1$",
        server.log(),
        re.MULTILINE,
    )
    assert f"snapshot {snapshot_id} active: 24 articles" in server.log()
