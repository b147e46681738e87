"""Prepared responses: encodings, lifetimes and the response cache."""

import gzip
import json

from flask.testing import FlaskClient

from recommender.serving.responses import RelatedResponse
from service.http.response_cache import ResponseCache, negotiate, prepare_related

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


def test_cached_responses_expire_with_their_articles_and_make_room() -> None:
    cache = ResponseCache(max_responses=2)
    cache.put("short", prepare_related(RELATED._replace(expires=1_005), NOW))
    assert cache.get("short", NOW + 4) is not None
    assert cache.get("short", NOW + 5) is None
    for name in "abcde":
        cache.put(name, prepare_related(RELATED, NOW))
    assert cache.get("e", NOW)
    assert cache.get("c", NOW)
    assert cache.get("a", NOW) is None


def test_a_short_list_is_cached_for_less_time(client: FlaskClient) -> None:
    full = client.get("/v1/articles/talks/4/related")
    short = client.get("/v1/articles/talks/4/related?section=sport&limit=20")
    assert len(json.loads(short.data)["cards"]) == 8
    assert "max-age=60" in full.headers["Cache-Control"]
    assert "max-age=15" in short.headers["Cache-Control"]
