"""What the desk needs few steps for, in a real browser: tasks, suggestions, settings and ticks."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from desk_browser import UNDO_SAVED, answered, card, desk_server, picks, public, save, undo
from embedding_page import Site
from real_server import RealServer


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, site: Site) -> Iterator[RealServer]:
    folder = tmp_path_factory.mktemp("desk")
    with desk_server(folder, f"sqlite:///{folder / 'catalogue.sqlite3'}", site) as running:
        yield running


class Hand:
    """An editor by mouse or by keyboard: counts clicks, presses and typed texts."""

    def __init__(self, tab: Any, *, keyboard: bool) -> None:
        self.tab, self.keyboard, self.count = tab, keyboard, 0

    def press(self, control: Any) -> None:
        self.count += 1
        if self.keyboard:
            control.focus()
            self.tab.keyboard.press("Enter")
        else:
            control.click()

    def write(self, text: str, field: Any) -> None:
        self.count += 1
        field.focus()
        self.tab.keyboard.type(text)

    def open(self, server: RealServer, title: str) -> None:
        """Find an article from the history's page, and open it."""
        self.tab.goto(f"{server.origin}/desk/history")
        field = self.tab.get_by_label("Search articles")
        if self.keyboard:
            self.count += 1
            self.tab.keyboard.press("/")
            assert field.evaluate("field => field === document.activeElement")
        self.write(title, field)
        self.count += 1
        self.tab.keyboard.press("Enter")
        self.press(self.tab.locator("#found").get_by_role("link", name=title, exact=True))
        self.tab.get_by_role("heading", name=title).wait_for()

    def button(self, name: str) -> Any:
        return self.tab.get_by_role("button", name=name, exact=True)


@pytest.mark.parametrize("keyboard", [False, True])
def test_three_tasks_take_under_eight_interactions(
    enter: Any, server: RealServer, *, keyboard: bool
) -> None:
    tab = enter("ann")
    pin = Hand(tab, keyboard=keyboard)
    pin.open(server, "Talks report 6")
    third = picks(tab)[2]
    with answered(tab):
        pin.press(card(tab, 3).get_by_role("button", name="Pin here"))
    with answered(tab):
        pin.press(card(tab, 3).get_by_role("button", name="Up"))
    pin.press(pin.button("Save"))
    tab.get_by_role("button", name=UNDO_SAVED).wait_for()
    assert public(server, tab, "talks/6")[1] == third
    undo(tab)
    hide = Hand(tab, keyboard=keyboard)
    hide.open(server, "Football report 4")
    hide.press(tab.get_by_role("link", name="Never recommend", exact=True))
    hide.press(tab.get_by_role("button", name="Monday"))
    hide.press(hide.button("Save the rule"))
    tab.get_by_role("button", name=UNDO_SAVED).wait_for()
    rules = tab.request.get(f"{server.origin}/desk/export.json").json()
    (rule,) = (one for one in rules if one["pick"] == "football/4")  # other tests leave some
    until = datetime.fromisoformat(rule["until"])
    assert (rule["kind"], rule["pick"], until.weekday()) == ("block", "football/4", 0)
    why = Hand(tab, keyboard=keyboard)
    why.open(server, "Football report 2")
    why.write("football/4", tab.get_by_role("searchbox", name="Pin any article"))
    tab.locator("#picker").get_by_text("never recommended: rule by ann").wait_for()
    assert [hand.count < 8 for hand in (pin, hide, why)] == [True] * 3
    tab.goto(f"{server.origin}/desk/rules?scope=article&name=football/4")
    tab.get_by_role("button", name="Undo").first.click()
    tab.get_by_text("Undone.").wait_for()


