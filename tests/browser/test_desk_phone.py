"""The desk on a phone, in a real browser: controls for a finger, lines that read well."""

from collections.abc import Iterator
from typing import Any

import pytest

from desk_browser import desk_server
from embedding_page import Site
from real_server import RealServer

PAGES = (
    "",
    "article?id=talks/2",
    "rules?scope=section&name=sport",
    "facets",
    "history",
    "settings",
)
# The target of a box includes its label.
SMALL = """[...document.querySelectorAll("button, .button, input, select, summary, nav a")]
  .filter((one) => one.checkVisibility() && one.type !== "hidden" && !one.closest(".hidden"))
  .map((one) => (/radio|checkbox/.test(one.type) && one.labels[0]) || one)
  .filter((one) => one.getBoundingClientRect().height < 43.5).map((one) => one.outerHTML)"""
# A separator ends a line: it stands as high as the word before it.
FIRST = """[...document.querySelectorAll(".facts")].flatMap((one) => [...one.childNodes])
  .filter((node) => node.nodeType === 3 && node.parentElement.checkVisibility())
  .filter((node) => [...node.data.matchAll(/\\S\\s+·/g)].some((found) => {
    const tops = [found.index, found.index + found[0].length - 1].map((at) => {
      const sign = document.createRange();
      sign.setStart(node, at);
      sign.setEnd(node, at + 1);
      return sign.getBoundingClientRect().top;
    });
    return tops[1] > tops[0] + 5;
  })).map((node) => node.data)"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, site: Site) -> Iterator[RealServer]:
    folder = tmp_path_factory.mktemp("desk")
    with desk_server(folder, f"sqlite:///{folder / 'catalogue.sqlite3'}", site) as running:
        yield running


def test_controls_suit_a_finger_and_no_line_begins_with_a_separator(
    enter: Any, server: RealServer
) -> None:
    tab = enter("ann", viewport={"width": 390, "height": 844})
    for page in PAGES:
        tab.goto(f"{server.origin}/desk/{page}")
        assert tab.evaluate(SMALL) == [], page
        for width in range(320, 400, 10):
            tab.set_viewport_size({"width": width, "height": 844})
            assert tab.evaluate(FIRST) == [], (page, width)
