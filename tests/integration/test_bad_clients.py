"""Slow, broken and hostile clients get the right status, and readers are still served."""

import json
import resource
import socket
import sqlite3
import struct
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing

import pytest

from real_server import RealServer, eventually, serving
from recommender.catalogue.accounts import Accounts, Role
from recommender.catalogue.database import open_database
from recommender.settings import Settings, load_settings
from sample_site import ENCODER, publish, records, write_jsonl

READERS = "/v1/articles/talks/0/related"
PLAIN = f"GET {READERS} HTTP/1.1\r\nHost: x\r\n".encode()
PASSWORD = "correct horse battery"
MANY = 1_200
"""Connections: more than the 1,024 that servers take by themselves."""


@pytest.fixture(scope="module")
def token() -> list[str]:
    return []


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, token: list[str]) -> Iterator[RealServer]:
    folder = tmp_path_factory.mktemp("site")
    settings = load_settings(folder / "home", environ={}, embedding_model=ENCODER)
    publish(settings, write_jsonl(folder / "site.jsonl", records()))
    token.extend(tokens(settings))
    with serving(settings.home, workers=1) as running:
        yield running


def tokens(settings: Settings) -> list[str]:
    """Tokens of a content system: for articles, and for overrides."""
    engine = open_database(settings.catalogue_url)
    editors = Accounts(engine)
    editors.add("cms", Role.EDITOR, PASSWORD, time.time())
    made = [editors.new_key("cms", what, "", time.time()) for what in ("articles", "token")]
    engine.dispose()
    return made


@pytest.fixture(autouse=True)
def readers_are_served(server: RealServer) -> Iterator[None]:
    """Whatever a test does: the next request is served, and no traceback is written."""
    yield
    assert server.ask(READERS).status == 200
    assert "Traceback" not in server.log()


def connected(server: RealServer, sent: bytes = b"") -> socket.socket:
    client = socket.create_connection(("127.0.0.1", server.port), timeout=30)
    client.sendall(sent)
    return client


def everything(client: socket.socket) -> bytes:
    """All that comes until the server closes, or nothing more comes."""
    client.settimeout(2)
    parts = []
    try:
        while part := client.recv(65_536):
            parts.append(part)
    except OSError:
        pass
    return b"".join(parts)


def status(answer: bytes) -> int:
    """The status of an answer, 0 where the connection was closed without one."""
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.") else 0


def put(token: list[str], length: int, body: bytes) -> bytes:
    head = (
        "PUT /v1/articles/slow HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {token[0]}\r\nContent-Length: {length}\r\n\r\n"
    )
    return head.encode() + body


SIGN_IN = (
    b"POST /desk/sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\n\r\nname=a"
)

SHOWN_AGAIN = SIGN_IN.replace(b"POST", b"GET")
"""The page fills its form with what was sent before."""

READ_BY_NOBODY = (
    f"POST {READERS} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nname=a".encode()
)


def test_a_slow_body_of_a_get_delays_no_reader(server: RealServer) -> None:
    eventually(lambda: server.ask("/desk/sign-in").status == 200)
    with ExitStack() as held:
        for _ in range(3):  # one more than there are threads
            held.enter_context(closing(connected(server, SHOWN_AGAIN)))
        time.sleep(0.5)
        for _ in range(20):
            assert server.ask(READERS).status == 200
        assert server.ask("/desk/sign-in").status == 200


def test_a_stop_finishes_running_requests(settings: Settings, snapshot_id: str) -> None:
    assert snapshot_id
    body = json.dumps({"id": "slow", "title": "Slow", "published": "2026-10-01"}).encode()
    key = tokens(settings)
    with serving(settings.home) as server:
        eventually(lambda: status(_sent(server, put(key, len(body), body))) == 202)
        with closing(connected(server, put(key, len(body), body[:5]))) as slow:
            time.sleep(0.5)
            eventually(lambda: status(_sent(server, put(key, len(body), body))) == 503)
            server.process.terminate()
            time.sleep(1)
            slow.sendall(body[5:])
            assert status(everything(slow)) == 202
        assert server.process.wait(30) == 0


def test_a_slow_header_delays_no_reader(server: RealServer) -> None:
    with closing(connected(server, PLAIN)) as slow:
        for byte in b"X-Slow: yes\r\n":
            slow.sendall(bytes([byte]))
            assert server.ask(READERS).status == 200
        slow.sendall(b"\r\n")
        assert status(everything(slow)) == 200


