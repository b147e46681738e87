"""The public API on the sample site."""

import msgspec
from flask.testing import FlaskClient

from recommender.settings import Settings
from service import create_app


def test_related_answers_six_cards_on_the_topic(client: FlaskClient) -> None:
    answer = client.get("/v1/articles/talks/0/related")
    assert answer.status_code == 200
    cards = answer.json["cards"]
    assert len(cards) == 6
    assert {card["id"].partition("/")[0] for card in cards} == {"talks"}
    assert {card["origin"] for card in cards} == {"related"}


def test_an_unknown_address_names_the_page_with_all(client: FlaskClient) -> None:
    answer = client.get("/v1/article/talks/0")
    assert answer.status_code == 404
    assert "/docs lists them" in answer.get_json()["detail"]


def test_an_unknown_article_is_a_404_problem(client: FlaskClient) -> None:
    answer = client.get("/v1/articles/nope/related")
    assert answer.status_code == 404
    assert answer.content_type == "application/problem+json"


def test_a_bad_limit_is_a_400_that_names_it(client: FlaskClient) -> None:
    for bad in ("-1", "0", "21", "six", "1e3", "٣", "", "0000000011234567", "1" + "0" * 5_000):
        answer = client.get("/v1/articles/talks/0/related", query_string={"limit": bad})
        assert answer.status_code == 400, bad
        assert "limit" in answer.json["detail"]


def test_an_empty_filter_is_ignored(client: FlaskClient) -> None:
    path = "/v1/articles/talks/0/related?limit=5"
    plain = client.get(path).json["cards"]
    assert client.get(path + "&section=&exclude_section=&language=").json["cards"] == plain


def test_a_batch_explains_like_single_responses(client: FlaskClient) -> None:
    batch = client.get("/v1/related?id=talks/0&id=talks/1&id=nope&explain=1&limit=2").json
    single = [client.get(f"/v1/articles/talks/{n}/related?explain=1&limit=2").json for n in (0, 1)]
    assert batch["answers"] == single
    assert batch["missing"] == ["nope"]
    assert batch["answers"][0]["cards"][0]["why"]["reasons"]
    assert "runners_up" in batch["answers"][1]


def test_a_fragment_refuses_explain(client: FlaskClient) -> None:
    refused = client.get("/v1/articles/talks/0/related.html?explain=1")
    assert refused.status_code == 400
    assert "explain" in refused.json["detail"]
    paths = client.get("/openapi.json").json["paths"]
    explain = {"$ref": "#/components/parameters/Explain"}
    explaining = {
        name
        for name, route in paths.items()
        if "get" in route and explain in route["get"].get("parameters", ())
    }
    assert explaining == {"/v1/articles/{id}/related", "/v1/related"}


def test_the_schema_omits_pushes_if_switched_off(settings: Settings) -> None:
    client = create_app(msgspec.structs.replace(settings, push_api=False)).test_client()
    result = client.get("/openapi.json").json
    assert "/v1/articles/{id}" not in result["paths"]
    assert {"Article", "PushResult"}.isdisjoint(result["components"]["schemas"])
    assert "securitySchemes" not in result["components"]
    assert client.put("/v1/articles/a", json={}).status_code in {404, 405}
