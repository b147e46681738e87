"""Access to the desk: sessions, roles, forged forms, wrong passwords and API tokens."""

import re
import time
from typing import Any

import msgspec
from werkzeug.test import Client, TestResponse

from desk_client import BASE, PASSWORD, Browser
from recommender.catalogue.accounts import MAX_FAILURES, Accounts, Role
from recommender.settings import Settings
from service import create_app


def test_the_desk_is_off_until_there_is_an_editor(settings: Settings, editors: Accounts) -> None:
    stranger = Browser(create_app(settings))
    assert stranger.get("/desk/").status_code == 404
    editors.add("ann", Role.ADMIN, PASSWORD, time.time())
    assert stranger.get("/desk/").status_code == 302


def test_the_desk_can_be_switched_off(settings: Settings, browser: Any) -> None:
    without = Browser(create_app(msgspec.structs.replace(settings, desk=False)))
    assert without.get("/desk/").status_code == 404
    assert without.get("/v1/overrides").status_code == 404


def test_anonymous_users_are_sent_to_sign_in_and_back(browser: Any) -> None:
    stranger = browser()
    for path in ("/desk/", "/desk/article?id=talks/0", "/desk/history", "/desk/export.csv"):
        sent = stranger.get(path)
        assert sent.status_code == 302
        assert "/desk/sign-in" in sent.headers["Location"]
    assert "/desk/sign-in" in stranger.save(pins={1: "football/5"}).headers["Location"]
    by_script = {"Referer": f"{BASE}/", "X-CSRFToken": stranger.token(), "X-Desk": "1"}
    result = stranger._client.post("/desk/article?id=talks/0", base_url=BASE, headers=by_script)
    assert (result.status_code, result.content_type) == (401, "application/problem+json")
    back = stranger.post(
        "/desk/sign-in?next=https://evil.example/", data={"name": "ann", "password": PASSWORD}
    )
    assert back.headers["Location"] == "/desk/"
    cookie = back.headers["Set-Cookie"]
    assert all(flag in cookie for flag in ("Secure", "HttpOnly", "SameSite=Lax", "Expires"))


def test_a_sign_in_over_plain_http_says_that_the_cookie_is_missing(browser: Any) -> None:
    # Browsers do not return a secure cookie over plain HTTP.
    plain = Client(browser()._client.application, use_cookies=False)
    form = {"name": "ann", "password": PASSWORD}
    page = plain.get("/desk/sign-in", base_url="http://desk.example").text
    form["csrf_token"] = re.findall(r'csrf-token" content="([^"]+)', page)[0]
    refused = plain.post("/desk/sign-in", base_url="http://desk.example", data=form)
    assert refused.status_code == 400
    assert "Your browser sent no cookie. Open the desk over HTTPS" in refused.text
    assert "Form expired" not in refused.text
    polish = {"Accept-Language": "pl"}
    refused = plain.post("/desk/sign-in", base_url="http://desk.example", headers=polish)
    assert "Przeglądarka nie przesłała pliku cookie" in refused.text


def test_a_forged_sign_in_with_a_cookie_is_an_expired_form(browser: Any) -> None:
    stranger = browser()
    stranger.token()
    form = {"name": "ann", "password": PASSWORD}
    expired = stranger.post("/desk/sign-in", token="forged", data=form)
    assert expired.status_code == 400
    assert "Form expired" in expired.text


FORGED = {
    "Host": "evil.example",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Server": "evil.example",
    "X-Host": "evil.example",
    "X-Forwarded-Prefix": "/evil.example",
    "X-Original-URL": "/evil.example",
    "Forwarded": "host=evil.example",
}


SHOWN = {200, 301, 302, 308, 401}
MISSING = ("/v1/latest/", "/desk/nothing", "/desk/static")


