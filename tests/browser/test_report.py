"""The report in a real browser: nothing is loaded, and all figures are drawn."""

from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from click.testing import CliRunner

from recommender.cli import recommender

BARS = "svg path[fill^='var(--']"


@pytest.fixture(scope="module")
def page_file(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.html"
    done = CliRunner().invoke(
        recommender, ["report", "--home", str(published), "--output", str(path)]
    )
    assert done.exit_code == 0, done.output
    return path


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_it_loads_nothing_and_shows_all_figures(
    chromium: Any, page_file: Path, width: int, scheme: str
) -> None:
    context = chromium.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=False
    )
    tab, requests, complaints = context.new_page(), [], []
    tab.on("request", lambda request: requests.append(request.url))
    tab.on("console", lambda message: complaints.append(message.text))
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.goto(page_file.as_uri())
    assert requests == [page_file.as_uri()]
    figures = tab.locator("svg")
    assert figures.count() == 6  # one snapshot has no trend; nothing measured its steps
    for number in range(6):
        box = figures.nth(number).bounding_box()
        assert box["width"] > 200
        assert box["height"] > 100
    # Colours are variables of the page: without them all would be black.
    fills = tab.eval_on_selector_all(BARS, "all => all.map(one => getComputedStyle(one).fill)")
    assert fills
    assert "rgb(0, 0, 0)" not in fills
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    point = tab.locator(".map use[data-tip]").first
    point.scroll_into_view_if_needed()
    assert tab.locator("#tip").is_hidden()
    point.hover(force=True)
    assert tab.locator("#tip").inner_text() == point.get_attribute("data-tip")
    assert " report " in tab.locator("#tip").inner_text()
    assert complaints == []
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_accessible(chromium: Any, page_file: Path, scheme: str) -> None:
    context = chromium.new_context(color_scheme=scheme, bypass_csp=True)
    tab = context.new_page()
    tab.goto(page_file.as_uri())
    found = Axe().run(tab)
    assert found.violations_count == 0, found.generate_report()
    context.close()
