"""nginx as a cache in front of the service: fresh, stale and withdrawn responses."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import quote

import pytest

from http_site import Site, respond, serving
from real_nginx import in_front_of
from real_server import RealServer, eventually
from real_server import serving as serving_related
from recommender.settings import load_settings
from sample_site import ENCODER, publish, records, write_jsonl
from service.http.response_cache import MAX_AGE, STALE_IF_ERROR, STALE_WHILE_REVALIDATE

pytestmark = pytest.mark.nginx

AWKWARD = ["talks/0", "two  spaces and/slash", "Zażółć gęślą/jaźń", "a//b", "100%", "q?a=b#c", "+"]
EXPIRED = 2.5
"""Seconds after which what lives for one has ended: nginx counts whole ones."""
PATH = "/v1/articles/talks/0/related"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    folder = tmp_path_factory.mktemp("site")
    settings = load_settings(folder / "home", environ={}, embedding_model=ENCODER)
    rows = records()
    for row, identifier in zip(rows[3:], AWKWARD[1:], strict=False):
        row["id"] = identifier
    publish(settings, write_jsonl(folder / "site.jsonl", rows))
    with serving_related(settings.home) as running:
        yield running


@pytest.fixture
def edge(service: RealServer, tmp_path: Path) -> Iterator[RealServer]:
    with in_front_of(service.port, tmp_path) as nginx:
        yield nginx


@dataclass
class Behind:
    """The server behind the cache: answers as the service does, with shorter lifetimes."""

    lifetime: str = "public, max-age=1, stale-while-revalidate=300, stale-if-error=86400"
    status: int = 200
    seconds: float = 0.0
    """Seconds until it answers; a negative number closes the connection without an answer."""
    version: int = 1
    requests: list[str] = field(default_factory=list)

    def __call__(self, handler: BaseHTTPRequestHandler) -> None:
        if self.seconds < 0:
            handler.close_connection = True
            return
        time.sleep(self.seconds)
        etag = f'"{self.version}"'
        self.requests.append(handler.headers.get("if-none-match", ""))
        headers = {"cache_control": self.lifetime, "etag": etag, "vary": "Accept-Encoding"}
        if self.status == 200 and self.requests[-1] == etag:
            respond(handler, "", 304, **headers)
        else:
            respond(handler, f"version {self.version}", self.status, **headers)


@pytest.fixture
def behind() -> Behind:
    return Behind()


@pytest.fixture
def short(behind: Behind, tmp_path: Path) -> Iterator[RealServer]:
    """nginx in front of answers that live for a second."""
    assert (MAX_AGE, STALE_WHILE_REVALIDATE, STALE_IF_ERROR) == (60, 300, 86_400)
    with serving(Site({PATH: behind})) as site, in_front_of(site.port, tmp_path) as nginx:
        yield nginx


def cached(edge: RealServer, path: str = PATH, **headers: str) -> tuple[str, int, str]:
    got = edge.ask(path, **headers)
    return got.headers["X-Cache"], got.status, got.body.decode()


def test_the_second_request_is_a_cache_hit(edge: RealServer, service: RealServer) -> None:
    first, again, own = edge.ask(PATH), edge.ask(PATH), service.ask(PATH)
    assert (first.headers["X-Cache"], again.headers["X-Cache"]) == ("MISS", "HIT")
    assert first.body == again.body == own.body
    for name in ("ETag", "Cache-Control", "Vary", "Content-Type"):
        assert again.headers[name] == own.headers[name]
    packed = edge.ask(PATH, Accept_Encoding="gzip")
    assert (packed.headers["X-Cache"], packed.headers["Content-Encoding"]) == ("MISS", "gzip")
    assert edge.ask(PATH).headers["X-Cache"] == "HIT"


def test_a_conditional_request_gets_304(edge: RealServer) -> None:
    etag = edge.ask(PATH).headers["ETag"]
    again = edge.ask(PATH, If_None_Match=etag)
    assert (again.status, again.body, again.headers["ETag"]) == (304, b"", etag)
    head = edge.ask(PATH, method="HEAD")
    assert (head.status, head.body, head.headers["ETag"]) == (200, b"", etag)


@pytest.mark.parametrize("identifier", AWKWARD)
@pytest.mark.parametrize("safe", ["", "/"])
def test_ids_reach_the_service_unchanged(edge: RealServer, identifier: str, safe: str) -> None:
    path = f"/v1/articles/{quote(identifier, safe=safe)}/related"
    for expected in ("MISS", "HIT"):
        got = edge.ask(path)
        assert (got.status, got.headers["X-Cache"]) == (200, expected)
        assert json.loads(got.body)["article"] == identifier


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/overrides", 404),
        ("GET", "/desk/", 404),
        ("GET", "/metrics", 404),
        ("PUT", "/v1/articles/talks/0", 403),
        ("DELETE", "/v1/articles/talks/0", 403),
        ("GET", "/v1/articles/%00/related", 400),
        ("GET", "/v1/articles/../../../etc/passwd", 400),
        ("GET", "/v1/articles/nope/related", 404),
    ],
)
def test_internal_paths_are_not_forwarded(
    edge: RealServer, method: str, path: str, status: int
) -> None:
    assert edge.ask(path, method).status == status


def test_a_stale_response_is_served_while_it_is_revalidated(
    short: RealServer, behind: Behind
) -> None:
    assert cached(short) == ("MISS", 200, "version 1")
    time.sleep(EXPIRED)
    behind.version = 2
    assert cached(short)[::2] == ("STALE", "version 1")
    eventually(lambda: cached(short)[2] == "version 2")
    # It was asked with the ETag of what was there.
    assert '"1"' in behind.requests


def test_unchanged_pages_are_not_fetched_again(short: RealServer, behind: Behind) -> None:
    cached(short)
    time.sleep(EXPIRED)
    cached(short)
    eventually(lambda: cached(short)[0] == "HIT")
    assert behind.requests[:2] == ["", '"1"']
    assert cached(short)[1:] == (200, "version 1")


@pytest.mark.parametrize("seconds", [-1.0, 6.0])
def test_stale_responses_are_served_without_an_answer(
    short: RealServer, behind: Behind, seconds: float
) -> None:
    behind.lifetime = "public, max-age=1, stale-if-error=86400"
    cached(short)
    behind.seconds = seconds
    time.sleep(EXPIRED)
    assert cached(short) == ("STALE", 200, "version 1")
    behind.seconds, behind.version = 0.0, 2
    assert cached(short)[1:] == (200, "version 2")


@pytest.mark.parametrize("lifetime", ["max-age=1, stale-if-error=1", "max-age=1"])
def test_no_response_is_served_after_its_stale_if_error(
    short: RealServer, behind: Behind, lifetime: str
) -> None:
    behind.lifetime = f"public, {lifetime}"
    cached(short)
    behind.seconds = -1.0
    time.sleep(2 * EXPIRED)
    assert short.ask(PATH).status == 502


@pytest.mark.parametrize("status", [500, 503])
def test_an_error_of_the_service_is_passed_on(
    short: RealServer, behind: Behind, status: int
) -> None:
    behind.lifetime = "public, max-age=1, stale-if-error=86400"
    cached(short)
    behind.status = status
    time.sleep(EXPIRED)
    assert cached(short)[1] == status


def test_a_withdrawn_article_is_not_served_stale(short: RealServer, behind: Behind) -> None:
    behind.lifetime = "public, max-age=1, stale-if-error=86400"
    cached(short)
    behind.status = 404
    time.sleep(EXPIRED)
    assert cached(short)[1] == 404


def test_a_stale_response_expires(short: RealServer, behind: Behind) -> None:
    behind.lifetime = "public, max-age=1, stale-while-revalidate=1"
    cached(short)
    behind.version = 2
    time.sleep(2 * EXPIRED)
    assert cached(short)[2] == "version 2"


def test_stale_responses_are_served_while_the_service_is_unavailable(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    settings = load_settings(tmp_path / "home", environ={}, embedding_model=ENCODER)
    publish(settings, write_jsonl(tmp_path / "site.jsonl", records()))
    with serving_related(settings.home) as service:
        nginx = in_front_of(service.port, tmp_path_factory.mktemp("nginx"))
        edge = nginx.__enter__()
        try:
            known = edge.ask("/v1/latest")
            assert "max-age=15," in known.headers["Cache-Control"]
            service.process.terminate()
            service.process.wait(30)
            assert edge.ask("/v1/articles/talks/1/related").status == 502
            time.sleep(15 + EXPIRED)
            got = edge.ask("/v1/latest")
            assert (got.headers["X-Cache"], got.body) == ("STALE", known.body)
        finally:
            nginx.__exit__(None, None, None)
