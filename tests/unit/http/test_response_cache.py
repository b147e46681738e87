"""Prepared responses: encodings, lifetimes and the response cache."""

import gzip
import json
import time
import tracemalloc

import pytest
from flask import Flask
from flask.testing import FlaskClient

from recommender.serving.responses import RelatedResponse
from service.http.response_cache import (
    CACHE_SECONDS,
    Key,
    ResponseCache,
    negotiate,
    prepare_related,
)

NOW = 1_000.0
RELATED = RelatedResponse(
    b'{"cards":[]}' * 200, expires=2_000, origins=("related",), cacheable=True
)


def test_gzip_is_used_if_it_is_accepted_and_has_its_own_etag() -> None:
    cached = prepare_related(RELATED, NOW)
    for accepted in ("gzip", "br, gzip;q=0.5", "*"):
        response = negotiate({"HTTP_ACCEPT_ENCODING": accepted}, cached)
        headers = dict(response.headers)
        assert gzip.decompress(response.body) == RELATED.body
        assert headers["Content-Encoding"] == "gzip"
        assert headers["Content-Length"] == str(len(response.body))
        assert headers["ETag"] != dict(cached.uncompressed.headers)["ETag"]
    for refused in ("", "br", "gzip;q=0", "identity"):
        assert negotiate({"HTTP_ACCEPT_ENCODING": refused}, cached) == cached.uncompressed


def test_a_small_body_is_never_compressed() -> None:
    cached = prepare_related(RELATED._replace(body=b"{}"), NOW)
    assert negotiate({"HTTP_ACCEPT_ENCODING": "gzip"}, cached) == cached.uncompressed


def test_a_volatile_list_is_cached_for_less_time() -> None:
    stable = dict(prepare_related(RELATED, NOW).uncompressed.headers)["Cache-Control"]
    volatile = dict(prepare_related(RELATED._replace(cacheable=False), NOW).uncompressed.headers)
    assert "max-age=60" in stable
    assert "max-age=15" in volatile["Cache-Control"]


def test_no_cache_keeps_a_card_after_it_expires() -> None:
    for left, seconds in ((389, 15), (40, 10), (20, 0)):
        cached = prepare_related(RELATED._replace(expires=int(NOW) + left), NOW)
        assert dict(cached.uncompressed.headers)["Cache-Control"] == f"public, max-age={seconds}"


@pytest.mark.parametrize("cacheable", [True, False])
@pytest.mark.parametrize("left", [0, 29, 45, 300, 389, 390, 391, 3_600, 86_400, 86_490, 10**9])
def test_no_cache_may_show_an_article_after_it_expires(left: int, cacheable: bool) -> None:
    related = RELATED._replace(expires=int(NOW) + left, cacheable=cacheable)
    header = dict(prepare_related(related, NOW).uncompressed.headers)["Cache-Control"]
    seconds = dict(part.split("=") for part in header.removeprefix("public, ").split(", "))
    fresh = int(seconds.pop("max-age"))
    # The last response with this header is sent at the end of its time in the worker's cache.
    shown = fresh + max(map(int, seconds.values()), default=0)
    assert fresh == 0 or CACHE_SECONDS + shown <= left
    assert ("stale-if-error" in seconds) is (left >= 390)
    assert int(seconds.get("stale-if-error", 0)) == min(86_400, left - 30 - fresh) * (left >= 390)


def test_cached_responses_expire_with_their_articles() -> None:
    cache = ResponseCache()
    cache.put("short", prepare_related(RELATED._replace(expires=1_005), NOW))
    assert cache.get("short", NOW + 4) is not None
    assert cache.get("short", NOW + 5) is None


def test_a_response_that_is_asked_for_again_outlives_its_generation() -> None:
    response = prepare_related(RELATED, NOW)
    cache = ResponseCache(max_bytes=2 * response.memory + 100)  # two responses a generation
    for number in range(20):
        cache.put(f"once {number}", response)
        cache.put("often", response) if number == 0 else cache.get("often", NOW)
    assert cache.get("often", NOW) is response
    assert cache.get("once 0", NOW) is None


def test_the_cache_has_a_budget_in_bytes() -> None:
    response = prepare_related(RELATED, NOW)
    cache = ResponseCache(max_bytes=2 * response.memory + 100)
    for name in "abccde":  # the same key again takes no further room
        cache.put(name, response)
    assert [name for name in "abcde" if cache.get(name, NOW)] == ["c", "d", "e"]


@pytest.mark.parametrize(
    ("key", "size"), [("a", 30_000), ("a" * 15_000, 10), (("/v1/related", b"x" * 15_000), 10)]
)
def test_large_responses_and_keys_are_not_kept(key: Key, size: int) -> None:
    cache = ResponseCache()
    cache.put(key, prepare_related(RELATED._replace(body=b"x" * size), NOW))
    assert cache.get(key, NOW) is None


def test_reasons_are_not_cached(app: Flask, client: FlaskClient) -> None:
    responses = app.extensions["state_updater"].state.responses
    for path, is_kept in (
        ("/v1/articles/talks/4/related?limit=5", True),
        ("/v1/articles/talks/4/related?limit=5&explain=1", False),
        ("/v1/related?id=talks/4&id=talks/5&explain=1", False),
    ):
        assert client.get(path).status_code == 200
        plain, query = path.split("?")
        assert (responses.get((plain, query.encode()), time.time()) is not None) is is_kept


@pytest.mark.parametrize("path", ["/v1/related?id=talks/4&x=1", "/v1/latest?language=" + "e" * 101])
def test_what_no_parameter_reads_is_refused(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 400


def test_long_headers_are_not_kept() -> None:
    cached = prepare_related(RELATED, NOW)
    tracemalloc.start()
    for number in range(50):
        accepted = f"gzip, x{number}" + " " * 200_000
        assert (
            "gzip" in dict(negotiate({"HTTP_ACCEPT_ENCODING": accepted}, cached).headers).values()
        )
    used = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert used < 1_000_000


def test_a_short_list_is_cached_for_less_time(client: FlaskClient) -> None:
    full = client.get("/v1/articles/talks/4/related")
    short = client.get("/v1/articles/talks/4/related?section=sport&limit=20")
    assert len(json.loads(short.data)["cards"]) == 8
    assert "max-age=60" in full.headers["Cache-Control"]
    assert "max-age=15" in short.headers["Cache-Control"]