@pytest.mark.parametrize("what", ["push", "sign-in"])
def test_a_slow_body_delays_no_reader(server: RealServer, token: list[str], what: str) -> None:
    body = json.dumps({"id": "slow", "title": "Slow", "published": "2026-10-01"}).encode()
    begun = put(token, len(body), body[:5]) if what == "push" else SIGN_IN
    # What is imported for the first sender takes a second, in which no other sender has a turn.
    eventually(lambda: status(_sent(server, put(token, len(body), body))) == 202)
    with closing(connected(server, begun)) as slow:
        # It is being read once another sender has to wait for its turn.
        time.sleep(0.5)
        eventually(lambda: status(_sent(server, put(token, len(body), body))) == 503)
        for _ in range(20):
            assert server.ask(READERS).status == 200
        got = _sent(server, put(token, len(body), body))
        assert b"application/problem+json" in got
        assert b"retry-after: 1" in got.lower()
        if what == "push":
            slow.sendall(body[5:])
            assert status(slow.recv(65_536)) == 202
    eventually(lambda: status(_sent(server, put(token, len(body), body))) == 202)


def test_an_unresponsive_database_blocks_one_thread(server: RealServer, token: list[str]) -> None:
    asks = f"GET /v1/overrides HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token[1]}\r\n\r\n"
    eventually(lambda: status(_sent(server, asks.encode())) == 200)
    path = server.home / "catalogue.sqlite3"
    copy = path.with_name("copy.sqlite3")
    with closing(sqlite3.connect(path)) as whole, closing(sqlite3.connect(copy)) as written:
        whole.backup(written)
    copy.replace(path)  # a file of its own, which no process has open
    with closing(sqlite3.connect(path)) as other, ExitStack() as held:
        other.execute("PRAGMA locking_mode=EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        eventually(lambda: b"unavailable" in server.ask("/readyz").body)
        asking = [held.enter_context(closing(connected(server, asks.encode()))) for _ in range(4)]
        assert server.ask(READERS).status == 200
        answers = [client.recv(65_536) for client in asking]
        assert {status(answer) for answer in answers} == {503}
        assert sum(b"retry-after: 1" in answer.lower() for answer in answers) >= 2
    eventually(lambda: b"connected" in server.ask("/readyz").body)


def _sent(server: RealServer, request: bytes) -> bytes:
    with closing(connected(server, request)) as client:
        return client.recv(65_536)


def test_a_client_that_disconnects_is_dropped(server: RealServer, token: list[str]) -> None:
    for begun in (PLAIN, PLAIN + b"\r\n", put(token, 1000, b"{"), SIGN_IN):
        half = connected(server, begun)
        half.shutdown(socket.SHUT_WR)
        assert status(everything(half)) in {0, 200, 400}
        half.close()
        reset = connected(server, begun)
        reset.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        reset.close()
    full = json.dumps({"id": "slow", "title": "T", "published": "2026-10-01"}).encode()
    eventually(lambda: status(_sent(server, put(token, len(full), full))) == 202)


def test_a_thousand_connections_at_once_are_served(server: RealServer) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 4 * MANY:
        pytest.skip(f"no more than {hard} files here, expected {4 * MANY}")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 4 * MANY), hard))
    with ExitStack() as held:
        # None of them sends all of its request before all are there.
        clients = [held.enter_context(closing(connected(server, PLAIN))) for _ in range(MANY)]
        assert server.ask(READERS).status == 200
        for client in clients:
            client.sendall(b"\r\n")
        answers = [client.recv(65_536) for client in clients]
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert {status(answer) for answer in answers} == {200}


@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT", "DELETE", "FOO", "TRACE"])
@pytest.mark.parametrize("path", [READERS, "/v1/latest", "/healthz", "/widget.js"])
def test_an_unknown_method_is_an_error(server: RealServer, method: str, path: str) -> None:
    got = server.ask(path, method, "{}")
    # An article whose id ends in "/related" could be pushed with a token.
    expected = 401 if method in {"PUT", "DELETE"} and path == READERS else 405
    assert got.status == expected
    assert got.headers["Content-Type"] == "application/problem+json"
    if expected == 405:
        assert "GET" in got.headers["Allow"]


def test_options_lists_the_methods(server: RealServer) -> None:
    got = server.ask(READERS, "OPTIONS")
    assert (got.status, got.body) == (200, b"")
    assert "GET" in got.headers["Allow"]


