"""The page of an article at the desk: its block, drafts, saving, undoing and previews."""

import re
from typing import Any

from werkzeug.test import TestResponse

from desk_client import SCRIPT, entries, picks
from recommender.catalogue.database import open_database
from recommender.settings import Settings


def test_a_script_in_a_title_is_escaped(browser: Any) -> None:
    ann = browser("ann")
    paths = ("/desk/", "/desk/article?id=reactor/0", "/desk/article?id=talks/1", "/desk/overview")
    for path in paths:
        page = ann.get(path)
        assert page.status_code == 200, path
        assert SCRIPT not in page.text
        assert "javascript:" not in page.text
    ann.save("talks/0", pins={1: "reactor/0"}, reason=SCRIPT)
    assert SCRIPT not in ann.get("/desk/history").text
    assert SCRIPT not in ann.get(f"/desk/article?id={SCRIPT}").text
    assert SCRIPT not in ann.post("/desk/undo", data={"entries": SCRIPT}).text


def test_save_show_undo(browser: Any) -> None:
    bob, readers = browser("bob"), browser()

    def first() -> tuple[str, str]:
        card = readers.get("/v1/articles/talks/0/related").json["cards"][0]
        return card["id"], card["origin"]

    preview = bob.work("preview", pins={1: "football/5"}, blocks=["talks/1"])
    assert picks(preview)[0] == "football/5"
    assert "Not saved yet" in preview.text
    assert first()[1] == "related"
    saved = bob.save(pins={1: "football/5"}, blocks=["talks/1"], reason="final")
    assert entries(saved) == "1,2"
    assert first() == ("football/5", "editor")
    # Unchanged parts of a draft are left as they are.
    assert entries(bob.save(seen=2, pins={1: "football/5"})) == "3"
    page = bob.get("/desk/article?id=talks/0&saved=3").text
    assert "final" in page
    bob.post("/desk/undo", data={"entries": "2,3", "back": "/desk/article?id=talks/0"})
    assert first()[1] == "related"
    standing = bob.get("/desk/export.json").json
    assert [(e["kind"], e["pick"]) for e in standing] == [("block", "talks/1")]


def test_a_second_editor_gets_a_conflict(browser: Any) -> None:
    ann, bob = browser("ann"), browser("bob")
    entries(ann.save(pins={1: "football/5"}))
    late = bob.save(pins={1: "football/6"}, reason="mine")
    assert late.status_code == 412
    result = late.text.partition("Another editor changed this")[2].partition("Save again")[0]
    assert "ann" in result
    assert "<li>Football report 5</li>" in result
    assert picks(late)[0] == "football/6"
    assert 'value="mine"' in late.text
    seen = re.findall(r'name="seen" value="(\d+)"', late.text)[0]
    entries(bob.save(seen=seen, pins={1: "football/6"}))


def test_invalid_overrides_are_explained(browser: Any) -> None:
    bob = browser("bob")
    result = bob.save(pins={1: "nope"})
    assert (result.status_code, "article &#39;nope&#39;" in result.text) == (422, True)
    assert bob.save(pins={1: "football/5"}, end="2020-01-01T10:00").status_code == 422
    for pin in ("x", "0 talks/1", "21 talks/1", "1 ", "² talks/1"):
        assert bob.work("preview", pin=[pin]).status_code == 400, pin
    assert bob.get("/desk/article?id=nope").status_code == 404
    assert bob.get("/desk/article?id=talks/0&at=soon").status_code == 302


def test_as_of_a_date(browser: Any) -> None:
    bob = browser("bob")
    bob.save(pins={1: "football/5"}, start="2098-01-01T10:00", end="2098-01-02T10:00")

    def first(at: str) -> str:
        page = bob.get("/desk/article", query_string={"id": "talks/0", "at": at})
        return picks(page)[0]

    assert first("2098-01-01T12:00") == "football/5"
    assert first("2098-01-03T12:00") != "football/5"


def readers_until_then(page: TestResponse) -> str:
    """What the page says that readers see from saving until what is drafted starts."""
    return page.text.partition("Until then, readers see:")[2].partition("</ol>")[0]


def test_a_future_draft_is_previewed_as_of_its_start(browser: Any) -> None:
    bob = browser("bob")
    bob.save(pins={1: "talks/3"})
    dates = {"start": "2098-01-01T10:00", "end": "2098-01-02T10:00"}
    drafted = bob.work("preview", pins={1: "football/5"}, **dates)
    assert (
        "Not saved yet. You see the list as of 1 Jan 2098, 10:00, when this starts." in drafted.text
    )
    assert picks(drafted)[0] == "football/5"
    # Between saving and then neither is pinned: what it replaces is lifted at once.
    assert "football" not in readers_until_then(drafted)
    assert readers_until_then(bob.work("preview", pins={1: "football/5"})) == ""
    unread = bob.work("preview", pins={1: "football/5"}, start="soon").text
    assert "Not saved yet: readers do not see this." in unread
    assert "from: expected RFC 3339" in unread


