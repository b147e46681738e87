"""Fixtures of the tests in a real browser."""

import os
import shutil
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from desk_browser import sign_in
from embedding_page import Site
from real_server import RealServer

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
]


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    site = Site()
    thread = threading.Thread(target=site.server.serve_forever)
    thread.start()
    yield site
    site.server.shutdown()
    thread.join()
    site.server.server_close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    if CHROMIUM is None:
        message = "no Chromium here: apt-get install chromium"
        pytest.fail(message) if os.environ.get("CI") == "true" else pytest.skip(message)
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only with a browser

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium: Any) -> Iterator[Any]:
    """Open a separate browser, as often as called."""
    contexts: list[Any] = []

    def tab(**options: Any) -> Any:
        context = chromium.new_context(**options)
        context.set_default_timeout(30_000)
        contexts.append(context)
        return context.new_page()

    yield tab
    for context in contexts:
        context.close()


@pytest.fixture
def enter(opened: Any, server: RealServer) -> Any:
    """Open a browser and sign in."""

    def signed_in(name: str, **options: Any) -> Any:
        tab = opened(**options)
        tab.goto(f"{server.origin}/desk/")
        sign_in(tab, name)
        tab.get_by_role("heading", name="Articles").wait_for()
        return tab

    return signed_in