@pytest.mark.parametrize("size", [1, 100_000, 8_000_000])
def test_a_body_on_a_get_is_not_read(server: RealServer, size: int) -> None:
    head = PLAIN + f"Content-Length: {size}\r\n\r\n".encode()
    with closing(connected(server, head)) as client:
        assert status(client.recv(65_536)) == 200
        client.settimeout(5)
        try:
            client.sendall(b"x" * size)
        except OSError:
            return  # closed: a sender is not waited for when nothing reads


@pytest.mark.parametrize(
    "query",
    ["limit=3&limit=3", "section=a&section=a", "fill=none&fill=none", "language=en&language=pl",
     "max_age_days=1&max_age_days=1", "limit=-1", "limit=%00", "limit=1e999", "max_age_days=-inf"],
)  # fmt: skip
def test_repeated_parameters_and_wrong_numbers_are_named(server: RealServer, query: str) -> None:
    got = server.ask(f"{READERS}?{query}")
    assert got.status == 400
    assert json.loads(got.body)["detail"].startswith(query.partition("=")[0])


@pytest.mark.parametrize(
    "identifier",
    ["x" * 10_000, "%00", "%00talks/0", "..", "../..", "%2e%2e%2f%2e%2e%2fetc%2fpasswd", "%FF%FE",
     "%ED%A0%80", "talks%0A%2F0", "%0d%0aX-Injected:%201", "%F0%9F%97%9E", "\\", "%25",
     "a" * 60_000],
)  # fmt: skip
def test_odd_ids_are_unknown(server: RealServer, identifier: str) -> None:
    for query in ("", "?limit=3"):
        got = server.ask(f"/v1/articles/{identifier}/related{query}")
        assert got.status in ({404} if len(identifier) < 50_000 else {404, 414})
        assert "X-Injected" not in got.headers
        if got.body:
            assert got.headers["Content-Type"] == "application/problem+json"
            assert len(got.body) < 1_000
    for other in (f"/v1/related?id={identifier}", f"/v1/related?url={identifier}"):
        assert server.ask(other).status in {200, 404, 414}


@pytest.mark.parametrize(
    "sent",
    [b"\r\n\r\n", b"nonsense\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n",
     b"\x16\x03\x01\x02\x00",
     b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
     b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
     b"GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: x\r\n\r\n",
     b"POST /desk/sign-in HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
     b"GET / HTTP/1.1\r\nbad header\r\n\r\n",
     b"GET / HTTP/1.1\r\nX: " + b"y" * 1_000_000 + b"\r\n\r\n",
     b"GET /" + b"z" * 1_000_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", bytes(range(256)) * 16],
)  # fmt: skip
def test_malformed_requests_are_closed(server: RealServer, sent: bytes) -> None:
    with closing(connected(server)) as client:
        try:
            client.sendall(sent)
        except OSError:
            return  # closed before all of it was sent
        assert status(everything(client)) in {0, *range(400, 500)}


def test_pipelined_requests_are_answered_in_their_order(server: RealServer) -> None:
    paths = (READERS, "/v1/nothing", "/desk/sign-in", READERS, "/healthz")
    sent = "".join(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n" for path in paths).encode()
    with closing(connected(server, sent)) as client:
        found = [int(one[:3]) for one in everything(client).split(b"HTTP/1.1 ")[1:]]
    assert found == [200, 404, 200, 200, 200]


def test_the_first_editor_needs_no_restart(settings: Settings, snapshot_id: str) -> None:
    assert snapshot_id
    with serving(settings.home, workers=1) as server:
        begun = [SIGN_IN, put(["none"], 1_000, b"{"), READ_BY_NOBODY]
        for sent, expected in zip(begun, (404, 401, 405), strict=True):
            with closing(connected(server, sent)) as slow:
                assert status(slow.recv(65_536)) == expected  # before the body is there
                assert server.ask(READERS).status == 200
        engine = open_database(settings.catalogue_url)
        Accounts(engine).add("ann", Role.EDITOR, PASSWORD, time.time())
        engine.dispose()
        eventually(lambda: server.ask("/desk/sign-in").status == 200)
        with closing(connected(server, SIGN_IN)):
            eventually(lambda: server.ask("/desk/sign-in", "POST", "").status == 503)
            for _ in range(20):
                assert server.ask(READERS).status == 200