def test_no_answer_has_a_host_that_the_client_named(
    settings: Settings, editors: Accounts, browser: Any
) -> None:
    app = create_app(msgspec.structs.replace(settings, trusted_proxies=1))
    ann = browser("ann")
    ann.go_to(app)
    public = ("/", "/docs", "/widget.js", "/openapi.json", "/v1/about.html", "/v1/latest")
    posts = ("/v1/articles/talks/0/related.html", "/v1/latest/", "/v1/overrides")
    desk = ("", "/", "/sign-in", "/history", "/settings", "/nothing", "/static", "/overview")
    article = ("article?id=talks/0", "withdraw?id=talks/0", "rules?scope=article&name=talks/0")
    pages = [*public, *posts, *(f"/desk{path}" for path in desk), *(f"/desk/{p}" for p in article)]
    for path in pages:
        answer = ann._client.get(path, base_url=BASE, headers=FORGED)
        assert "evil.example" not in f"{answer.headers}{answer.text}", path
        assert answer.status_code in ({404} if path in MISSING else SHOWN), path
        answer.close()
    assert "desk: choose which related posts" in browser().get("/desk/sign-in").text
    assert ann.get("/desk").status_code == 200


def test_every_page_is_guarded(browser: Any) -> None:
    page = browser("eve").get("/desk/")
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["X-Content-Type-Options"] == "nosniff"


def test_no_cache_may_keep_what_belongs_to_a_session(browser: Any) -> None:
    eve = browser("eve")
    file = eve.get("/desk/static/desk.css")
    assert (file.status_code, file.headers.get("Cache-Control")) == (200, "no-cache")
    assert "Set-Cookie" not in file.headers
    assert "Vary" not in file.headers
    file.close()
    for path in ("/desk/static/missing.css", "/desk/static/", "/desk/missing.css"):
        missing = eve.get(path)
        assert (missing.status_code, missing.headers["Cache-Control"]) == (404, "no-store")
    assert "Set-Cookie" not in eve.get("/desk/history").headers


def test_pictures_of_a_site_without_tls_are_allowed(settings: Settings, editors: Accounts) -> None:
    editors.add("ann", Role.ADMIN, PASSWORD, time.time())
    for site_url, allowed in (
        ("http://127.0.0.1:8080/news/", "img-src 'self' https: data: http://127.0.0.1:8080;"),
        ("https://site.example/", "img-src 'self' https: data:;"),
        ("", "img-src 'self' https: data:;"),
    ):
        app = create_app(msgspec.structs.replace(settings, site_url=site_url))
        page = Browser(app).get("/desk/sign-in")
        assert allowed in page.headers["Content-Security-Policy"]


def test_viewers_editors_and_admins(browser: Any) -> None:
    eve, bob = browser("eve"), browser("bob")
    assert eve.save(pins={1: "football/5"}).status_code == 403
    assert eve.post("/desk/undo", data={"entries": "1"}).status_code == 403
    assert bob.post("/desk/import").status_code == 403


def test_forged_forms_and_cookies(browser: Any) -> None:
    ann, stranger = browser("ann"), browser()
    assert ann.post("/desk/undo", token="forged", data={"entries": "1"}).status_code == 400
    stranger._client.set_cookie("desk", "eyJrZXkiOiJ4In0.forged.x", domain="desk.example")
    assert stranger.get("/desk/").status_code == 302


def test_signing_out_ends_copied_sessions(browser: Any) -> None:
    ann, thief = browser("ann"), browser()
    cookie = ann._client.get_cookie("desk", "desk.example")
    thief._client.set_cookie("desk", cookie.value, domain="desk.example", secure=True)
    assert thief.get("/desk/").status_code == 200
    ann.post("/desk/sign-out")
    assert thief.get("/desk/").status_code == 302


def test_ten_wrong_passwords_lock_the_account_for_a_while(browser: Any) -> None:
    guesser = browser()
    for _ in range(MAX_FAILURES["name"]):
        assert guesser.sign_in("ann", "wrong password").status_code == 403
    assert guesser.sign_in("ann").status_code == 429
    assert guesser.sign_in("bob").status_code == 302
    # Nobody learns which names there are.
    assert browser().sign_in("nobody", "wrong").status_code == 403


