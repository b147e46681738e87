"""Who may call what: every route by every kind of credentials, as docs/security.md says.

When a route changes, look at the table that the failing test prints, and copy it.
"""

import logging
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from flask import Flask
from werkzeug.test import Client, TestResponse

from desk_client import BASE, PASSWORD, Browser
from paths import ROOT
from recommender.catalogue import accounts as account_code
from recommender.catalogue.accounts import SESSION_SECONDS, Accounts, Role
from recommender.catalogue.database import open_database
from recommender.settings import load_settings
from sample_site import ENCODER
from service import create_app
from service.desk.app import create_desk

DOCUMENT = ROOT / "docs" / "security.md"
BEGIN, END = "<!-- access table: tests/integration/test_access_table.py -->\n", "<!-- end of"

VALUES = {"article_id:article": "none", "path:filename": "desk.css"}
"""Values of the variable parts of routes."""


class Route(NamedTuple):
    """A route as the table names it, and how to call it."""

    name: str
    method: str
    path: str


def routes_of(app: Flask) -> list[Route]:
    found = []
    for rule in app.url_map.iter_rules():
        name = re.sub(r"<(?:\w+(?:\(.*?\))?:)?(\w+)>", r"{\1}", rule.rule)
        path = re.sub(r"<any\([\"]?([\w-]+).*?>", r"\1", rule.rule)
        path = re.sub(r"<([^>]+)>", lambda part: VALUES[part[1]], path)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            found += [Route(name, method, path)]
    return sorted(found)


