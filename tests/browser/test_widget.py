"""The widget in a real browser, on another origin with a strict content security policy."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from embedding_page import STYLE, Site
from real_server import RealServer, serving
from recommender.settings import load_settings
from sample_site import ENCODER, publish, records, write_jsonl

FIELD = '<svg xmlns="http://www.w3.org/2000/svg" width="32" height="18"/>'


def arabic(image: str) -> list[dict[str, object]]:
    """Three articles, one of which has a picture that is gone."""
    words = ("الجسر", "المدرسة", "الميناء")
    return [
        {
            "id": f"ar/{number}",
            "title": f"iPhone: إغلاق {word}",
            "body": f"قرر المجلس إغلاق {word} صباح اليوم بسبب الأمطار. " * 5,
            "published": "2026-10-30T08:00:00Z",
            "url": f"https://site.example/ar/{number}",
            "image": image if number == 1 else "",
            "section": "News",
        }
        for number, word in enumerate(words)
    ]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, site: Site) -> Iterator[RealServer]:
    folder = tmp_path_factory.mktemp("site")
    home = folder / "home"
    settings = load_settings(home, environ={}, embedding_model=ENCODER)
    rows = records()
    rows[3]["title"] = "Supercalifragilistic" * 12
    for row in rows[2::3]:
        row["url"] = f"{site.origin}/{row['id']}"  # football, on the site of the widget
    rows[6] |= {"image": f"{site.origin}/field.svg", "image_alt": "A field"}
    site.pages["/field.svg"] = ("image/svg+xml", FIELD)
    rows += arabic(f"{site.origin}/gone.jpg")
    publish(settings, write_jsonl(folder / "site.jsonl", rows))
    (home / "recommender.toml").write_text(f'cors_origins = ["{site.origin}"]\n', encoding="utf-8")
    with serving(home) as running:
        yield running


@pytest.fixture
def tab(chromium: Any) -> Iterator[Any]:
    context = chromium.new_context(viewport={"width": 1000, "height": 800})
    context.add_init_script(
        "window.shifts = 0; new PerformanceObserver(list => list.getEntries().forEach("
        "entry => { window.shifts += entry.value }))"
        ".observe({type: 'layout-shift', buffered: true});"
    )
    page = context.new_page()
    page.complaints = []
    page.on("console", lambda message: page.complaints.append(message.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    yield page
    context.close()


def wait_until(tab: Any, condition: str) -> None:
    """Ask again and again; Playwright's own way to wait needs an eval, which the policy forbids."""
    for _ in range(200):
        if tab.evaluate(condition):
            return
        tab.wait_for_timeout(50)
    raise AssertionError(f"never came true: {condition}")


def test_cards_on_a_strict_page_of_another_origin(tab: Any, site: Site, server: RealServer) -> None:
    tab.goto(site.page(server.origin, scripts=2))
    links = tab.locator("related-posts a")
    links.first.wait_for()
    assert links.count() == 6
    assert tab.get_by_role("region", name="Related posts").count() == 1
    assert tab.get_by_role("listitem").count() == 6
    assert tab.locator("related-posts img").get_attribute("alt") == "A field"
    assert tab.locator("related-posts [part=panel]").count() == 5
    tab.wait_for_timeout(300)
    assert tab.evaluate("window.shifts") == 0
    assert tab.evaluate("document.cookie + localStorage.length") == "0"
    assert tab.complaints == []