def test_programs_need_a_token(browser: Any, editors: Accounts) -> None:
    program = browser()
    key = editors.new_key("bob", "token", "importer", time.time())

    def call(method: str = "GET", key: str = key, **given: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {key}"}
        return program._client.open(
            "/v1/overrides", method=method, base_url=BASE, headers=headers, **given
        )

    assert program.get("/v1/overrides").status_code == 401
    assert call(key="forged").status_code == 401
    pin = {"kind": "pin", "article": "talks/0", "pick": "football/5", "place": 1}
    assert call("POST", json={"decisions": [pin], "seen": {}}).status_code == 428
    assert call("POST", json={"decisions": [pin], "seen": {"talks/0": 0}}).status_code == 201
    stale = call("POST", json={"decisions": [pin], "seen": {"talks/0": 0}})
    assert stale.status_code == 412
    assert stale.json["newer"][0]["author"] == "bob"
    listed = call(query_string={"article": "talks/0"})
    assert listed.json["version"] == 1
    assert listed.headers["ETag"] == '"1"'
    gone = {"kind": "withdraw", "article": "talks/1"}
    assert call("POST", json={"decisions": [gone], "seen": {"talks/1": 0}}).status_code == 403
    assert call("POST", json={"decisions": [{"kind": "x"}], "seen": {}}).status_code == 422
    several = {"decisions": [pin | {"place": 2, "pick": "talks/3"}, pin | {"pick": "talks/0"}]}
    refused = call("POST", json=several | {"seen": {"talks/0": 1}})
    assert refused.json["detail"].startswith(
        "decisions[1]: pin: expected another article, got 'talks/0'"
    )
    unreadable = call("POST", json={"decisions": [pin, {"kind": "x"}], "seen": {"talks/0": 1}})
    assert unreadable.json["detail"].startswith("decisions[1]: kind: expected one of pin")
    assert call().json["version"] == 1
    assert call("POST", data=b"{").status_code == 400
    assert editors.revoke_tokens("bob") == 1
    assert call().status_code == 401


def test_editors_change_their_own_password(browser: Any) -> None:
    bob, elsewhere = browser("bob"), browser("bob")
    new = "staple horse battery correct"

    def change(**given: str) -> TestResponse:
        form = {"current": PASSWORD, "new": new, "repeated": new}
        return bob.post("/desk/account", data=form | given)

    assert "Change your password" in bob.get("/desk/account").text
    assert change(current="wrong").status_code == 403
    assert change(repeated="other").status_code == 422
    assert change(new="short", repeated="short").status_code == 422
    assert elsewhere.get("/desk/").status_code == 200
    assert change().status_code == 303
    assert bob.get("/desk/account").status_code == 200
    assert elsewhere.get("/desk/").status_code == 302, "other sessions have ended"
    assert browser().sign_in("bob", PASSWORD).status_code == 403
    assert browser().sign_in("bob", new).status_code == 302


def test_every_page_names_the_site_and_marks_the_current_page(
    settings: Settings, editors: Accounts
) -> None:
    import msgspec  # noqa: PLC0415

    editors.add("eve", Role.VIEWER, PASSWORD, time.time())
    named = msgspec.structs.replace(settings, site_name="The <Daily> News")
    eve = Browser(create_app(named))
    assert "The &lt;Daily&gt; News" in eve.get("/desk/sign-in").text
    eve.sign_in("eve")
    for path, current in (("history", "History"), ("overview", "Overview"), ("", "Articles")):
        page = eve.get(f"/desk/{path}").text
        assert f'aria-current="page">{current}</a>' in page
        assert "The &lt;Daily&gt; News" in page
    assert 'aria-current="true">Articles</a>' in eve.get("/desk/article?id=talks/0").text
