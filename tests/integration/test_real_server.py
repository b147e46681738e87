"""The service in its real server: odd ids, caching, and snapshots that change under load."""

import http.client
import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest

from real_server import RealServer, eventually, serving
from recommender.home import DataDir
from recommender.settings import Settings, load_settings
from recommender.snapshots.store import snapshot_ids, use
from sample_site import ENCODER, NOW, publish, records, write_jsonl

AWKWARD = ["talks/0", "two  spaces and/slash", "Zażółć gęślą/jaźń", "a//b", "100%", "q?a=b#c", "+"]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    settings = load_settings(folder / "home", environ={}, embedding_model=ENCODER)
    rows = records()
    for row, identifier in zip(rows[3:], AWKWARD[1:], strict=False):
        row["id"] = identifier
    source = write_jsonl(folder / "site.jsonl", rows)
    publish(settings, source)
    publish(settings, source, now=NOW + timedelta(minutes=1))
    return settings.home


@pytest.fixture(scope="module")
def server(home: Path) -> Iterator[RealServer]:
    with serving(home) as running:
        yield running


@pytest.mark.parametrize("identifier", AWKWARD)
@pytest.mark.parametrize("safe", ["", "/"])
def test_quoted_ids_of_any_kind_are_found(server: RealServer, identifier: str, safe: str) -> None:
    path = f"/v1/articles/{quote(identifier, safe=safe)}/related"
    got = server.ask(path)
    assert got.status == 200, got
    assert json.loads(got.body)["article"] == identifier
    # The framework's way answers what the front answers.
    slow = server.ask(path + "?limit=6")
    assert (slow.body, slow.headers["ETag"]) == (got.body, got.headers["ETag"])
    assert slow.headers["Cache-Control"] == got.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/articles/nope/related", 404),
        ("/v1/articles/%00/related", 404),
        ("/v1/articles/%FF/related", 404),
        ("/v1/articles/../related", 404),
        (f"/v1/articles/{'x' * 10_000}/related", 404),
        ("/v1/articles//related", 405),  # the id "/related", which may be pushed
        ("/nothing", 404),
        ("/v1/articles/talks/0/related?limit=-1", 400),
        ("/v1/articles/talks/0/related?limit=99999999999999999999", 400),
        ("/v1/articles/talks/0/related?limit=3&limit=4", 400),
        ("/v1/articles/talks/0/related?max_age_days=nan", 400),
        ("/v1/articles/talks/0/related?fill=maybe", 400),
    ],
)
def test_errors_are_problem_documents(server: RealServer, path: str, status: int) -> None:
    got = server.ask(path)
    assert got.status == status
    assert got.headers["Content-Type"] == "application/problem+json"
    problem = json.loads(got.body)
    assert problem["status"] == status
    assert "Traceback" not in problem["detail"]


def test_unsupported_methods_list_the_allowed_ones(server: RealServer) -> None:
    got = server.ask("/v1/articles/talks/0/related", method="POST", body="{}")
    assert got.status == 405
    assert "GET" in got.headers["Allow"]


def test_a_head_has_the_headers_of_a_get_and_no_body(server: RealServer) -> None:
    path = "/v1/articles/talks/0/related"
    get, head = server.ask(path), server.ask(path, method="HEAD")
    assert (head.status, head.body) == (200, b"")
    for name in ("ETag", "Cache-Control", "Content-Type", "Content-Length", "Vary"):
        assert head.headers[name] == get.headers[name]


@pytest.mark.parametrize("path", ["/v1/articles/talks/0/related", "/v1/latest"])
def test_a_conditional_request_gets_304(server: RealServer, path: str) -> None:
    got = server.ask(path)
    etag = got.headers["ETag"]
    for known in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        again = server.ask(path, If_None_Match=known)
        assert (again.status, again.body) == (304, b""), known
        assert again.headers["ETag"] == etag
        assert again.headers["Cache-Control"] == got.headers["Cache-Control"]
    assert server.ask(path, If_None_Match='"other"').status == 200


def test_a_body_on_a_get_is_ignored(server: RealServer) -> None:
    assert server.ask("/v1/articles/talks/0/related", body="x" * 100).status == 200


def test_snapshots_change_under_load_and_no_request_is_dropped(home: Path) -> None:
    ids = snapshot_ids(DataDir(home))
    seen: Counter[tuple[int, str]] = Counter()
    stop = threading.Event()
    with serving(home) as server:

        def read() -> None:
            with closing(http.client.HTTPConnection("127.0.0.1", server.port)) as connection:
                while not stop.is_set():
                    connection.request("GET", "/v1/articles/talks/0/related")
                    answer = connection.getresponse()
                    seen[answer.status, json.loads(answer.read())["snapshot"]] += 1

        readers = [threading.Thread(target=read) for _ in range(4)]
        for reader in readers:
            reader.start()
        for identifier in (ids[0], ids[1], ids[0]):
            use(DataDir(home), identifier)
            before = seen[200, identifier]
            eventually(lambda known=before, expected=identifier: seen[200, expected] > known + 20)
        stop.set()
        for reader in readers:
            reader.join()
    assert set(seen) == {(200, ids[0]), (200, ids[1])}


def test_a_broken_snapshot_is_reported_once_and_the_old_one_served(
    settings: Settings, snapshot_id: str, source: Path
) -> None:
    with serving(settings.home) as server:
        publish(settings, source, now=NOW + timedelta(hours=1))
        ready = "/readyz"
        eventually(lambda: json.loads(server.ask(ready).body)["snapshot"] != snapshot_id)
        good = json.loads(server.ask(ready).body)["snapshot"]
        broken = settings.home / "snapshots" / snapshot_id / "relevance.npy"
        bytes_ = bytearray(broken.read_bytes())
        bytes_[-1] ^= 0xFF
        broken.write_bytes(bytes_)
        DataDir(settings.home).current.write_text(snapshot_id + "\n", encoding="utf-8")
        eventually(lambda: "could not open the current snapshot" in server.log())
        threading.Event().wait(1.2)  # two more looks at it
        assert server.log().count("could not open the current snapshot") == 1
        assert "relevance.npy" in server.log()
        assert json.loads(server.ask(ready).body)["snapshot"] == good
        assert server.ask("/v1/articles/talks/0/related").status == 200


def test_without_a_snapshot_the_service_waits(settings: Settings, source: Path) -> None:
    settings.home.mkdir()
    with serving(settings.home) as server:
        assert server.ask("/readyz").status == 503
        assert server.ask("/v1/articles/talks/0/related").status == 503
        publish(settings, source)
        eventually(lambda: server.ask("/readyz").status == 200)
        assert server.ask("/v1/articles/talks/0/related").status == 200
