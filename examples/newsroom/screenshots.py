"""Take the screenshots of docs/: the desk and the widget of the example newsroom.

``python examples/newsroom/screenshots.py`` needs Chromium and the development extra.
"""

from __future__ import annotations

import json
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

from playwright.sync_api import sync_playwright
from run import ARTICLES, HERE, wait_until_ready
from site_pages import create_site
from werkzeug.serving import make_server

from recommender.catalogue.accounts import Accounts, Role
from recommender.catalogue.database import open_database
from recommender.settings import load_settings

DOCS = HERE.parent.parent / "docs"
TALKS = "world/2026/vilnius-talks-open"
PORT = 8123
API = f"http://127.0.0.1:{PORT}"
WIDGET = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>The widget</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/static/site.css"><script async src="{api}/widget.js"></script></head>
<body><main style="padding-top:1rem"><related-posts article="{article}"></related-posts></main>
</body></html>"""


def main() -> None:
    """Serve the newsroom and its desk from a temporary directory, and take the screenshots."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("no Chromium here: apt-get install chromium")
    password = secrets.token_urlsafe(16)
    with (
        pages() as site,
        tempfile.TemporaryDirectory() as home,
        service(Path(home), site, password) as api,
        sync_playwright() as playwright,
    ):
        flags = ["--no-sandbox", "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        take_desk(browser, api, site, password)
        take_widget(browser, site)
        browser.close()


@contextmanager
def pages() -> Iterator[str]:
    """Serve the pages of the newsroom, and a page with only the widget."""
    newsroom = create_site()
    newsroom.add_url_rule("/widget", view_func=lambda: WIDGET.format(api=API, article=TALKS))
    server = make_server("127.0.0.1", 0, newsroom, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@contextmanager
def service(home: Path, site: str, password: str) -> Iterator[str]:
    """Index the newsroom, create an editor and serve."""
    command = [sys.executable, "-m", "recommender"]
    subprocess.run([*command, "index", str(ARTICLES), "--home", str(home)], check=True)
    url = load_settings(home, environ={}).catalogue_url
    engine = open_database(url)
    Accounts(url, engine).add("Anna", Role.ADMIN, password, time.time())
    engine.dispose()
    serve = [*command, "serve", "--home", str(home), "--port", str(PORT), "--workers", "1"]
    environ = {**os.environ, "RECOMMENDER_CORS_ORIGINS": json.dumps([site])}
    process = subprocess.Popen(serve, env=environ)
    try:
        wait_until_ready(API, process)
        yield API
    finally:
        process.terminate()
        process.wait()


def take_desk(browser: Any, api: str, site: str, password: str) -> None:
    """Pin a card and save, move another, and capture the draft: wide, narrow and dark."""
    context = browser.new_context(viewport={"width": 1440, "height": 1250}, locale="en-GB")
    tab = context.new_page()
    # As where the desk stands on the site's own host: pictures come from the site.
    context.route(f"{api}/static/**", lambda route: to_site(route, api, site))
    tab.goto(f"{api}/desk/article?id={TALKS}")
    tab.get_by_label("Name").fill("Anna")
    tab.get_by_label("Password").fill(password)
    tab.get_by_role("button", name="Sign in", exact=True).click()
    tab.locator("#order li").nth(3).get_by_role("button", name="Pin here").click()
    tab.locator("#order li[data-pinned]").wait_for()
    tab.get_by_label("Reason").fill("the exchange belongs to the talks")
    tab.get_by_role("button", name="Save", exact=True).click()
    tab.get_by_text("Saved.").wait_for()
    tab.goto(f"{api}/desk/article?id={TALKS}")
    tab.locator("#order li").nth(1).get_by_role("button", name="Down").click()
    tab.get_by_text("Preview: not saved yet.").wait_for()
    tab.mouse.move(0, 0)
    tab.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    settle(tab)
    tab.screenshot(path=DOCS / "desk.png")
    tab.emulate_media(color_scheme="dark")
    tab.set_viewport_size({"width": 320, "height": 700})
    tab.evaluate("document.querySelector('#order').scrollIntoView()")
    tab.screenshot(path=DOCS / "desk-narrow.png")
    context.close()


def to_site(route: Any, api: str, site: str) -> None:
    """Respond with a page of the newsroom."""
    answer = route.fetch(url=route.request.url.replace(api, site))
    route.fulfill(response=answer)


def take_widget(browser: Any, site: str) -> None:
    """Capture the widget on a page of the newsroom: light, dark, and 320 px wide."""
    for name, width in (("light", 960), ("dark", 960), ("320", 320)):
        scheme = "dark" if name == "dark" else "light"
        context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 600})
        tab = context.new_page()
        tab.goto(f"{site}/widget")
        tab.locator("related-posts a").first.wait_for()
        settle(tab)
        tab.locator("main").screenshot(path=DOCS / f"widget-{name}.png")
        context.close()


def settle(tab: Any) -> None:
    """Wait until the images of the page are loaded."""
    tab.wait_for_load_state("networkidle")
    tab.wait_for_timeout(500)


if __name__ == "__main__":
    main()
