"""Related articles for a URL, or for several articles in one request."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from recommender.settings import Settings
from sample_site import publish, records, write_jsonl
from service import create_app


def test_an_article_is_found_by_its_url(client: FlaskClient) -> None:
    by_id = client.get("/v1/articles/talks/0/related")
    address = "http://www.site.example/talks/0/?utm_source=mail#top"
    by_url = client.get("/v1/related", query_string={"url": address})
    assert by_url.data == by_id.data
    assert by_url.headers["ETag"] == by_id.headers["ETag"]
    for wrong in ("https://site.example/talks/99", "https://other.example/talks/0", "nonsense"):
        answer = client.get("/v1/related", query_string={"url": wrong})
        assert answer.status_code == 404
        assert answer.content_type == "application/problem+json"


def test_several_articles_in_one_request(client: FlaskClient) -> None:
    one = client.get("/v1/articles/talks/0/related?limit=2").json
    answer = client.get("/v1/related?id=talks/0&id=nope&id=football/1&limit=2")
    assert answer.status_code == 200
    assert answer.json["answers"][0] == one
    assert [found["article"] for found in answer.json["answers"]] == ["talks/0", "football/1"]
    assert answer.json["missing"] == ["nope"]


@pytest.mark.parametrize(
    "query", ["", "?url=a&id=b", "?limit=2", "?" + "id=x&" * 21, "?url=a&url=b"]
)
def test_a_request_without_a_clear_article_is_a_400(client: FlaskClient, query: str) -> None:
    assert client.get(f"/v1/related{query}").status_code == 400


def test_an_article_with_a_relative_url_is_found_by_the_full_one(
    settings: Settings, source: Path
) -> None:
    rows = records()
    rows[0]["url"] = "/talks/0"
    rows[1]["url"] = "/talks/1"
    publish(settings, write_jsonl(source, rows))
    client = create_app(settings).test_client()
    for url in ("https://www.site.example/talks/0/?utm_source=x", "/talks/0"):
        assert client.get("/v1/related", query_string={"url": url}).json["article"] == "talks/0"
    # One that has it whole comes first.
    whole = client.get("/v1/related", query_string={"url": "https://site.example/talks/1"})
    assert whole.json["article"] == "talks/1"
    assert client.get("/v1/related", query_string={"url": "/talks/9"}).status_code == 404
