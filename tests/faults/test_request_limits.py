"""Requests beyond each limit of the HTTP interface: one line with the limit, and little work."""

import time

import pytest
from flask.testing import FlaskClient

from desk_client import PASSWORD, Browser
from recommender.articles.article import MAX_RAW_ID_LENGTH
from recommender.catalogue.accounts import Accounts, Role
from recommender.catalogue.database import open_database
from recommender.settings import Settings
from service.desk.app import MAX_REQUEST_BYTES
from service.middleware.long_addresses import MAX_BYTES

RELATED = "/v1/articles/talks/0/related"

REQUESTS = {
    "path": ("/v1/articles/" + "a" * MAX_BYTES + "/related", 414, f"at most {MAX_BYTES} bytes"),
    "path of the fragment": ("/v1/articles/" + "a" * MAX_BYTES + "/related.html", 414, "at most"),
    "path of no route": ("/" + "a" * MAX_BYTES, 414, "at most"),
    "path of the desk": ("/desk/" + "a" * MAX_BYTES, 414, "at most"),
    "query": (f"{RELATED}?exclude=" + "a" * MAX_BYTES, 414, f"at most {MAX_BYTES} bytes"),
    "query of the desk": ("/desk/sign-in?next=" + "a" * MAX_BYTES, 414, "at most"),
    "id": ("/v1/articles/" + "a" * (MAX_RAW_ID_LENGTH + 1) + "/related", 404, "article"),
    "marks": ("/v1/articles/a" + "%CC%95%CC%80" * 2_000 + "/related", 404, "article"),
    "ids": ("/v1/related?" + "&".join(f"id={number}" for number in range(21)), 400, "at most 20"),
    "excluded": (f"{RELATED}?exclude=" + ",".join("a" * 1_001), 400, "exclude: expected at most"),
    "limit": (f"{RELATED}?limit=21", 400, "limit: expected"),
    "digits": (f"{RELATED}?limit=" + "1" * 5_000, 400, "limit: expected"),
    "days": (f"{RELATED}?max_age_days=" + "9" * 5_000, 400, "max_age_days: expected"),
    "section": (f"{RELATED}?section=" + "s" * 1_001, 400, "section: expected"),
    "language": (f"{RELATED}?language=" + "e" * 101, 400, "language: expected"),
    "name of a parameter": (f"{RELATED}?" + "n" * 5_000 + "=1", 400, "unknown parameter"),
}


@pytest.mark.parametrize(("address", "status", "said"), REQUESTS.values(), ids=REQUESTS)
def test_an_address(client: FlaskClient, address: str, status: int, said: str) -> None:
    answer = client.get(address)
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    detail = answer.json["detail"] if answer.json else ""
    assert said in detail
    assert len(detail) < 400
    assert client.get(RELATED).status_code == 200


def test_the_longest_address_is_handled(client: FlaskClient) -> None:
    query = "section=" + "s" * 1_000 + "&exclude=" + ",".join(["a" * 50] * 200)
    assert len(query) < MAX_BYTES
    assert client.get(f"{RELATED}?{query}").status_code == 200


def test_forms_of_the_desk(client: FlaskClient, settings: Settings) -> None:
    engine = open_database(settings.catalogue_url)
    Accounts(settings.catalogue_url, engine).add("ann", Role.EDITOR, PASSWORD, time.time())
    engine.dispose()
    ann = Browser(client.application)
    large = {"name": "ann", "password": "x" * MAX_REQUEST_BYTES}
    assert ann.post("/desk/sign-in", data=large).status_code == 413
    assert ann.sign_in("a" * 5_000).status_code == 403
    assert ann.sign_in("ann").status_code == 302
