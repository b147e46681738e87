"""The site's API over the small site."""

from flask.testing import FlaskClient


def test_related_answers_six_cards_on_the_topic(client: FlaskClient) -> None:
    answer = client.get("/v1/articles/talks/0/related")
    assert answer.status_code == 200
    cards = answer.json["cards"]
    assert len(cards) == 6
    assert {card["id"].partition("/")[0] for card in cards} == {"talks"}
    assert {card["origin"] for card in cards} == {"related"}


def test_an_unknown_article_is_a_404_problem(client: FlaskClient) -> None:
    answer = client.get("/v1/articles/nope/related")
    assert answer.status_code == 404
    assert answer.content_type == "application/problem+json"


def test_a_bad_limit_is_a_400_that_names_it(client: FlaskClient) -> None:
    for bad in ("-1", "0", "21", "six", "1e3", "٣", "", "0000000011234567", "1" + "0" * 5_000):
        answer = client.get("/v1/articles/talks/0/related", query_string={"limit": bad})
        assert answer.status_code == 400, bad
        assert "limit" in answer.json["detail"]


def test_an_empty_filter_is_none(client: FlaskClient) -> None:
    path = "/v1/articles/talks/0/related?limit=5"
    plain = client.get(path).json["cards"]
    assert client.get(path + "&section=&exclude_section=&language=").json["cards"] == plain