class Caller:
    """Somebody with a session, a token, both or neither."""

    def __init__(self, app: Flask, cookie: str = "", token: str = "") -> None:
        self._app, self._cookie, self._token = app, cookie, token

    def call(self, route: Route, *, csrf: str | None = None) -> TestResponse:
        browser = Browser(self._app)
        client: Client = browser._client
        if self._cookie:
            client.set_cookie("desk", self._cookie, domain="desk.example", secure=True)
        headers = {"Referer": f"{BASE}/desk/"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        form = {}
        if route.method == "POST" and route.path.startswith("/desk"):
            headers["X-CSRFToken"] = browser.token() if csrf is None else csrf
            form = {"name": "eve", "password": PASSWORD}  # of the sign-in page
        return client.open(
            route.path,
            method=route.method,
            base_url=BASE,
            headers=headers,
            data=form,
            buffered=True,
        )

    def may(self, route: Route) -> str:
        answer = self.call(route)
        assert answer.status_code < 500, (route, answer.text)
        if "/desk/sign-in?next=" in answer.headers.get("Location", ""):
            return "sign in"
        return "no" if answer.status_code in {401, 403} else "yes"


class Site(NamedTuple):
    app: Flask
    desk: Flask
    accounts: Accounts

    @property
    def routes(self) -> list[Route]:
        return routes_of(self.app) + routes_of(self.desk)

    def cookie(self, key: str) -> str:
        """A session cookie, signed as the desk signs it."""
        sessions: Any = self.desk.session_interface
        signer = sessions.get_signing_serializer(self.desk)
        return str(signer.dumps({"key": key, "_permanent": True}))

    def callers(self) -> dict[str, Caller]:
        """One of each kind, with new credentials."""

        def session(name: str) -> Caller:
            key = self.accounts.open_session(name, time.time())
            return Caller(self.app, self.cookie(key))

        def program(purpose: str) -> Caller:
            key = self.accounts.new_key("bob", purpose, "", time.time())
            return Caller(self.app, token=key)

        return {
            "nobody": Caller(self.app),
            "viewer": session("eve"),
            "editor": session("bob"),
            "admin": session("ann"),
            "overrides token": program("token"),
            "articles token": program("articles"),
        }


@pytest.fixture(scope="module")
def site(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    home = tmp_path_factory.mktemp("access") / "home"
    shutil.copytree(published, home)
    settings = load_settings(home, environ={}, embedding_model=ENCODER)
    engine = open_database(settings.catalogue_url)
    accounts = Accounts(engine)
    for name, role in (("ann", Role.ADMIN), ("bob", Role.EDITOR), ("eve", Role.VIEWER)):
        accounts.add(name, role, PASSWORD, time.time())
    app = create_app(settings)
    desk = create_desk(settings, app.extensions["state_updater"])
    assert desk is not None
    yield Site(app, desk, accounts)
    engine.dispose()


def table(site: Site) -> str:
    callers = site.callers()
    lines = [f"| route | {' | '.join(callers)} |", "|---" * (1 + len(callers)) + "|"]
    # Signing out ends the session, so it comes last.
    for route in sorted(site.routes, key=lambda one: one.name == "/desk/sign-out"):
        cells = [caller.may(route) for caller in callers.values()]
        lines.append(f"| `{route.method} {route.name}` | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def test_the_table_of_the_documentation_is_true(site: Site) -> None:
    before, _, rest = DOCUMENT.read_text(encoding="utf-8").partition(BEGIN)
    assert before
    assert rest.partition(END)[0] == table(site)


def test_expired_revoked_and_mixed_up_credentials_count_as_none(site: Site) -> None:
    expired = site.accounts.open_session("ann", time.time() - SESSION_SECONDS - 60)
    revoked = site.accounts.new_key("ann", "articles", "", time.time())
    site.accounts.revoke(revoked)
    session = site.accounts.open_session("ann", time.time())
    nobody = site.callers()["nobody"]
    protected = [route for route in site.routes if nobody.may(route) != "yes"]
    assert len(protected) > 15
    strangers = [
        Caller(site.app, site.cookie(expired)),
        Caller(site.app, site.cookie(revoked), revoked),
        Caller(site.app, token=session),  # a session is no token
        Caller(site.app, "eyJrZXkiOiJ4In0.forged.x", "forged"),
    ]
    for stranger in strangers:
        assert [route for route in protected if stranger.may(route) == "yes"] == []
    history = Route("/desk/history", "GET", "/desk/history")
    assert history in protected
    assert Caller(site.app, site.cookie(session)).may(history) == "yes"


def test_every_form_needs_the_token_of_its_session(site: Site) -> None:
    forms = [r for r in site.routes if r.method == "POST" and r.path.startswith("/desk")]
    assert len(forms) >= 9
    admin = site.callers()["admin"]
    for route in forms:
        for forged in ("", "forged"):
            assert admin.call(route, csrf=forged).status_code == 400, route


ELSEWHERE = [
    "https://evil.example/", "//evil.example/", "/\\evil.example", "/desk/\\evil", "/desk//evil",
    "javascript:alert(1)", "/desk/\r\nX-A: b", "/desk/\n", "/desk/\0", "/v1/latest", " /desk/",
    "/desk/\u2028", "/desk/\x7f",
]  # fmt: skip


def test_no_redirect_leaves_the_desk(site: Site) -> None:
    editor = Browser(site.app)
    editor.sign_in("bob")
    for target in ELSEWHERE:
        undone = editor.post("/desk/undo", data={"entries": "", "back": target})
        assert (undone.status_code, undone.headers["Location"]) == (302, "/desk/history"), target
    for target in ELSEWHERE[::4]:  # each hashes a password
        form = {"name": "bob", "password": PASSWORD}
        answer = editor.post("/desk/sign-in", query_string={"next": target}, data=form)
        assert (answer.status_code, answer.headers["Location"]) == (302, "/desk/"), target


def test_an_unknown_name_costs_a_hash_of_the_same_strength() -> None:
    """The time of a failed sign-in does not tell which names there are."""
    stored, dummy = (
        value.rpartition("$")[0].rpartition("$")[0]  # without salt and digest
        for value in (account_code._hashed(PASSWORD), account_code._UNKNOWN_EDITOR)
    )
    assert stored == dummy
    assert stored.startswith("$argon2id$")


def test_no_credential_is_logged(
    site: Site, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    callers = site.callers()
    for route in site.routes:
        for name in ("admin", "overrides token", "articles token"):
            callers[name].call(route)
    Browser(site.app).sign_in("ann", "a wrong password")
    written = "".join(capfd.readouterr()) + caplog.text
    assert "/desk/article" in written
    secrets = [s for c in callers.values() for s in (c._cookie, c._token) if s]
    assert len(secrets) == 5
    for secret in [*secrets, PASSWORD, "a wrong password"]:
        assert secret not in written


def test_every_answer_forbids_sniffing(site: Site) -> None:
    callers = site.callers()
    for route in site.routes:
        for caller in (callers["nobody"], callers["editor"]):
            assert caller.call(route).headers.getlist("X-Content-Type-Options") == ["nosniff"]
    for path in ("/none", "/v1/articles/talks%2F0/related", "/v1/articles/talks/0/related.html"):
        answer = Client(site.app).get(path)
        assert answer.headers.getlist("X-Content-Type-Options") == ["nosniff"]


def test_the_session_of_before_is_not_kept(site: Site) -> None:
    """No fixation: what a stranger planted is gone after signing in."""
    browser = Browser(site.app)
    browser.get("/desk/sign-in")
    planted = browser._client.get_cookie("desk", "desk.example")
    browser.sign_in("bob")
    owned = browser._client.get_cookie("desk", "desk.example")
    assert planted is not None
    assert owned is not None
    assert planted.value != owned.value
    assert Caller(site.app, cookie=str(planted.value)).may(Route("", "GET", "/desk/")) == "sign in"
