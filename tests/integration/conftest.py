"""Fixtures of the integration tests: editors who are signed in to the desk."""

from collections.abc import Callable

import pytest

from desk_client import PASSWORD, Browser
from recommender.catalogue.accounts import Accounts, Role
from recommender.settings import Settings
from sample_site import NOW
from service import create_app


@pytest.fixture
def browser(settings: Settings, editors: Accounts) -> Callable[..., Browser]:
    for name, role in (("ann", Role.ADMIN), ("bob", Role.EDITOR), ("eve", Role.VIEWER)):
        editors.add(name, role, PASSWORD, NOW.timestamp())
    app = create_app(settings)

    def opened(name: str = "") -> Browser:
        made = Browser(app)
        if name:
            assert made.sign_in(name).status_code == 302
        return made

    return opened