def test_a_card_is_reached_by_keyboard_and_by_pointer(
    tab: Any, site: Site, server: RealServer
) -> None:
    tab.goto(site.page(server.origin))
    tab.locator("related-posts a").first.wait_for()
    expected = tab.locator("related-posts a").first.get_attribute("href")
    tab.keyboard.press("Tab")
    focused = (
        "document.querySelector('related-posts').shadowRoot.activeElement.getAttribute('href')"
    )
    assert tab.evaluate(focused) == expected
    # All of the card is the link, not only its title.
    box = tab.locator("related-posts li").first.bounding_box()
    hit = tab.evaluate(
        "([x, y]) => document.querySelector('related-posts').shadowRoot"
        ".elementFromPoint(x, y).tagName",
        [box["x"] + box["width"] - 12, box["y"] + box["height"] - 12],
    )
    assert hit == "A"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(tab: Any, site: Site, server: RealServer, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415

    tab.emulate_media(color_scheme=scheme)
    tab.goto(site.page(server.origin))
    tab.locator("related-posts a").first.wait_for()
    found = Axe().run(tab).response["violations"]
    assert [(rule["id"], rule["nodes"][0]["html"]) for rule in found] == []


@pytest.mark.parametrize(("width", "zoom"), [(320, 1), (640, 2)])
def test_nothing_scrolls_sideways(
    tab: Any, site: Site, server: RealServer, width: int, zoom: int
) -> None:
    # 200% zoom is half as many CSS pixels on the same screen.
    tab.set_viewport_size({"width": width // zoom, "height": 600})
    tab.goto(site.page(server.origin))
    tab.locator("related-posts a").first.wait_for()
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_requests_only_when_scrolled_near(tab: Any, site: Site, server: RealServer) -> None:
    requests: list[str] = []
    tab.on("request", lambda request: requests.append(request.url))
    site.pages["/style.css"] = ("text/css", STYLE + "p { margin-block-end: 4000px }")
    tab.goto(site.page(server.origin))
    tab.wait_for_timeout(300)
    assert not [url for url in requests if "related.html" in url]
    tab.locator("footer").scroll_into_view_if_needed()
    tab.locator("related-posts a").first.wait_for()
    site.pages["/style.css"] = ("text/css", STYLE)


def test_server_rendered_cards_need_no_request(tab: Any, site: Site, server: RealServer) -> None:
    requests: list[str] = []
    tab.on("request", lambda request: requests.append(request.url))
    fragment = server.ask("/v1/articles/talks/0/related.html?limit=3").body.decode()
    block = f'<related-posts article="talks/0">{fragment}</related-posts>'
    tab.goto(site.page(server.origin, block=block))
    wait_until(tab, "!!document.querySelector('related-posts').shadowRoot")
    assert tab.locator("related-posts a:visible").count() == 3
    assert not [url for url in requests if "related.html" in url]


@pytest.mark.parametrize(
    ("block", "reason"),
    [
        ('article="nope"', "related-posts: 404 article: expected the id of a published article"),
        ('article="talks/0" limit="many"', "related-posts: 400 limit: expected a whole number"),
        ('article="talks/0" section="x" fill="none"', ""),
    ],
)
def test_no_cards_show_nothing(
    tab: Any, site: Site, server: RealServer, block: str, reason: str
) -> None:
    tab.goto(site.page(server.origin, block=f"<related-posts {block}></related-posts>"))
    wait_until(tab, "document.querySelector('related-posts').hidden")
    assert not tab.locator("related-posts").is_visible()
    assert tab.locator("footer").is_visible()
    warnings = [text for text in tab.complaints if text.startswith("related-posts: ")]
    assert len(warnings) == bool(reason)
    assert all(text.startswith(reason) for text in warnings)


@pytest.mark.parametrize("layout", ["grid", "list", "compact", "unknown"])
def test_layouts(tab: Any, site: Site, server: RealServer, layout: str) -> None:
    block = f'<related-posts article="talks/0" layout="{layout}" why></related-posts>'
    tab.goto(site.page(server.origin, block=block))
    tab.locator("related-posts a").first.wait_for()
    cards = tab.locator("related-posts li")
    boxes = [card.bounding_box() for card in cards.all()]
    columns = {round(box["x"]) for box in boxes}
    assert len(columns) == (1 if layout in {"list", "compact"} else 3)
    pictures = tab.locator("related-posts :is(img, [part=panel])")
    assert pictures.first.is_visible() == (layout != "compact")
    assert tab.locator("related-posts [part=teaser]").first.is_visible() == (layout != "compact")
    assert tab.locator("related-posts [part=why]").count() == 6
    if len(columns) == 3:
        assert len({round(box["height"]) for box in boxes}) == 1
        facts = [card.locator("[part=facts]").bounding_box() for card in cards.all()]
        ends = {
            round(box["y"] + box["height"] - fact["y"] - fact["height"])
            for box, fact in zip(boxes, facts, strict=True)
        }
        assert len(ends) == 1  # dates are at the bottom


def test_cards_that_the_page_links_already_are_replaced(
    tab: Any, site: Site, server: RealServer
) -> None:
    shown = server.ask("/v1/articles/talks/0/related?limit=4").body
    urls = [card["url"] for card in json.loads(shown)["cards"]]
    read = urls[0].replace("https://", "http://www.") + "/?utm_source=feed#top"
    more = f'<nav><a href="{read}">Read</a> <a href="{urls[1]}">Read</a></nav>'
    article = '<related-posts article="talks/0" limit="2" dedupe="nav"></related-posts>'
    tab.goto(site.page(server.origin, block=more + article))
    links = tab.locator("related-posts a")
    links.first.wait_for()
    assert [link.get_attribute("href") for link in links.all()] == urls[2:4]
    # Of a list that the server included, cards are left or come from the spare ones.
    fragment = server.ask("/v1/articles/talks/0/related.html?limit=1&spare=2").body.decode()
    block = f'{more}<related-posts dedupe="a">{fragment}</related-posts>'
    tab.goto(site.page(server.origin, block=block))
    wait_until(tab, "!!document.querySelector('related-posts').shadowRoot")
    visible = tab.locator("related-posts a:visible")
    assert [link.get_attribute("href") for link in visible.all()] == [urls[2]]


def test_a_wrong_selector_changes_nothing(tab: Any, site: Site, server: RealServer) -> None:
    block = '<related-posts article="talks/0" dedupe="main[["></related-posts>'
    tab.goto(site.page(server.origin, block=block))
    tab.locator("related-posts a").first.wait_for()
    assert tab.locator("related-posts a").count() == 6
    assert len(tab.complaints) == 1
    assert "'main[[' is not a valid selector" in tab.complaints[0]


def test_the_page_that_the_reader_comes_from_is_no_card(
    tab: Any, site: Site, server: RealServer
) -> None:
    block = '<related-posts article="football/0" limit="2"></related-posts>'
    tab.goto(site.page(server.origin, block=block))
    links = tab.locator("related-posts a")
    links.first.wait_for()
    before = [link.get_attribute("href") for link in links.all()]
    assert len(before) == 2
    tab.goto(f"{site.origin}/article", referer=f"{before[0]}?utm_source=front")
    links.first.wait_for()
    after = [link.get_attribute("href") for link in links.all()]
    assert len(after) == 2
    assert after[0] == before[1]
    assert before[0] not in after


def test_page_is_whole_while_the_service_is_unavailable(tab: Any, site: Site) -> None:
    away = "http://127.0.0.1:9"
    tab.goto(site.page(away))
    assert tab.locator("h1").inner_text() == "An article"
    assert tab.locator("footer").is_visible()


def test_right_to_left(tab: Any, site: Site, server: RealServer, tmp_path: Path) -> None:
    url = site.page(server.origin)
    kind, text = site.pages["/article"]
    site.pages["/article"] = (kind, text.replace('lang="en"', 'lang="en" dir="rtl"'))
    tab.goto(url)
    tab.locator("related-posts a").first.wait_for()
    boxes = [tab.locator("related-posts li").nth(place).bounding_box() for place in (0, 1)]
    assert boxes[0]["x"] > boxes[1]["x"]


def test_an_arabic_article_on_a_page_without_direction(
    tab: Any, site: Site, server: RealServer
) -> None:
    tab.goto(site.page(server.origin, block='<related-posts article="ar/0"></related-posts>'))
    tab.locator("related-posts a").first.wait_for()
    assert tab.locator("related-posts h2").inner_text() == "مقالات ذات صلة"
    boxes = [tab.locator("related-posts li").nth(place).bounding_box() for place in (0, 1)]
    assert boxes[0]["x"] > boxes[1]["x"]
    title = (
        "getComputedStyle(document.querySelector('related-posts').shadowRoot.querySelector('h3'))"
    )
    assert tab.evaluate(f"{title}.direction") == "rtl"  # although it begins in Latin letters


@pytest.mark.parametrize("included", [False, True])
def test_a_panel_replaces_a_picture_that_is_gone(
    tab: Any, site: Site, server: RealServer, *, included: bool
) -> None:
    html = server.ask("/v1/articles/ar/0/related.html").body.decode()
    assert "gone.jpg" in html
    inside = html if included else ""
    block = f'<related-posts article="ar/0">{inside}</related-posts>'
    tab.goto(site.page(server.origin, block=block))
    wait_until(tab, "!!document.querySelector('related-posts').shadowRoot")
    root = "document.querySelector('related-posts').shadowRoot"
    count = f"{root}.querySelectorAll"
    wait_until(tab, f"{count}('li').length == 2 && {count}('[part=panel]').length == 2")
    assert tab.evaluate(f"{count}('img').length") == 0
    panel = f"getComputedStyle({root}.querySelector('[part=panel]'), '::before').content"
    assert tab.evaluate(panel) == '"News"'
    assert tab.evaluate("window.shifts") == 0 or included
