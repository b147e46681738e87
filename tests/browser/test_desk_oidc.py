"""Sign-in by an OpenID Connect provider, in a real browser."""

import time
from typing import Any

from desk_client import PASSWORD
from oidc_provider import ANN, CLIENT, SECRET, Provider
from real_server import serving
from recommender.catalogue.accounts import Accounts, Role
from recommender.settings import Settings
from sample_site import ENCODER


def test_sign_in_by_provider_in_a_real_browser(
    settings: Settings,
    editors: Accounts,
    provider: Provider,
    chromium: Any,
) -> None:
    editors.add(ANN, Role.EDITOR, PASSWORD, time.time())
    lines = f'embedding_model = "{ENCODER}"\n[oidc]\n'
    lines += f'issuer = "{provider.issuer}"\nclient_id = "{CLIENT}"\n'
    (settings.home / "recommender.toml").write_text(lines, encoding="utf-8")
    context = chromium.new_context()
    with serving(settings.home, RECOMMENDER_OIDC__CLIENT_SECRET=SECRET) as server:
        tab = context.new_page()
        tab.goto(f"{server.origin}/desk/article?id=talks/0")
        tab.get_by_role("link", name="Sign in with").click()
        tab.get_by_role("button", name=f"Sign out {ANN}").wait_for()
        assert tab.url == f"{server.origin}/desk/article?id=talks/0"
    context.close()
