"""Sign-in by an OpenID Connect provider, also one that lies or is unavailable."""

import http.client
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from joserfc.jwk import RSAKey
from werkzeug.test import TestResponse

from desk_client import BASE, PASSWORD, Browser
from oidc_provider import ANN, CLIENT, SECRET, Provider, providing
from real_server import eventually
from recommender.catalogue.accounts import MAX_FAILURES, Accounts, Role
from recommender.settings import OIDC, Settings
from service import create_app
from service.middleware.access_log import WRITE_SECONDS

LOGIN = "/desk/oidc/login"


@pytest.fixture
def desk(settings: Settings, editors: Accounts, provider: Provider) -> Callable[..., Browser]:
    editors.add(ANN, Role.EDITOR, PASSWORD, time.time())

    def opened(*, access_log: bool = False, **changed: str) -> Browser:
        known = {"issuer": provider.issuer, "client_id": CLIENT, "client_secret": SECRET}
        oidc = OIDC(**(known | changed))
        return Browser(
            create_app(msgspec.structs.replace(settings, oidc=oidc, access_log=access_log))
        )

    return opened


def returned(browser: Browser, login: str = LOGIN) -> str:
    """Go to the provider and take the way back that it shows."""
    sent = browser.get(login)
    assert sent.status_code == 302, sent.text
    place = urlsplit(sent.headers["Location"])
    line = http.client.HTTPConnection(place.netloc, timeout=30)
    line.request("GET", f"{place.path}?{place.query}")
    back = line.getresponse().headers["Location"]
    line.close()
    assert back.startswith(f"{BASE}/desk/oidc/back?")
    return back.removeprefix(BASE)


def signed_in(browser: Browser, login: str = LOGIN) -> TestResponse:
    return browser.get(returned(browser, login))


def refused(answer: TestResponse, browser: Browser, status: int = 403) -> str:
    assert answer.status_code == status, answer.text
    assert browser.get("/desk/").status_code == 302
    assert 'name="password"' in answer.text
    return answer.text.partition('role="alert">')[2].partition("</p>")[0]


def kept(browser: Browser, editors: Accounts) -> set[str]:
    """What the browser's cookie holds."""
    cookie = browser._client.get_cookie("desk", "desk.example")
    app = Flask(__name__)
    app.secret_key = editors.cookie_secret()
    reader = SecureCookieSessionInterface().get_signing_serializer(app)
    assert cookie is not None
    assert reader is not None
    return set(reader.loads(cookie.value))


def test_sign_in_by_provider_opens_the_same_session_as_a_password(
    desk: Any,
    provider: Provider,
    editors: Accounts,
) -> None:
    by_password, browser = desk(), desk()
    assert by_password.sign_in(ANN).status_code == 302
    host = provider.issuer.removeprefix("http://")
    page = browser.get("/desk/sign-in?next=/desk/history").text
    assert f'href="{LOGIN}?next=/desk/history">Sign in with {host}</a>' in page
    back = signed_in(browser, f"{LOGIN}?next=/desk/history")
    assert (back.status_code, back.headers["Location"]) == (302, "/desk/history")
    cookie = back.headers["Set-Cookie"]
    assert all(flag in cookie for flag in ("Secure", "HttpOnly", "SameSite=Lax", "Expires"))
    assert kept(browser, editors) == kept(by_password, editors) == {"key", "_permanent"}
    assert f'Sign out<span class="hidden"> {ANN}</span>' in browser.get("/desk/").text
    browser.post("/desk/sign-out")
    assert browser.get("/desk/").status_code == 302


def test_redirects_stay_on_the_desk(desk: Any) -> None:
    back = signed_in(desk(), f"{LOGIN}?next=https://evil.example/")
    assert back.headers["Location"] == "/desk/"


def test_a_callback_without_a_login_is_refused(desk: Any, provider: Provider) -> None:
    victim, attacker = desk(), desk()
    way = returned(attacker)
    victim.get(LOGIN)
    assert "could not be verified" in refused(victim.get(way), victim)
    assert "could not be verified" in refused(victim.get("/desk/oidc/back"), victim)
    code = parse_qs(urlsplit(way).query)["code"][0]
    forged = victim.get(f"/desk/oidc/back?code={code}&state=forged")
    assert "could not be verified" in refused(forged, victim)
    assert "/token" not in provider.requests
    assert attacker.get(way).status_code == 302
    assert "could not be verified" in refused(victim.get(way), victim)


