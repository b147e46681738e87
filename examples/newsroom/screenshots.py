"""Take the screenshots of docs/: the pages, the desk and the widget of the example newsroom.

``python examples/newsroom/screenshots.py`` needs Chromium and the development extra. Name ``site``,
``desk`` or ``widget`` for some of them, and a data directory of the example to save the training.
"""

from __future__ import annotations

import argparse
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import sync_playwright
from run import ARTICLES, HERE, set_environment, wait_until_ready
from site_pages import create_site
from werkzeug.serving import make_server

from recommender.catalogue.accounts import Accounts, Role
from recommender.catalogue.database import open_database
from recommender.settings import load_settings

DOCS = HERE.parent.parent / "docs"
TALKS = "world/2026/vilnius-talks-open"
PORT = 8123
PARTS = ("site", "desk", "widget")
API = f"http://127.0.0.1:{PORT}"


def main() -> None:
    """Serve the newsroom and its desk, and take the screenshots."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="default: all")
    parser.add_argument("--home", help="data directory of the example; default: a temporary one")
    options = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("no Chromium here: apt-get install chromium")
    password = secrets.token_urlsafe(16)
    with (
        pages() as site,
        tempfile.TemporaryDirectory() as empty,
        service(Path(options.home or empty), site, password),
        sync_playwright() as playwright,
    ):
        flags = ["--no-sandbox", "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        if "site" in (options.parts or PARTS):
            take_site(browser, site)
        if "desk" in (options.parts or PARTS):
            take_desk(browser, API, password)
        if "widget" in (options.parts or PARTS):
            take_widget(browser, site)
        browser.close()


@contextmanager
def pages() -> Iterator[str]:
    """Serve the pages of the newsroom."""
    os.environ |= {"NEWSROOM_API": API, "NEWSROOM_DESK": f"{API}/desk/"}
    server = make_server("127.0.0.1", 0, create_site(), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@contextmanager
def service(home: Path, site: str, password: str) -> Iterator[None]:
    """Index the newsroom, create an editor and serve."""
    set_environment(site, urlsplit(site).port or 80)
    command = [sys.executable, "-m", "recommender"]
    subprocess.run([*command, "index", str(ARTICLES), "--home", str(home)], check=True)
    url = load_settings(home, environ={}).catalogue_url
    engine = open_database(url)
    accounts = Accounts(engine)
    if any(editor.name == "Anna" for editor in accounts.all()):
        accounts.remove("Anna")
    accounts.add("Anna", Role.ADMIN, password, time.time())
    engine.dispose()
    serve = [*command, "serve", "--home", str(home), "--port", str(PORT), "--workers", "1"]
    process = subprocess.Popen(serve)
    try:
        wait_until_ready(f"{API}/readyz", process)
        yield
    finally:
        process.terminate()
        process.wait()


def take_site(browser: Any, site: str) -> None:
    """Capture the end of an article with its cards."""
    context = browser.new_context(viewport={"width": 1280, "height": 1240})
    tab = context.new_page()
    tab.goto(f"{site}/{TALKS}")
    tab.locator(".related").scroll_into_view_if_needed()
    tab.evaluate("scrollTo(0, document.querySelector('.related').offsetTop - 150)")
    settle(tab)
    tab.screenshot(path=DOCS / "newsroom.png")
    context.close()


def take_desk(browser: Any, api: str, password: str) -> None:
    """Pin a card and save, move another, and capture the draft: wide, narrow and dark."""
    context = browser.new_context(viewport={"width": 1440, "height": 1250}, locale="en-GB")
    tab = context.new_page()
    tab.goto(f"{api}/desk/article?id={TALKS}")
    tab.get_by_label("Account name").fill("Anna")
    tab.get_by_label("Password").fill(password)
    tab.get_by_role("button", name="Sign in", exact=True).click()
    tab.locator("#order li").nth(3).get_by_role("button", name="Pin here").click()
    tab.locator("#order li[data-pinned]").wait_for()
    tab.get_by_label("Reason").fill("the exchange belongs to the talks")
    tab.get_by_role("button", name="Save", exact=True).click()
    tab.get_by_text("Saved.").wait_for()
    tab.goto(f"{api}/desk/article?id={TALKS}")
    tab.locator("#order li").nth(1).get_by_role("button", name="Down").click()
    tab.get_by_text("Not saved yet: readers do not see this.").wait_for()
    tab.mouse.move(0, 0)
    tab.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    settle(tab)
    tab.screenshot(path=DOCS / "desk.png")
    tab.emulate_media(color_scheme="dark")
    tab.set_viewport_size({"width": 320, "height": 700})
    tab.evaluate("document.querySelector('#order').scrollIntoView()")
    tab.screenshot(path=DOCS / "desk-narrow.png")
    context.close()


def take_widget(browser: Any, site: str) -> None:
    """Capture the widget: light, dark, 320 px wide, and in its other layouts."""
    pictures = [("light", 960, "grid"), ("dark", 960, "grid"), ("320", 320, "grid")]
    pictures += [("list", 960, "list"), ("compact", 960, "compact")]
    for name, width, layout in pictures:
        scheme = "dark" if name == "dark" else "light"
        context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 600})
        tab = context.new_page()
        tab.goto(f"{site}/widget")
        tab.locator(f"#{layout} related-posts").scroll_into_view_if_needed()
        tab.locator(f"#{layout} related-posts a").first.wait_for()
        settle(tab)
        tab.locator(f"#{layout} related-posts").screenshot(path=DOCS / f"widget-{name}.png")
        context.close()


def settle(tab: Any) -> None:
    """Wait until the images of the page are loaded."""
    tab.wait_for_load_state("networkidle")
    tab.wait_for_timeout(500)


if __name__ == "__main__":
    main()
