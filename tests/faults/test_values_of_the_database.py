"""What PostgreSQL cannot store is bad input (4xx), and never reported as its fault (503)."""

from __future__ import annotations

import gc
import json
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec
import pytest
from sqlalchemy import text

from desk_client import PASSWORD, Browser
from recommender.catalogue.accounts import Accounts, Role
from recommender.catalogue.database import open_database, translate_db_errors
from recommender.errors import InvalidValueError
from recommender.settings import Settings
from sample_site import publish
from service import create_app

NUL, LARGE = "a\0b", 2**31

DECISIONS: list[dict[str, Any]] = [
    {"kind": "undo", "undoes": LARGE},
    {"kind": "undo", "undoes": 2**63},
    {"kind": "hold", "article": NUL},
    {"kind": "hold", "article": "x" * 2_000},
    {"kind": "boost", "scope": "tag", "pick": NUL, "factor": 2},
    {"kind": "boost", "scope": "tag", "pick": "x" * 1_001, "factor": 2},
    {"kind": "hold", "article": "talks/0", "reason": NUL},
    {"kind": "pin", "article": "talks/0", "pick": "talks/1", "place": LARGE},
    {"kind": "hold", "article": "talks/0", "until": "99999-01-01"},
]

PAGES = [
    "/desk/?q=%00",
    "/desk/history?editor=%00&article=%00",
    f"/desk/history?before={2**63}",
    "/desk/article?id=%00",
    "/desk/rules?scope=tag&name=%00",
    "/desk/facets?scope=author&q=%00",
    "/desk/facets?scope=tag&q=%25%5C",
]

FORMS: list[tuple[str, dict[str, str]]] = [
    ("/desk/undo", {"entries": str(2**63)}),
    ("/desk/rules/bulk", {"ids": NUL, "kind": "hold"}),
    ("/desk/rules?scope=tag&name=a%00b", {"do": "save", "kind": "block", "seen": "0"}),
    ("/desk/article?id=talks%2F1", {"do": "save", "seen": str(2**63), "hold": "1"}),
    ("/desk/article?id=talks%2F1", {"do": "save", "seen": "0", "hold": "1", "reason": NUL}),
    ("/desk/withdraw?id=a%00b", {"do": "withdraw"}),
]

ARTICLES: list[dict[str, Any]] = [
    {"title": NUL},
    {"tags": [NUL]},
    {"section": "x" * 5_000},
    {"published": "9999-12-31T23:59:59-05:00"},
]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_odd_values(settings: Settings, source: Path, database: str) -> None:
    settings = msgspec.structs.replace(settings, database_url=database)
    publish(settings, source)
    engine = open_database(database)
    accounts = Accounts(engine)
    accounts.add("ann", Role.ADMIN, PASSWORD, time.time())
    keys = [accounts.new_key("ann", what, "", time.time()) for what in ("token", "articles")]
    token, articles = ({"Authorization": f"Bearer {key}"} for key in keys)
    app = create_app(settings)
    client, ann = app.test_client(), Browser(app)
    found: dict[str, int] = {}
    for one in DECISIONS:
        body = {"decisions": [one], "seen": {str(one.get("article", "")): LARGE - 1}}
        answer = client.post("/v1/overrides", json=body, headers=token)
        found[json.dumps(one)] = answer.status_code
    for seen in (LARGE, 2**63):
        body = {"decisions": [{"kind": "hold", "article": "talks/0"}], "seen": {"talks/0": seen}}
        answer = client.post("/v1/overrides", json=body, headers=token)
        found[f"seen {seen}"] = answer.status_code
    for value in ("%00", "a" * 5_000):
        answer = client.get(f"/v1/overrides?article={value}", headers=token)
        found[f"overrides of {value[:9]}"] = answer.status_code
    for fields in ARTICLES:
        article = {"id": "new", "title": "New", "published": "2026-10-30"} | fields
        answer = client.put("/v1/articles/new", json=article, headers=articles)
        found[json.dumps(fields)[:60]] = answer.status_code
    found["key"] = client.put("/v1/articles/" + quote(NUL), json={}, headers=articles).status_code
    for name in (NUL, "x" * 5_000):
        found[f"sign in as {name[:9]!r}"] = ann.sign_in(name).status_code
    assert ann.sign_in("ann").status_code == 302
    found |= {page: ann.get(page).status_code for page in PAGES}
    for path, form in FORMS:
        found[f"{path} {form}"] = ann.post(path, data=form).status_code
    assert {what: status for what, status in found.items() if status >= 500} == {}
    engine.dispose()
    # An application keeps its connections. They end here, and not in another test.
    del app, client, ann, accounts
    gc.collect()


def test_the_database_refuses_what_no_check_saw(database: str) -> None:
    engine = open_database(database)
    query, value = {
        "sqlite": ("SELECT count(*) FROM decisions WHERE id = :value", 2**70),
        "postgresql": ("SELECT count(*) FROM decisions WHERE reason = :value", NUL),
    }[engine.dialect.name]
    with (
        pytest.raises(InvalidValueError, match="expected text without NUL"),
        translate_db_errors(database),
        engine.connect() as connection,
    ):
        connection.execute(text(query), {"value": value})
    engine.dispose()