def test_the_search_field_suggests_articles(enter: Any, server: RealServer) -> None:
    tab = enter("ann")
    tab.goto(f"{server.origin}/desk/history")
    tab.keyboard.press("/")
    field = tab.get_by_role("combobox", name="Search articles")
    options = tab.locator("#suggestions").get_by_role("option")
    tab.keyboard.type("football report")
    options.first.wait_for()
    assert field.get_attribute("aria-expanded") == "true"
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("ArrowDown")
    second = options.nth(1)
    assert second.get_attribute("aria-selected") == "true"
    assert field.get_attribute("aria-activedescendant") == second.get_attribute("id")
    tab.keyboard.press("ArrowUp")
    tab.keyboard.press("ArrowUp")
    assert tab.locator("[aria-selected=true]").count() == 0, "back to the field"
    tab.keyboard.press("Escape")
    assert options.count() == 0
    assert field.input_value() == "football report", "the first Escape only closes the list"
    tab.keyboard.press("ArrowUp")
    chosen = tab.locator("[aria-selected=true] .card-title").inner_text()
    tab.keyboard.press("Enter")
    tab.get_by_role("heading", name=chosen).wait_for()
    tab.wait_for_load_state()  # the script listens for "/"
    tab.keyboard.press("/")
    tab.keyboard.type("football")
    options.nth(2).click()
    tab.wait_for_url("**/desk/article?id=football/2")
    field.fill("talks/3")
    options.first.wait_for()
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/desk/?q=talks*")


def test_suggestions_that_a_busy_worker_refused_are_asked_for_again(
    enter: Any, server: RealServer
) -> None:
    tab = enter("ann")
    tab.goto(f"{server.origin}/desk/history")
    refuse = {"status": 503, "headers": {"Retry-After": "1"}, "body": ""}
    tab.route("**/desk/suggestions?*", lambda route: route.fulfill(**refuse), times=1)
    tab.get_by_role("combobox", name="Search articles").press_sequentially("football")
    tab.locator("#suggestions").get_by_role("option").first.wait_for()


def test_settings_are_previewed_saved_and_undone(enter: Any, server: RealServer) -> None:
    tab = enter("ann")
    tab.goto(f"{server.origin}/desk/settings")
    lists = tab.locator("#settings-preview article")
    assert tab.get_by_role("button", name="Save", exact=True).is_disabled()
    tab.get_by_label("Article 2").fill("football/4")
    lists.nth(1).get_by_role("heading", name="Football report 4").wait_for()
    before = lists.nth(1).get_by_role("listitem").all_inner_texts()
    assert (lists.count(), len(before)) == (3, 6)
    tab.get_by_label("Number of cards", exact=True).fill("2")
    tab.locator("#settings-preview").get_by_text("Not saved yet").wait_for()
    assert lists.nth(1).get_by_role("listitem").all_inner_texts() == before[:2]
    assert len(public(server, tab, "football/4")) == 6, "nothing is public before it is saved"
    save(tab)
    tab.get_by_text("Saved.").wait_for()
    assert len(public(server, tab, "football/4")) == 2
    row = tab.get_by_role("row").filter(has_text="Number of cards").first
    assert "default → 2" in row.inner_text()
    row.get_by_role("button", name="Undo").click()
    tab.get_by_text("Undone.").wait_for()
    assert len(public(server, tab, "football/4")) == 6
    assert tab.get_by_label("Number of cards", exact=True).input_value() == "6"
    assert "2 → default" in tab.get_by_role("row").nth(1).inner_text()


def test_the_ticked_articles_are_counted(enter: Any, server: RealServer) -> None:
    tab = enter("ann")
    tab.goto(f"{server.origin}/desk/?q=football")
    change = tab.get_by_role("button", name="Change how the ticked articles are recommended")
    assert change.is_disabled()
    tab.get_by_role("checkbox", name="Tick: Football report 3").check()
    tab.get_by_role("checkbox", name="Tick: Football report 5").check()
    assert "(2)" in change.inner_text()
    tab.get_by_label("Title, id or address").fill("talks/1")
    tab.get_by_text("1 article", exact=True).wait_for()
    assert change.is_disabled(), "the new results have no ticks"
    tab.get_by_role("button", name="Tick all shown").click()
    change.click()
    assert tab.get_by_label("Article ids").input_value() == "talks/1"
