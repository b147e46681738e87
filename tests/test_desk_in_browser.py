"""The desk in a real browser: by mouse and by keyboard, narrow and dark, two editors at once."""

from collections.abc import Iterator
from typing import Any

import pytest
from conftest import ENCODER, NOW, publish, records, write_jsonl
from real_server import RealServer, serving
from test_widget import browser  # noqa: F401 - the fixture of Chromium

from recommender.database import open_database
from recommender.editors import Editors, Role
from recommender.settings import load_settings

PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    folder = tmp_path_factory.mktemp("desk")
    home = folder / "home"
    settings = load_settings(home, environ={}, encoder=ENCODER)
    publish(settings, write_jsonl(folder / "site.jsonl", records()))
    engine = open_database(settings.catalogue_url)
    for name in ("ann", "bob"):
        Editors(settings.catalogue_url, engine).add(name, Role.ADMIN, PASSWORD, NOW.timestamp())
    engine.dispose()
    with serving(home) as running:
        yield running


@pytest.fixture
def enter(browser: Any, server: RealServer) -> Iterator[Any]:  # noqa: F811
    """Open a browser of one's own and sign in."""
    contexts: list[Any] = []

    def signed_in(name: str, **options: Any) -> Any:
        context = browser.new_context(**options)
        context.set_default_timeout(30_000)
        contexts.append(context)
        tab = context.new_page()
        tab.goto(f"{server.origin}/desk/")
        tab.get_by_label("Name").fill(name)
        tab.get_by_label("Password").fill(PASSWORD)
        tab.get_by_role("button", name="Sign in", exact=True).click()
        tab.get_by_role("heading", name="Articles").wait_for()
        return tab

    yield signed_in
    for context in contexts:
        context.close()


def picks(tab: Any) -> list[str]:
    found: list[str] = tab.eval_on_selector_all(
        "#block li", "cards => cards.map(card => card.dataset.pick)"
    )
    return found


def save(tab: Any) -> None:
    tab.get_by_role("button", name="Save", exact=True).click()


def test_find_pin_by_drag_and_keyboard_save_undo(enter: Any, server: RealServer) -> None:
    tab = enter("ann")
    tab.get_by_label("Title, id or address").fill("talks/0")
    tab.locator("#found li").first.wait_for()
    tab.goto(f"{server.origin}/desk/article?id=talks/0")
    before = picks(tab)
    with tab.expect_response("**/desk/preview"):
        tab.locator("#block li").nth(3).drag_to(tab.locator("#block li").nth(0))
    tab.locator(f'#block li[data-pinned][data-pick="{before[3]}"]').wait_for()
    assert picks(tab)[0] == before[3]
    second = picks(tab)[1]
    button = tab.locator("#block li").nth(1).get_by_role("button", name="Down")
    button.focus()
    with tab.expect_response("**/desk/preview"):
        tab.keyboard.press("Enter")
    tab.locator(f'#block li[data-pinned][data-pick="{second}"]').wait_for()
    assert picks(tab)[2] == second
    wanted = picks(tab)
    # Nothing is public before it is saved.
    public = f"{server.origin}/v1/articles/talks/0/related"
    assert tab.request.get(public).json()["cards"][0]["id"] == before[0]
    tab.get_by_label("Reason").fill("the better order")
    save(tab)
    undo = tab.get_by_role("button", name="Undo what was saved")
    undo.wait_for()
    tab.wait_for_timeout(2_000)
    assert [card["id"] for card in tab.request.get(public).json()["cards"]] == wanted
    undo.click()
    tab.get_by_text("Undone.").wait_for()
    assert picks(tab) == before


def test_two_editors_see_each_other(enter: Any, server: RealServer) -> None:
    ann, bob = enter("ann"), enter("bob")
    for tab in (ann, bob):
        tab.goto(f"{server.origin}/desk/article?id=reactor/0")
        with tab.expect_response("**/desk/preview"):
            tab.locator("#block li").nth(2).get_by_role("button", name="Pin here").click()
        tab.locator("#block li[data-pinned]").wait_for()
    save(ann)
    ann.get_by_role("button", name="Undo what was saved").wait_for()
    save(bob)
    conflict = bob.locator("#conflict")
    conflict.get_by_text("Somebody else decided").wait_for()
    assert "ann" in conflict.inner_text()


def test_an_expired_session_loses_nothing_unseen(enter: Any, server: RealServer) -> None:
    tab = enter("bob")
    tab.goto(f"{server.origin}/desk/article?id=football/0")
    tab.context.clear_cookies()
    tab.locator("#block li").nth(1).get_by_role("button", name="Block").click()
    save(tab)
    tab.locator("#state:not(:empty)").wait_for()
    assert picks(tab)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    enter: Any, server: RealServer, scheme: str
) -> None:
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415

    tab = enter("ann", color_scheme=scheme, viewport={"width": 320, "height": 700})
    pages = ("", "article?id=talks/2", "history", "overview", "attention")
    for page in pages:
        tab.goto(f"{server.origin}/desk/{page}")
        found = Axe().run(tab).response["violations"]
        assert [(rule["id"], rule["nodes"][0]["html"]) for rule in found] == [], page
        assert tab.evaluate("document.documentElement.scrollWidth") <= 320, page
