"""Answers ready to be sent: forms, lifetimes, what is kept."""

import gzip
import json

from flask.testing import FlaskClient

from recommender.serving.responses import RelatedResponse
from service.http.response_cache import ResponseCache, negotiate, prepare_related

NOW = 1_000.0
SERVED = RelatedResponse(b'{"cards":[]}' * 200, expires=2_000, origins=("related",), cacheable=True)


def test_gzip_is_chosen_where_it_is_wanted_and_has_its_own_etag() -> None:
    answer = prepare_related(SERVED, NOW)
    for accepted in ("gzip", "br, gzip;q=0.5", "*"):
        reply = negotiate({"HTTP_ACCEPT_ENCODING": accepted}, answer)
        headers = dict(reply.headers)
        assert gzip.decompress(reply.body) == SERVED.body
        assert headers["Content-Encoding"] == "gzip"
        assert headers["Content-Length"] == str(len(reply.body))
        assert headers["ETag"] != dict(answer.uncompressed.headers)["ETag"]
    for refused in ("", "br", "gzip;q=0", "identity"):
        assert negotiate({"HTTP_ACCEPT_ENCODING": refused}, answer) == answer.uncompressed


def test_a_small_answer_is_never_packed() -> None:
    answer = prepare_related(SERVED._replace(body=b"{}"), NOW)
    assert negotiate({"HTTP_ACCEPT_ENCODING": "gzip"}, answer) == answer.uncompressed


def test_an_unsettled_list_is_cached_shorter() -> None:
    settled = dict(prepare_related(SERVED, NOW).uncompressed.headers)["Cache-Control"]
    unsettled = dict(prepare_related(SERVED._replace(cacheable=False), NOW).uncompressed.headers)
    assert "max-age=60" in settled
    assert "max-age=15" in unsettled["Cache-Control"]


def test_no_edge_keeps_a_card_beyond_its_end() -> None:
    for left, wanted in ((389, 15), (40, 10), (20, 0)):
        answer = prepare_related(SERVED._replace(expires=int(NOW) + left), NOW)
        assert dict(answer.uncompressed.headers)["Cache-Control"] == f"public, max-age={wanted}"


def test_kept_answers_end_with_their_articles_and_make_room() -> None:
    answers = ResponseCache(max_responses=2)
    answers.put("short", prepare_related(SERVED._replace(expires=1_005), NOW))
    assert answers.get("short", NOW + 4) is not None
    assert answers.get("short", NOW + 5) is None
    for name in "abcde":
        answers.put(name, prepare_related(SERVED, NOW))
    assert answers.get("e", NOW)
    assert answers.get("c", NOW)
    assert answers.get("a", NOW) is None


def test_a_list_that_is_too_short_is_cached_shorter(client: FlaskClient) -> None:
    full = client.get("/v1/articles/talks/4/related")
    short = client.get("/v1/articles/talks/4/related?section=sport&limit=20")
    assert len(json.loads(short.data)["cards"]) == 8
    assert "max-age=60" in full.headers["Cache-Control"]
    assert "max-age=15" in short.headers["Cache-Control"]