def test_as_of_shows_the_block_at_another_date(browser: Any) -> None:
    bob = browser("bob")
    bob.save(pins={1: "football/5"}, start="2098-01-01T10:00")
    bob.save("talks/2", hold="1", start="2098-01-01T10:00")
    page = bob.get("/desk/article?id=talks/0")
    assert picks(page)[0] != "football/5"
    assert "Starts on 1 Jan 2098, 10:00:" in page.text
    then = {"id": "talks/0", "at": "2098-01-01T11:00"}
    assert picks(bob.get("/desk/article", query_string=then))[0] == "football/5"
    about = {"scope": "section", "name": "sport"}
    later = {"kind": "block", "do": "save", "seen": "0", "start": "2098-01-01T12:00"}
    bob.post("/desk/rules", query_string=about, data=later)
    later_on = {"id": "talks/0", "at": "2098-01-01T12:00"}
    assert "football" not in " ".join(picks(bob.get("/desk/article", query_string=later_on)))


def test_without_the_database_saving_fails_and_readers_are_served(
    browser: Any, settings: Settings
) -> None:
    bob = browser("bob")
    locker = open_database(settings.catalogue_url)
    with locker.begin() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        result = bob.save(pins={1: "football/5"})
        assert result.status_code == 503
        assert "Nothing was saved" in result.text
        assert bob.get("/v1/articles/talks/0/related").status_code == 200
    locker.dispose()
    entries(bob.save(pins={1: "football/5"}))


def test_the_block_is_the_public_fragment(browser: Any) -> None:
    bob, readers = browser("bob"), browser()
    for article in ("talks/0", "reactor/1"):
        page = bob.get(f"/desk/article?id={article}").text
        fragment = readers.get(f"/v1/articles/{article}/related.html").text
        assert "related-posts-card" in fragment
        assert f'<related-posts article="{article}">{fragment}</related-posts>' in page
    assert "widget.js" in page
    held = bob.work("preview", hold="1").text
    assert "<related-posts" not in held
    assert "readers see no related posts here" in held


def test_buttons_start_from_the_present_cards(browser: Any) -> None:
    bob = browser("bob")
    before = picks(bob.get("/desk/article?id=talks/0"))
    moved = picks(bob.work(f"up {before[3]}"))
    assert moved[2] == before[3]
    # Pressed again on a page that still shows it fourth.
    again = picks(bob.work(f"up {before[3]}", pins={3: before[3]}))
    assert again[1] == before[3]
    dropped = picks(bob.work(f"drop {before[5]}", to="1"))
    assert dropped == [before[5], *before[:5]]
    assert picks(bob.work("up nope")) == picks(bob.work("x")) == before


def test_reason_and_end_of_an_override_can_be_changed(browser: Any) -> None:
    bob = browser("bob")
    bob.save(pins={1: "football/5"}, reason="old")
    entries(
        bob.save(seen=1, pins={1: "football/5"}, reason="new", end="2098-01-01T10:00", renew=["1"])
    )
    (one,) = bob.get("/desk/export.json").json
    assert (one["reason"], one["until"][:4]) == ("new", "2098")
    nothing = bob.save(seen=9, pins={1: "football/5"}, reason="x")
    assert "saved=" not in nothing.headers["Location"]
    assert "nothing to save" in bob.get("/desk/article?id=talks/0").text


def test_a_skipped_pin_can_be_removed(browser: Any) -> None:
    ann = browser("ann")
    ann.save(pins={1: "football/5"})
    ann.post("/desk/withdraw?id=football/5", data={"do": "withdraw"})
    page = ann.get("/desk/article?id=talks/0").text
    assert re.search(r"not shown:.*withdrawn by ann.*unpin football/5", page, re.DOTALL)
    own = ann.get("/desk/article?id=football/5").text
    assert "This article is withdrawn: it is in no list" in own
    entries(ann.save(seen=1))


