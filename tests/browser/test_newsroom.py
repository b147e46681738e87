"""The pages of the example newsroom in a real browser: accessible, and without layout shifts."""

from collections.abc import Iterator
from typing import Any

import pytest

from newsroom_pages import newsroom_pages

PAGES = ("/", "/science/", "/world/2026/vilnius-talks-open", "/po-polsku/", "/nothing-here")


@pytest.fixture(scope="module")
def newsroom() -> Iterator[str]:
    """The site without the service."""
    with newsroom_pages("http://127.0.0.1:9") as origin:
        yield origin


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_pages_are_accessible_and_do_not_jump(
    chromium: Any, newsroom: str, width: int, scheme: str
) -> None:
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415

    context = chromium.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, reduced_motion="reduce"
    )
    context.add_init_script(
        "window.shifts = 0; new PerformanceObserver(list => list.getEntries().forEach("
        "entry => { window.shifts += entry.value }))"
        ".observe({type: 'layout-shift', buffered: true});"
    )
    tab = context.new_page()
    for page in PAGES:
        tab.goto(newsroom + page)
        tab.wait_for_load_state("networkidle")
        found = Axe().run(tab).response["violations"]
        assert [(rule["id"], rule["nodes"][0]["html"]) for rule in found] == [], page
        assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth"), page
        assert tab.evaluate("window.shifts") == 0, page
        broken = "[...document.images].filter(one => one.complete && !one.naturalWidth).length"
        assert tab.evaluate(broken) == 0, page
    context.close()
