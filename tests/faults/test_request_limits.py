"""Requests beyond each limit of the HTTP interface: one line with the limit, and little work."""

import time
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient

from desk_client import PASSWORD, Browser
from recommender.articles.article import MAX_RAW_ID_LENGTH
from recommender.catalogue.accounts import Accounts, Role
from recommender.catalogue.database import open_database
from recommender.settings import Settings
from service.desk.app import MAX_REQUEST_BYTES
from service.desk.presenters.forms import MAX_CHANGES
from service.desk.views.history import MAX_IMPORTED
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


@pytest.fixture
def accounts(settings: Settings) -> Iterator[Accounts]:
    """Accounts of the desk: the administrator ann."""
    engine = open_database(settings.catalogue_url)
    made = Accounts(engine)
    made.add("ann", Role.ADMIN, PASSWORD, time.time())
    yield made
    engine.dispose()


@pytest.fixture
def ann(client: FlaskClient, accounts: Accounts) -> Browser:
    """A browser at the desk, before it signs in."""
    assert accounts.exist()
    return Browser(client.application)


def test_forms_of_the_desk(ann: Browser) -> None:
    large = {"name": "ann", "password": "x" * MAX_REQUEST_BYTES}
    assert ann.post("/desk/sign-in", data=large).status_code == 413
    assert ann.sign_in("a" * 5_000).status_code == 403
    assert ann.sign_in("ann").status_code == 302


MANY = MAX_CHANGES + 1
MANY_IDS = [f"talks/{number}" for number in range(MANY)]
FORMS: dict[str, tuple[str, dict[str, Any]]] = {
    "undo": ("/desk/undo", {"entries": ",".join(["1"] * MANY)}),
    "bulk": ("/desk/rules/bulk", {"ids": "\n".join(MANY_IDS), "kind": "hold", "do": "save"}),
    "bulk preview": ("/desk/rules/bulk", {"ids": MANY_IDS, "kind": "hold", "do": "preview"}),
    "ticked": ("/desk/rules/bulk", {"ids": MANY_IDS, "do": "choose"}),
    "blocks": ("/desk/article?id=talks/0", {"block": MANY_IDS, "do": "save", "seen": "0"}),
    "draft": ("/desk/article?id=talks/0", {"block": MANY_IDS, "do": "preview", "seen": "0"}),
    "renewed": ("/desk/article?id=talks/0", {"renew": ["1"] * MANY, "do": "save", "seen": "0"}),
}


@pytest.mark.parametrize(("path", "form"), FORMS.values(), ids=FORMS)
def test_too_many_changes_of_a_form(ann: Browser, path: str, form: dict[str, Any]) -> None:
    ann.sign_in("ann")
    answer = ann.post(path, data=form)
    assert answer.status_code == 400
    assert f"at most 1000 changes in one request, got {MANY}. Nothing was saved." in answer.text
    assert ann.get("/desk/export.json").json == []


BODIES: dict[str, dict[str, Any]] = {
    "decisions": {
        "decisions": [{"kind": "hold", "article": name} for name in MANY_IDS],
        "seen": {"talks/0": 0},
    },
    "seen": {
        "decisions": [{"kind": "hold", "article": "talks/0"}],
        "seen": dict.fromkeys(MANY_IDS, 0),
    },
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_too_many_changes_of_the_api(
    client: FlaskClient, accounts: Accounts, body: dict[str, Any]
) -> None:
    token = accounts.new_key("ann", "token", "", time.time())
    headers = {"Authorization": f"Bearer {token}"}
    answer = client.post("/v1/overrides", json=body, headers=headers)
    assert answer.status_code == 400
    assert f"at most 1000 changes in one request, got {MANY}" in answer.json["detail"]
    assert client.get("/v1/overrides", headers=headers).json["overrides"] == []


def test_repeated_ids_count_once(ann: Browser) -> None:
    ann.sign_in("ann")
    names = [f"talks/{number % 8}" for number in range(MANY)]
    saved = ann.post("/desk/rules/bulk", data={"ids": names, "kind": "hold", "do": "save"})
    assert saved.status_code == 303
    chosen = ann.post("/desk/rules/bulk", data={"ids": ["talks/1", "talks/2"], "do": "choose"})
    assert "talks/1\ntalks/2</textarea>" in chosen.text
    entries = ",".join(str(one["id"]) for one in ann.get("/desk/export.json").json)
    assert ann.post("/desk/undo", data={"entries": entries}).status_code == 302
    assert ann.get("/desk/export.json").json == []


@pytest.mark.parametrize("file_format", ["csv", "json"])
def test_too_many_changes_of_an_import(ann: Browser, file_format: str) -> None:
    ann.sign_in("ann")
    text = "kind,article\n" + "hold,talks/0\n" * (MAX_IMPORTED + 1)
    if file_format == "json":
        text = "[" + ",".join(["{}"] * (MAX_IMPORTED + 1)) + "]"
    file = {"file": (BytesIO(text.encode()), f"many.{file_format}")}
    back = ann.post("/desk/import", data=file).headers["Location"]
    said = f"expected at most {MAX_IMPORTED} overrides, got {MAX_IMPORTED + 1}"
    assert said in ann.get(back).text
    assert ann.get("/desk/export.json").json == []
