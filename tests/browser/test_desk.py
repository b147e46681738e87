"""The desk in a real browser: by mouse, by keyboard and without JavaScript, on both databases."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from databases import empty_database
from desk_browser import (
    SCRIPT,
    UNDO_SAVED,
    answered,
    article,
    card,
    desk_server,
    is_work,
    picks,
    press,
    public,
    save,
    sign_in,
    undo,
    widget,
)
from embedding_page import Site
from real_server import RealServer
from recommender.catalogue.accounts import MAX_FAILURES


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, site: Site
) -> Iterator[RealServer]:
    folder = tmp_path_factory.mktemp("desk")
    with desk_server(folder, empty_database(request, folder), site) as running:
        yield running


def test_search_explain_pin_reorder_block_preview_save_undo(
    enter: Any,
    opened: Any,
    site: Site,
    server: RealServer,
) -> None:
    tab, complaints = enter("ann"), list[str]()
    tab.on("console", lambda message: complaints.append(message.text))
    tab.get_by_label("Title, id or address").fill("talks/0")
    tab.locator("#found li").nth(0).and_(tab.locator("li:only-child")).locator(
        ".card-title a"
    ).click()
    tab.get_by_role("heading", name="Talks report 0").wait_for()
    tab.locator("#why summary").first.click()
    assert "same words +" in tab.locator("#why li").first.inner_text()
    before = picks(tab)
    assert widget(opened(), site, server) == before
    with answered(tab):
        card(tab, 4).drag_to(card(tab, 1))
    tab.locator(f'#order li[data-pinned][data-pick="{before[3]}"]').wait_for()
    assert picks(tab)[0] == before[3]
    second = picks(tab)[1]
    press(tab, 2, "Down")
    assert picks(tab)[2] == second
    # The focus goes with the card.
    assert tab.evaluate("document.activeElement.closest('li').dataset.pick") == second
    last = picks(tab)[-1]
    press(tab, len(before), "Block")
    tab.locator("#order .notice").get_by_text("Blocked here").wait_for()
    expected = picks(tab)
    assert last not in expected
    # As readers will see it: the site's own fragment, in the widget.
    tab.get_by_label("As readers will see it").check()
    shown = [a.get_attribute("href") for a in tab.locator("related-posts a:visible").all()]
    assert [str(href).partition(".example/")[2] for href in shown] == expected
    assert public(server, tab, "talks/0") == before, "nothing is public before it is saved"
    with tab.context.expect_page() as other:
        tab.locator("related-posts a:visible").first.click()
    other.value.close()
    assert tab.get_by_label("As readers will see it").is_checked(), "the draft is still there"
    tab.get_by_label("Reason").fill("the better order")
    save(tab)
    tab.get_by_role("button", name=UNDO_SAVED).wait_for()
    # A screen reader reads what has the focus.
    assert "Saved." in tab.evaluate("document.activeElement.innerText")
    tab.locator("#buttons [value=save]:disabled").wait_for()  # nothing to save
    time.sleep(2)
    assert widget(opened(), site, server) == expected
    undo(tab)
    assert picks(tab) == before
    assert public(server, tab, "talks/0") == before
    assert complaints == [], "the policy forbids nothing that the pages do"


def test_a_candidate_and_any_article_are_added(enter: Any, server: RealServer) -> None:
    tab = enter("ann")
    article(tab, server, "talks/3")
    with answered(tab):
        tab.locator("#why li").nth(5).drag_to(card(tab, 2))
    tab.locator("#order li[data-pinned][data-place='2']").wait_for()
    tab.get_by_label("Position").fill("1")
    tab.get_by_role("searchbox", name="Pin any article").fill("football/7")
    tab.get_by_role("button", name="Pin: Football report 7").click()
    tab.locator("#order li[data-pinned][data-pick='football/7'][data-place='1']").wait_for()
    tab.get_by_label("Show no related posts").check()
    tab.locator("#order").get_by_text("No related posts").wait_for()
    tab.get_by_role("link", name="Discard").click()
    tab.locator("#order li[data-place]").first.wait_for()
    assert tab.locator("#order li[data-pinned]").count() == 0


def test_two_editors_see_each_other(enter: Any, server: RealServer) -> None:
    ann, bob = enter("ann"), enter("bob")
    for tab, place in ((ann, 3), (bob, 2)):
        article(tab, server, "reactor/0")
        press(tab, place, "Pin here")
        tab.locator("#order li[data-pinned]").wait_for()
    save(ann)
    ann.get_by_role("button", name=UNDO_SAVED).wait_for()
    with bob.expect_response(is_work) as answered:
        save(bob)
    assert answered.value.status == 412
    conflict = bob.locator("#conflict")
    conflict.get_by_text("Another editor changed this").wait_for()
    assert "ann" in conflict.inner_text()
    assert bob.locator("#order li[data-pinned]").count() == 1, "the own draft is there as well"
    save(bob)
    bob.get_by_role("button", name=UNDO_SAVED).wait_for()
    assert bob.locator("#order li[data-pinned]").count() == 1
    bob.get_by_role("heading", name="Related posts here").wait_for()


def test_after_an_expired_session_the_draft_can_still_be_saved(
    enter: Any, server: RealServer
) -> None:
    tab = enter("bob")
    article(tab, server, "football/0")
    press(tab, 3, "Pin here")
    pinned = picks(tab)[2]
    tab.context.clear_cookies()
    save(tab)
    tab.get_by_text("You are signed out.").wait_for()
    other = tab.context.new_page()
    other.goto(f"{server.origin}/desk/")
    sign_in(other, "bob")
    other.get_by_role("heading", name="Articles").wait_for()
    save(tab)
    tab.get_by_role("button", name=UNDO_SAVED).wait_for()
    assert public(server, tab, "football/0")[2] == pinned
    undo(tab)


def test_ten_wrong_passwords_lock_the_account(opened: Any, server: RealServer) -> None:
    tab = opened()
    tab.goto(f"{server.origin}/desk/")
    for _ in range(MAX_FAILURES["name"]):
        sign_in(tab, "guess", "wrong password")
        tab.get_by_text("Wrong name or password.").wait_for()
    sign_in(tab, "guess")
    tab.get_by_text("Too many failed attempts.").wait_for()


def test_a_script_in_a_title_is_escaped(enter: Any, server: RealServer) -> None:
    tab = enter("ann")
    for page in ("?q=reactor%2F7", "article?id=reactor/7", "article?id=reactor/6"):
        tab.goto(f"{server.origin}/desk/{page}")
        tab.get_by_text(SCRIPT).first.wait_for()
        if page.startswith("article"):
            press(tab, 2, "Pin here")
        assert tab.title() != "run"
    tab.goto(f"{server.origin}/desk/")
    tab.get_by_label("Title, id or address").fill("reactor/7")
    tab.locator("#found").get_by_text(SCRIPT).wait_for()
    assert tab.title() != "run"


def test_every_override_without_javascript(enter: Any, server: RealServer) -> None:
    tab = enter("ann", java_script_enabled=False)
    tab.get_by_label("Title, id or address").fill("TALKS/5")
    tab.get_by_role("button", name="Search").click()
    tab.locator("#found .card-title a").click()

    def titles() -> list[str]:
        tab.wait_for_load_state()  # a click waits only until its page starts to load
        found: list[str] = tab.locator("#order li[data-place] .card-title").all_inner_texts()
        return found

    before = titles()
    card(tab, 3).get_by_role("button", name="Up").click()
    assert titles()[:3] == [before[0], before[2], before[1]]
    card(tab, 2).get_by_role("button", name="Up").click()
    card(tab, 6).get_by_role("button", name="Block").click()
    tab.get_by_role("searchbox", name="Pin any article").fill("football/7")
    # Enter searches here too, and does not save.
    tab.get_by_role("searchbox", name="Pin any article").press("Enter")
    tab.get_by_label("Position").fill("2")
    tab.get_by_role("button", name="Pin: Football report 7").click()
    tab.get_by_label("Reason").fill("without a script")
    tab.get_by_role("button", name="Update the list", exact=True).click()
    expected = titles()
    assert expected[:3] == [before[2], "Football report 7", before[0]]
    assert tab.locator("#readers a").all_inner_texts() == expected
    assert "Not saved yet: readers do not see this." in tab.inner_text("#state")
    save(tab)
    assert tab.url.endswith("#saved")  # the message is in view
    assert tab.get_by_text("Saved. Readers see it").is_visible()
    assert "without a script" in tab.inner_text("main")
    assert titles() == expected
    undo(tab)
    assert titles() == before
    for label, value in (("more or less often", "10"), ("Never recommend", "2")):
        tab.goto(f"{server.origin}/desk/rules?scope=section&name=sport")
        tab.get_by_label(label).check()
        tab.get_by_label("How much").select_option(value)
        tab.get_by_role("button", name="Show what would change").click()
        tab.get_by_text("Related posts change under").wait_for()
        tab.get_by_role("button", name="Save the rule").click()
        undo(tab)
    tab.goto(f"{server.origin}/desk/withdraw?id=talks/5")
    tab.get_by_role("button", name="Withdraw this article").click()
    tab.get_by_text("Withdrawn by ann").wait_for()
    tab.get_by_role("link", name="Restore").click()
    tab.get_by_role("button", name="Restore this article").click()
    assert tab.get_by_text("Withdrawn by ann").count() == 0


SHIFTS = """new Promise((resolve) => {
  let sum = 0;
  new PerformanceObserver((list) => { for (const one of list.getEntries()) sum += one.value; })
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => resolve(sum), 200);
})"""


def test_the_save_bar_stays_in_view_and_nothing_shifts(enter: Any, server: RealServer) -> None:
    tab = enter("ann", viewport={"width": 1280, "height": 720})
    article(tab, server, "talks/2")
    assert tab.evaluate("document.documentElement.scrollHeight") < 2500
    assert tab.evaluate(SHIFTS) < 0.01
    for share in (0, 0.5, 1):
        tab.evaluate(f"scrollTo(0, {share} * document.documentElement.scrollHeight)")
        box = tab.get_by_role("button", name="Save", exact=True).bounding_box()
        assert 0 <= box["y"] <= 720 - box["height"], share
    # As in a window of 1280 by 720 pixels at 200 %.
    tab.set_viewport_size({"width": 640, "height": 360})
    for page in PAGES:
        tab.goto(f"{server.origin}/desk/{page}")
        assert tab.evaluate("document.documentElement.scrollWidth") <= 640, page
        assert tab.evaluate(SHIFTS) < 0.01, page


PAGES = (
    *("", "?attention=1", "article?id=talks/2", "article?id=talks/2&at=2030-01-01T09:00"),
    *("history", "overview", "attention", "facets", "facets?scope=tag", "nowhere"),
    "rules/bulk?ids=talks/2",
    *("account", "settings"),
    *("overview/pinned", "overview/never"),
    *("rules?scope=section&name=sport", "rules?scope=article&name=talks/1"),
    "withdraw?id=talks/2",
)


@pytest.mark.parametrize(("scheme", "locale"), [("light", "en"), ("dark", "pl")])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    enter: Any, server: RealServer, scheme: str, locale: str
) -> None:
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415

    tab = enter("ann", color_scheme=scheme, viewport={"width": 320, "height": 700})
    axe = Axe()

    def look(what: str) -> None:
        found = axe.run(tab).response["violations"]
        assert [(rule["id"], rule["nodes"][0]["html"]) for rule in found] == [], what
        assert tab.evaluate("document.documentElement.scrollWidth") <= 320, what

    if locale == "pl":
        tab.get_by_role("button", name="Polski").click()
        tab.get_by_role("heading", name="Artykuły").wait_for()
    for page in PAGES:
        tab.goto(f"{server.origin}/desk/{page}")
        look(page)
    article(tab, server, "talks/2")
    with answered(tab):
        card(tab, 2).get_by_role("button").first.click()
    with answered(tab):
        card(tab, 4).get_by_role("button").last.click()
    tab.locator("#order .notice").wait_for()
    tab.locator("#pq").fill("football")
    tab.locator("#picker button").first.wait_for()
    look("a draft")
    tab.locator("[name=end]").fill("2020-01-01T10:00")
    tab.locator("#buttons [value=save]").click()
    tab.locator("#alerts [role=alert]").wait_for()
    tab.wait_for_function("document.activeElement.closest('#alerts')")
    tab.wait_for_timeout(700)  # longer than the dates wait for more typing
    look("a mistake")
    assert tab.locator("#alerts [role=alert]").is_visible()
    tab.get_by_role("combobox").fill("football")
    tab.locator("#suggestions").get_by_role("option").first.wait_for()
    tab.keyboard.press("ArrowDown")
    look("suggestions")
    tab.goto(f"{server.origin}/desk/rules?scope=tag&name=news")
    tab.locator("#kind-block").check()
    tab.locator("[value=preview]").click()
    tab.locator("del").first.wait_for()
    look("a preview of every block")
    tab.context.clear_cookies()
    tab.goto(f"{server.origin}/desk/sign-in")
    look("signing in")
