"""The HTTP client against a real server on loopback that fails in many ways."""

import gzip
import ssl
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import msgspec
import pytest
import trustme

from http_site import Site, respond, serving
from recommender.errors import SourceError
from recommender.ingest.web.client import USER_AGENT, FetchedPage, HTTPClient, Validators
from recommender.settings import HTTP

QUICK = HTTP(
    delay_seconds=0, timeout_seconds=2, max_attempts=2, backoff_seconds=0.01, max_response_mb=1
)


@pytest.fixture
def site() -> Iterator[Site]:
    with serving(Site()) as served:
        yield served


@pytest.fixture
def web() -> Iterator[HTTPClient]:
    with HTTPClient(QUICK) as client:
        yield client


def refused(web: HTTPClient, url: str) -> str:
    with pytest.raises(SourceError) as caught:
        web.get(url)
    message = str(caught.value)
    assert url in message
    assert "\n" not in message
    return message


def test_a_response_has_headers_and_requests_have_a_user_agent(site: Site, web: HTTPClient) -> None:
    site.pages["/a"] = "żółw"
    got = web.get(f"{site.url}/a")
    assert isinstance(got, FetchedPage)
    assert got.data.decode() == "żółw"
    assert got.charset == "utf-8"
    assert all(headers["user-agent"] == USER_AGENT for _, headers in site.requests)


def test_unchanged_pages_are_not_fetched_again(site: Site, web: HTTPClient) -> None:
    def page(handler: BaseHTTPRequestHandler) -> None:
        if handler.headers.get("if-none-match") == '"1"':
            respond(handler, status=304)
        else:
            respond(handler, "text", etag='"1"', last_modified="Mon, 01 Jun 2026 10:00:00 GMT")

    site.pages["/a"] = page
    url = f"{site.url}/a"
    first = web.get(url)
    assert isinstance(first, FetchedPage)
    web.remember(first)
    with HTTPClient(QUICK, web.remembered) as later:
        assert later.get(url) is None
        assert later.unchanged == 1
        assert isinstance(later.get(url, conditional=False), FetchedPage)
    assert web.remembered == {url: Validators('"1"', "Mon, 01 Jun 2026 10:00:00 GMT")}


def test_redirects_are_followed_and_loops_are_errors(site: Site, web: HTTPClient) -> None:
    site.pages["/old"] = lambda h: respond(h, status=301, location="/new")
    site.pages["/new"] = "here"
    site.pages["/a"] = lambda h: respond(h, status=302, location="/b")
    site.pages["/b"] = lambda h: respond(h, status=302, location="/a")
    got = web.get(f"{site.url}/old")
    assert isinstance(got, FetchedPage)
    assert (got.url, got.final) == (f"{site.url}/old", f"{site.url}/new")
    assert "at most 10 redirects" in refused(web, f"{site.url}/a")


def test_a_busy_server_is_retried(site: Site, web: HTTPClient) -> None:
    answers = iter([503, 200])
    site.pages["/a"] = lambda h: respond(h, "text", next(answers))
    assert isinstance(web.get(f"{site.url}/a"), FetchedPage)
    assert site.paths() == ["/a", "/a"]


def test_a_server_that_stays_busy_is_an_error(site: Site, web: HTTPClient) -> None:
    site.pages["/a"] = lambda h: respond(h, "", 503, retry_after="0")
    assert "503" in refused(web, f"{site.url}/a")
    assert len(site.paths()) == 2


def test_a_long_retry_after_is_not_waited_for(site: Site, web: HTTPClient) -> None:
    site.pages["/a"] = lambda h: respond(h, "", 429, retry_after="3600")
    assert "429" in refused(web, f"{site.url}/a")
    assert len(site.paths()) == 1


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_client_error_is_not_retried(site: Site, web: HTTPClient, status: int) -> None:
    site.pages["/a"] = lambda h: respond(h, "", status)
    assert str(status) in refused(web, f"{site.url}/a")
    assert len(site.paths()) == 1


def endless(handler: BaseHTTPRequestHandler, pause: float) -> None:
    handler.send_response(200)
    handler.send_header("content-type", "text/html")
    handler.end_headers()
    try:
        while True:
            handler.wfile.write(b"x" * (1 if pause else 65536))
            time.sleep(pause)
    except OSError:
        handler.close_connection = True


