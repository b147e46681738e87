"""Signing in by a provider in a real browser, from the server as everybody starts it."""

import time
from typing import Any

from conftest import ENCODER
from real_provider import CLIENT, SECRET, Provider
from real_server import serving
from test_desk import PASSWORD, editors  # noqa: F401 - a fixture
from test_desk_oidc import ANN, provider  # noqa: F401 - a fixture
from test_widget import browser  # noqa: F401 - a fixture

from recommender.catalogue.accounts import Accounts, Role
from recommender.settings import Settings


def test_in_a_real_browser_from_a_real_server(
    settings: Settings,
    editors: Accounts,  # noqa: F811
    provider: Provider,  # noqa: F811
    browser: Any,  # noqa: F811
) -> None:
    editors.add(ANN, Role.EDITOR, PASSWORD, time.time())
    lines = f'encoder = "{ENCODER}"\n[oidc]\nissuer = "{provider.issuer}"\nclient_id = "{CLIENT}"\n'
    (settings.home / "recommender.toml").write_text(lines, encoding="utf-8")
    context = browser.new_context()
    with serving(settings.home, RECOMMENDER_OIDC__CLIENT_SECRET=SECRET) as server:
        tab = context.new_page()
        tab.goto(f"{server.origin}/desk/article?id=talks/0")
        tab.get_by_role("link", name="Sign in with").click()
        tab.get_by_role("button", name=f"Sign out {ANN}").wait_for()
        assert tab.url == f"{server.origin}/desk/article?id=talks/0"
    context.close()