def test_a_callback_works_once_and_is_not_logged(
    desk: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    browser = desk(access_log=True)
    way = returned(browser)
    assert browser.get(way).headers["Location"] == "/desk/"
    time.sleep(5 * WRITE_SECONDS)  # another thread writes the log
    output = capsys.readouterr().out
    assert '"path":"/desk/oidc/back"' in output
    assert "code=" not in output
    browser.post("/desk/sign-out")
    refused(browser.get(way), browser)


@pytest.mark.parametrize(
    ("lies", "why"),
    [
        ({"nonce": "another"}, "Invalid claim: 'nonce'"),
        ({"nonce": None}, "Missing claim: 'nonce'"),
        ({"aud": "another client"}, "Invalid claim: 'aud'"),
        ({"aud": "another client", "azp": CLIENT}, "Invalid claim: 'aud'"),
        ({"aud": None}, "Missing claim: 'aud'"),
        ({"iss": "https://evil.example"}, "Invalid claim: 'iss'"),
        ({"exp": 1_700_000_000}, "expired"),
        ({"exp": None}, "Missing claim: 'exp'"),
        ({"email": None}, "has no 'email'"),
        ({"email": [ANN]}, "has no 'email'"),
    ],
)
def test_a_token_with_wrong_claims_is_refused(
    desk: Any,
    provider: Provider,
    caplog: pytest.LogCaptureFixture,
    lies: dict[str, Any],
    why: str,
) -> None:
    provider.lies = lies
    browser = desk()
    assert "could not be verified" in refused(signed_in(browser), browser)
    assert why in caplog.text
    provider.lies = {}
    assert signed_in(browser).status_code == 302


def test_a_token_with_a_wrong_signature_is_refused(
    desk: Any, provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    browser = desk()
    provider.signing = RSAKey.generate_key(2048, {"kid": "1"})
    assert "could not be verified" in refused(signed_in(browser), browser)
    assert "BadSignature" in caplog.text
    provider.unsigned = True
    assert "could not be verified" in refused(signed_in(browser), browser)
    assert "UnsupportedAlgorithm" in caplog.text


def test_a_wrong_client_secret_is_refused(desk: Any, caplog: pytest.LogCaptureFixture) -> None:
    browser = desk(client_secret="wrong")
    assert "could not be verified" in refused(signed_in(browser), browser)
    assert "invalid_grant" in caplog.text


def test_a_provider_with_another_issuer_is_refused(
    desk: Any, provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    provider.discovery = {"issuer": "https://evil.example"}
    browser = desk()
    assert "could not be verified" in refused(browser.get(LOGIN), browser)
    assert "the provider's metadata name 'https://evil.example'" in caplog.text


@pytest.mark.parametrize("verified", [False, None, "true", 1])
def test_an_unverified_email_is_refused(desk: Any, provider: Provider, verified: object) -> None:
    provider.lies = {"email_verified": verified}
    browser = desk()
    assert "has not verified" in refused(signed_in(browser), browser)


def test_an_unknown_email_is_refused_without_an_account_or_a_limit(
    desk: Any,
    provider: Provider,
    editors: Accounts,
) -> None:
    provider.person["email"] = "<b>eve</b>@evil.example"
    browser = desk()
    for _ in range(MAX_FAILURES["name"] + 1):
        output = refused(signed_in(browser), browser)
    assert "There is no account named &lt;b&gt;eve&lt;/b&gt;@evil.example" in output
    assert [one.name for one in editors.all()] == [ANN]
    provider.person["email"] = ANN.title()
    assert "There is no account named" in refused(signed_in(browser), browser)
    provider.person["email"] = ANN
    assert signed_in(browser).status_code == 302


def test_a_login_denied_at_the_provider_is_explained(desk: Any) -> None:
    browser = desk()
    output = browser.get("/desk/oidc/back?error=access_denied&error_description=<b>x")
    assert "did not sign you in" in refused(output, browser)


def test_the_claim_is_configurable_and_read_from_userinfo(
    desk: Any,
    provider: Provider,
    editors: Accounts,
) -> None:
    editors.add("Ann Smith", Role.VIEWER, PASSWORD, time.time())
    browser = desk(claim="nickname")
    provider.discovery = {"userinfo_endpoint": f"{provider.issuer}/me"}
    provider.userinfo = {"sub": "somebody else", "nickname": "Ann Smith"}
    assert "could not be verified" in refused(signed_in(browser), browser)
    provider.userinfo["sub"] = "7"
    assert signed_in(browser).status_code == 302
    assert 'Sign out<span class="hidden"> Ann Smith</span>' in browser.get("/desk/").text


def test_without_the_provider_passwords_still_work(
    settings: Settings,
    editors: Accounts,
) -> None:
    editors.add(ANN, Role.EDITOR, PASSWORD, time.time())
    with providing() as provider:
        oidc = OIDC(issuer=provider.issuer, client_id=CLIENT, client_secret=SECRET)
        changed = msgspec.structs.replace(settings, oidc=oidc)
        on_its_way, stranger = Browser(create_app(changed)), Browser(create_app(changed))
        way = returned(on_its_way)
    assert "does not respond" in refused(on_its_way.get(way), on_its_way, 503)
    assert "does not respond" in refused(stranger.get(LOGIN), stranger, 503)
    assert stranger.sign_in(ANN).headers["Location"] == "/desk/"


def test_rotated_keys_are_fetched(desk: Any, provider: Provider) -> None:
    browser = desk()
    assert signed_in(browser).status_code == 302
    provider.key = provider.signing = RSAKey.generate_key(2048, {"kid": "2"})
    provider.kid = "2"
    assert signed_in(browser).headers["Location"] == "/desk/"


def test_repeated_logins_keep_the_cookie_small(desk: Any) -> None:
    browser = desk()
    for _ in range(20):
        browser.get(LOGIN)
    cookie = browser._client.get_cookie("desk", "desk.example")
    assert len(cookie.value) < 2_000


def test_without_the_setting_there_are_no_oidc_routes(
    settings: Settings, editors: Accounts
) -> None:
    editors.add(ANN, Role.EDITOR, PASSWORD, time.time())
    browser = Browser(create_app(settings))
    assert "Sign in with" not in browser.get("/desk/sign-in").text
    assert browser.get(LOGIN).status_code == 404


def test_a_slow_provider_blocks_one_thread_and_no_reader(desk: Any, provider: Provider) -> None:
    browser = desk()
    provider.answers.clear()
    with ThreadPoolExecutor(1) as other:
        first = other.submit(browser.get, LOGIN)
        eventually(lambda: provider.requests)
        app = browser._client.application
        second = Browser(app).get(LOGIN)
        assert (second.status_code, second.headers["Retry-After"]) == (503, "1")
        assert Browser(app).get("/v1/articles/talks/0/related").status_code == 200
        assert Browser(app).get("/desk/sign-in").status_code == 200
        assert not first.done()
        provider.answers.set()
        assert first.result().status_code == 302