def test_an_endless_response_ends_at_the_size_limit(site: Site, web: HTTPClient) -> None:
    site.pages["/a"] = lambda h: endless(h, 0)
    assert "at most 1 MB" in refused(web, f"{site.url}/a")


def test_a_slow_response_ends_at_the_time_limit(site: Site) -> None:
    site.pages["/a"] = lambda h: endless(h, 0.05)
    with HTTPClient(msgspec.structs.replace(QUICK, timeout_seconds=0.3)) as web:
        assert "within 0.3 s" in refused(web, f"{site.url}/a")


def test_a_gzip_bomb_ends_at_the_limit(site: Site, web: HTTPClient) -> None:
    bomb = gzip.compress(bytes(50_000_000))
    site.pages["/a"] = lambda h: respond(h, bomb, content_encoding="gzip")
    assert "at most 1 MB" in refused(web, f"{site.url}/a")


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (b"no HTTP at all\r\n\r\n", "a whole HTTP response"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 5_000_000 + b"\r\n\r\n", "a whole HTTP response"),
        (b"HTTP/1.1 200 OK\r\nX: y\r\n" * 2 + b"\r\n", "a whole HTTP response"),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nno gzip", "a whole HTTP response"),
        (
            b"HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\n\r\n",
            "an address with http:// or",
        ),
        (b"HTTP/1.1 302 Found\r\nLocation: javascript:a\r\n\r\n", "an address with http:// or"),
        (b"HTTP/1.1 302 Found\r\nLocation: http://[::1\r\n\r\n", "an address with http:// or"),
    ],
)
def test_a_response_of_another_form_is_an_error(
    site: Site, web: HTTPClient, sent: bytes, expected: str
) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        with suppress(OSError):  # the client hangs up
            handler.wfile.write(sent)
        handler.close_connection = True

    site.pages["/a"] = answer
    said = refused(web, f"{site.url}/a")
    assert f"expected {expected}" in said
    assert len(said) < 300


def test_a_truncated_response_is_an_error(site: Site, web: HTTPClient) -> None:
    def cut(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("content-length", "1000")
        handler.end_headers()
        handler.wfile.write(b"half")
        handler.close_connection = True

    site.pages["/a"] = cut
    refused(web, f"{site.url}/a")


def test_refused_connections_and_invalid_urls_are_errors(web: HTTPClient) -> None:
    assert "expected a server that can be reached" in refused(web, "http://127.0.0.1:9/")
    refused(web, "http://[")
    refused(web, "http://exa mple.invalid:x/")


def test_robots_txt_is_respected(site: Site, web: HTTPClient) -> None:
    site.pages |= {
        "/robots.txt": "User-agent: *\nDisallow: /private/",
        "/private/a": "x",
        "/b": "y",
    }
    assert "robots.txt" in refused(web, f"{site.url}/private/a")
    assert isinstance(web.get(f"{site.url}/b"), FetchedPage)
    assert site.paths() == ["/b"]
    with HTTPClient(msgspec.structs.replace(QUICK, respect_robots_txt=False)) as owner:
        assert isinstance(owner.get(f"{site.url}/private/a"), FetchedPage)


def test_a_failing_robots_txt_forbids_all(site: Site, web: HTTPClient) -> None:
    site.pages |= {"/robots.txt": lambda h: respond(h, "", 500), "/b": "y"}
    assert "robots.txt" in refused(web, f"{site.url}/b")


def test_concurrent_responses_keep_their_order(site: Site, web: HTTPClient) -> None:
    site.pages |= {f"/{n}": str(n) for n in range(20) if n != 7}
    answers = list(web.many(f"{site.url}/{n}" for n in range(20)))
    assert [url for url, _ in answers] == [f"{site.url}/{n}" for n in range(20)]
    assert [n for n, (_, got) in enumerate(answers) if isinstance(got, SourceError)] == [7]


def test_an_untrusted_certificate_is_an_error(web: HTTPClient) -> None:
    authority = trustme.CA()

    def secure(server: ThreadingHTTPServer) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("127.0.0.1").configure_cert(context)
        server.socket = context.wrap_socket(server.socket, server_side=True)

    with serving(Site(scheme="https"), secure) as site:
        assert "expected a trusted certificate" in refused(web, f"{site.url}/a")
