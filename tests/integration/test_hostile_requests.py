"""SQL in every search field is a text like another, and no header changes what caches keep."""

from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from recommender.settings import Settings
from service import create_app

SQL = [
    "zq' OR 'a'='a",
    "zq'; DROP TABLE articles;--",
    'zq") UNION SELECT name, password FROM editors --',
    "%",
    "_",
    "\\",
    "zq\\' OR TRUE #",
]
"""No article, section, tag, author or editor of the sample site has one of these in its name."""

FIELDS = [
    *("/desk/?q=", "/desk/?section=", "/desk/?tag=", "/desk/?author=", "/desk/suggestions?q="),
    *("/desk/facets?scope=tag&q=", "/desk/facets?scope=author&q="),
    *("/desk/history?editor=", "/desk/history?article=", "/desk/article?id=", "/desk/withdraw?id="),
    *("/desk/rules?scope=tag&name=", "/desk/rules?scope=author&name=", "/desk/rules/bulk?ids="),
    *("/v1/articles/talks/0/related?section=", "/v1/articles/talks/0/related?exclude="),
    *("/v1/latest?section=", "/v1/related?id=", "/v1/related?url=https://site.example/"),
]


def found(page: Any) -> tuple[int, int, int]:
    """What a page lists: the status, and the numbers of articles and of entries."""
    text = page.text
    listed = sum(map(text.count, ("article?id=", "rules?scope=", '"title":')))
    return page.status_code, listed, text.count("<tr data-entry=")


def test_sql_in_every_search_field(browser: Any) -> None:
    ann = browser("ann")
    ann.save(pins={1: "football/5"})
    for field in FIELDS:
        nothing = found(ann.get(field + "zqzqzq"))
        for text in SQL:
            assert found(ann.get(field + quote(text))) == nothing, (field, text)
    for text in SQL:
        answer = ann.post("/desk/article/find?id=talks/0", data={"pq": text})
        assert (answer.status_code, answer.text.count("data-pick")) == (200, 0), text
    assert [one["pick"] for one in ann.get("/desk/export.json").json] == ["football/5"]


HEADERS = {
    "Host": "evil.example",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "gopher",
    "X-Forwarded-Prefix": "/evil",
    "Forwarded": "host=evil.example;proto=gopher",
    "X-Original-URL": "/desk/",
    "X-Rewrite-URL": "/metrics",
    "X-HTTP-Method-Override": "DELETE",
    "Accept": "text/evil",
    "Accept-Language": "pl",
    "Cookie": "desk=evil; language=pl",
    "Authorization": "Bearer evil",
    "Origin": "https://evil.example",
    "Referer": "https://evil.example/",
    "User-Agent": "<script>",
    "Range": "bytes=0-1",
}

ROUTES = [
    *("/v1/articles/talks/0/related", "/v1/articles/talks/0/related.html", "/v1/latest"),
    *("/v1/articles/talks/0/related?limit=3", "/v1/related?id=talks/0&id=talks/1"),
    *("/v1/articles/nothing/related", "/widget.js", "/openapi.json", "/v1/about.html"),
]


@pytest.fixture
def other_client(settings: Settings) -> FlaskClient:
    return create_app(settings).test_client()


@pytest.mark.parametrize("route", ROUTES)
def test_no_header_of_a_client_changes_what_caches_keep(
    client: FlaskClient, other_client: FlaskClient, route: str
) -> None:
    expected = other_client.get(route)  # of an app that has met no such header
    poisoned = client.get(route, headers=HEADERS)
    usual = client.get(route)
    assert expected.data == usual.data
    own = {"X-Request-ID", "Date", "Age"}
    for name in {*poisoned.headers.keys(), *usual.headers.keys()} - own:
        assert poisoned.headers.get(name) == usual.headers.get(name), name
    assert poisoned.data == usual.data
    assert poisoned.status_code == usual.status_code
    assert b"evil" not in usual.data