def test_a_pin_is_offered_only_where_it_shows_the_article(browser: Any) -> None:
    ann = browser("ann")

    def tools(page: str, pick: str) -> str:
        found = re.search(rf'<li data-pick="{pick}".*?class="tools"(.*?)</p>', why(page), re.DOTALL)
        assert found
        return found[1]

    def why(page: str) -> str:
        return page.partition('<ol class="candidates">')[2]

    assert "Pin at the top" in tools(ann.get("/desk/article?id=talks/0").text, "talks/1")
    assert "Pin for later" in tools(ann.work("preview", hold="1").text, "talks/1")
    ann.post("/desk/withdraw?id=talks/1", data={"do": "withdraw"})
    gone = ann.get("/desk/article?id=talks/0").text
    assert "cannot be pinned" in tools(gone, "talks/1")
    assert "first talks/1" not in gone
    found = ann.post("/desk/article/find?id=talks/0", data={"pq": "talks/1"}).text
    assert "cannot be pinned" in found
    assert "add talks/1" not in found
    assert "add talks/2" in ann.post("/desk/article/find?id=talks/0", data={"pq": "talks/2"}).text


def test_the_search_for_pins_looks_at_the_draft(browser: Any) -> None:
    def found(**draft: str) -> str:
        form = {"pq": "football/5", **draft}
        return str(browser("bob").post("/desk/article/find?id=talks/0", data=form).text)

    assert "too little in common" in found()
    assert "shown at 1" in found(pin="1 football/5")
    assert "blocked here by bob" in found(block="football/5")


def test_the_list_of_a_later_date_has_the_changes_of_then(browser: Any) -> None:
    bob = browser("bob")
    seen = entries(bob.save(blocks=["talks/1"], end="2099-01-01T00:00"))
    later = {"pins": {1: "football/5"}, "start": "2098-01-01T00:00"}
    entries(bob.save(blocks=["talks/1"], seen=seen, **later))
    now = bob.get("/desk/article?id=talks/0").text
    assert re.search(r"Blocked here</span> *<a[^>]*id=talks/1", now)
    between = bob.get("/desk/article?id=talks/0&at=2098-06-01T00:00").text
    after = bob.get("/desk/article?id=talks/0&at=2099-06-01T00:00").text
    for page, blocked in ((between, True), (after, False)):
        assert ("Blocked here</span>" in page) == blocked
        active = page.partition("Active changes to this list")[2].partition("</details>")[0]
        assert "football" in active.lower()


def test_a_draft_says_that_it_is_one(browser: Any) -> None:
    bob = browser("bob")
    assert "Related posts here" in bob.get("/desk/article?id=talks/0").text
    page = bob.work("preview", pins={1: "football/5"}, blocks=["talks/1"]).text
    assert "Related posts after you save (2 changes)" in page
    assert "As readers will see it" in page
    assert re.search(r"blocked here by bob&nbsp;· not saved", page)


def test_a_skipped_pin_says_why(browser: Any) -> None:
    bob = browser("bob")
    page = bob.work("preview", pins={1: "nowhere/1", 20: "football/5"}).text
    notices = page.partition("Pinned at position 1 ")[2].partition("Pinned at position 20 ")
    assert "nowhere/1&nbsp;· not found among the articles of the site" in notices[0]
    assert "id=nowhere" not in notices[0]
    assert "below the end of the list" in notices[2]
    assert "Pinned at position" not in bob.work("preview", pins={1: "football/5"}).text


def test_undo_after_saving_says_how_much_it_undoes(browser: Any) -> None:
    bob = browser("bob")
    two = bob.save(pins={1: "football/5"}, blocks=["talks/1"])
    assert "Undo the 2 changes just saved" in bob.get(two.headers["Location"]).text
    # Two entries, the end of the old pin and the new one, are one change.
    moved = bob.save(seen=2, pins={2: "football/5"}, blocks=["talks/1"])
    assert "Undo this change" in bob.get(moved.headers["Location"]).text


def test_an_active_rule_is_marked(browser: Any) -> None:
    bob = browser("bob")
    assert "active rule" not in bob.get("/desk/article?id=football/3").text
    rule = {"kind": "boost", "factor": "2", "do": "save", "seen": "0"}
    bob.post("/desk/rules", query_string={"scope": "section", "name": "sport"}, data=rule)
    line = bob.get("/desk/article?id=football/3").text.partition(
        "Recommend more, less or never, in all lists:"
    )[2]
    assert re.search(r"sport</a> <span[^>]*>active rule", line)
    assert line.count("active rule") == 1
    assert "active rule" not in bob.get("/desk/article?id=talks/0").text


def test_a_blocked_candidate_offers_only_unblock(browser: Any) -> None:
    page = browser("bob").work("preview", blocks=["talks/1"]).text
    candidates = page.partition('<ol class="candidates">')[2]
    assert "unblock talks/1" in candidates
    assert "first talks/1" not in candidates
    assert "first talks/2" in candidates
