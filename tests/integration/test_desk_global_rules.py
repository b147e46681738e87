"""Rules for every block at the desk: saving, previewing, undoing and withdrawing."""

import re
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import pytest
from werkzeug.test import TestResponse

from desk_client import SCRIPT
from real_server import eventually
from recommender.catalogue.store import Catalogue
from recommender.ingest.push import PushImporter
from recommender.settings import Settings

FOOTBALL = "/desk/rules?scope=tag&name=football"
REPORT = "/desk/rules?scope=article&name=talks/1"


def ids(readers: Any, article: str) -> list[str]:
    cards = readers.get(f"/v1/articles/{article}/related").json["cards"]
    return [card["id"] for card in cards]


def seen(page: TestResponse) -> str:
    return str(re.findall(r'name="seen" value="(\d+)"', page.text)[0])


def decide(browser: Any, page: str, do: str = "save", **given: str) -> TestResponse:
    form = {"kind": "block", "do": do, "seen": seen(browser.get(page))}
    answer: TestResponse = browser.post(page, data=form | given)
    return answer


@pytest.mark.parametrize(
    ("scope", "name", "gone"),
    [
        ("article", "talks/1", {"talks/1"}),
        ("section", "sport", {f"football/{n}" for n in range(8)}),
        ("tag", "football", {f"football/{n}" for n in range(8)}),
        ("author", "Ann Nowak", {"talks/1", "reactor/0", "football/1"}),
    ],
)
def test_block_everywhere(browser: Any, scope: str, name: str, gone: set[str]) -> None:
    bob, readers = browser("bob"), browser()
    page = f"/desk/rules?scope={scope}&name={name}"
    previewed = decide(bob, page, "preview").text
    changed = int(re.findall(r"Related posts change under (\d+) of", previewed)[0])
    assert changed >= 1
    assert "<del>" in previewed
    assert not {e["id"] for e in bob.get("/desk/export.json").json}
    before = {article: ids(readers, article) for article in ("talks/0", "football/0", "reactor/2")}
    saved = decide(bob, page, reason="wrong")
    assert saved.status_code == 303
    for article in before:
        assert not gone & set(ids(readers, article))
    for article in gone & {"talks/1", "football/0"}:
        assert ids(readers, article), "it keeps its own list"
        own = bob.get("/desk/article", query_string={"id": article}).text
        assert "never recommended under other articles" in own
        assert "readers get no related posts here" not in own
    back = bob.get(saved.headers["Location"])
    assert "Undo this change" in back.text
    assert "wrong" in back.text
    target = re.findall(r'name="back" value="([^"]+)"', back.text)[0].replace("&amp;", "&")
    undone = bob.post("/desk/undo", data={"entries": "1", "back": target})
    assert undone.headers["Location"] == target
    assert {article: ids(readers, article) for article in before} == before


@pytest.mark.parametrize(
    ("scope", "name", "held"),
    [("section", "sport", "football/0"), ("author", "Ann Nowak", "reactor/0")],
)
def test_related_posts_are_switched_off_and_the_article_page_says_why(
    browser: Any, scope: str, name: str, held: str
) -> None:
    bob, readers = browser("bob"), browser()
    page = f"/desk/rules?scope={scope}&name={name}"
    article = f"/desk/article?id={held}"
    assert "Show no related posts under these articles" in bob.get(page).text
    assert "Show no related posts under these articles" not in bob.get(REPORT).text
    before = ids(readers, "talks/0"), ids(readers, held)
    previewed = decide(bob, page, "preview", kind="hold").text
    changed, checked = re.findall(r"elated posts change under (\d+) of the (\d+) ", previewed)[0]
    assert changed == checked == re.findall(r"It has (\d+) articles", previewed)[0]
    assert decide(bob, page, kind="hold", reason="a court order").status_code == 303
    assert (ids(readers, "talks/0"), ids(readers, held)) == (before[0], [])
    why = f"switched off ({scope}: {name}) by bob"
    shown = bob.get(article).text
    assert why in shown
    assert "a court order" in shown
    assert why not in bob.get("/desk/article?id=talks/0").text
    bob.post("/desk/language", data={"language": "pl"})
    assert "artykuły są wyłączone (" in bob.get(article).text
    bob.post("/desk/undo", data={"entries": "1"})
    assert ids(readers, held) == before[1]
    assert "są wyłączone" not in bob.get(article).text


def test_boost_and_bury_with_dates(browser: Any) -> None:
    bob, readers = browser("bob"), browser()
    last = ids(readers, "talks/0")[-1]
    page = f"/desk/rules?scope=article&name={last}"
    decide(bob, page, kind="boost", factor="10", start="2098-01-01T10:00", end="2098-01-02T10:00")
    assert ids(readers, "talks/0")[-1] == last
    assert "2098" in bob.get(page).text
    twice = decide(bob, page, kind="boost", factor="9,5")
    assert (twice.status_code, "undo that entry first" in twice.text) == (422, True)
    bob.post("/desk/undo", data={"entries": "1"})
    assert decide(bob, page, kind="boost", factor="9,5").status_code == 303
    assert ids(readers, "talks/0").index(last) < 5
    assert 'value="9,5"' in decide(bob, page, "preview", kind="boost", factor="9,5").text


def test_invalid_rules_are_explained_and_the_form_keeps_its_input(browser: Any) -> None:
    bob, eve = browser("bob"), browser("eve")
    for factor, answered in (
        ("0", "factor"),
        ("1e9", "factor"),
        ("x", "got &#39;x&#39;"),
        ("", "fac"),
    ):
        answer = decide(bob, FOOTBALL, kind="boost", factor=factor, reason="because")
        assert answer.status_code == 422, factor
        assert answered in answer.text
        assert 'value="because"' in answer.text
    assert decide(bob, FOOTBALL, end="2020-01-01T10:00").status_code == 422
    assert decide(bob, FOOTBALL, kind="pin").status_code == 400
    assert bob.get("/desk/rules?scope=x&name=y").status_code == 400
    assert eve.post(FOOTBALL, data={"kind": "block", "do": "save"}).status_code == 403
    assert "Never recommend" not in eve.get(FOOTBALL).text
    assert SCRIPT not in bob.get(f"/desk/rules?scope=tag&name={SCRIPT}").text


def test_conflicts_are_limited_to_the_same_target(browser: Any) -> None:
    ann, bob = browser("ann"), browser("bob")
    old = seen(bob.get(FOOTBALL))
    assert decide(ann, FOOTBALL, kind="boost", factor="2").status_code == 303
    assert decide(bob, REPORT, seen=old).status_code == 303, "it is about something else"
    late = decide(bob, FOOTBALL, kind="boost", factor=".5", seen=old, reason="mine")
    assert late.status_code == 412
    assert "Another editor changed this" in late.text
    assert re.search(r"· more often \(× 2\)\s", late.text)
    assert 'value="mine"' in late.text
    assert seen(late) > old


@pytest.mark.parametrize("name", ["Football", " FOOTBALL "])
def test_a_rule_for_a_name_in_other_letters_is_listed(browser: Any, name: str) -> None:
    bob = browser("bob")
    about = {"scope": "tag", "name": name}
    form = {"kind": "block", "do": "save", "seen": "0", "reason": "paid"}
    assert bob.post("/desk/rules", query_string=about, data=form).status_code == 303
    assert "paid" in bob.get(FOOTBALL).text
    again = decide(bob, FOOTBALL)
    assert again.status_code == 422
    assert "an equal override exists already" in again.text


def test_withdrawing_and_restoring_ask_for_confirmation(browser: Any) -> None:
    ann, bob, readers = browser("ann"), browser("bob"), browser()
    question = "/desk/withdraw?id=talks/1"
    assert bob.get(question).status_code == 403
    assert "/desk/withdraw" not in bob.get("/desk/article?id=talks/1").text
    assert question.partition("?")[0] in ann.get("/desk/article?id=talks/1").text
    assert "Withdraw “Talks report 1”?" in ann.get(question).text
    answered = ann.post(question, data={"do": "withdraw", "reason": "a libel suit"})
    assert answered.status_code == 303
    assert readers.get("/v1/articles/talks/1/related").status_code == 404
    assert "talks/1" not in ids(readers, "talks/0")
    page = bob.get("/desk/article?id=talks/1").text
    assert re.search(r"Withdrawn by ann, .*a libel suit", page)
    again = ann.post(question, data={"do": "withdraw"})
    assert (again.status_code, "an equal override exists already" in again.text) == (422, True)
    assert "a libel suit" in ann.get(question).text
    assert ann.post(question, data={"do": "restore", "reason": "won"}).status_code == 303
    assert "talks/1" in ids(readers, "talks/0")
    assert ann.post(question, data={"do": "restore"}).status_code == 422
    history = ann.get(REPORT).text.partition("History</h2>")[2]
    kinds = re.findall(r'<td><span class="pill \w*">(\w+)', history)
    assert kinds == ["Undid", "Withdrawn"]


def test_an_article_withdrawn_by_the_cms_can_be_restored(
    browser: Any,
    settings: Settings,
) -> None:
    ann, readers = browser("ann"), browser()
    question = "/desk/withdraw?id=talks/1"
    with closing(Catalogue(settings.catalogue_url)) as catalogue:
        pushing = PushImporter(catalogue.engine)
        pushing.withdraw("talks/1", "cms", datetime.now(UTC))
    eventually(lambda: readers.get("/v1/articles/talks/1/related").status_code == 404)
    assert "Withdrawn by cms, " in ann.get("/desk/article?id=talks/1").text
    html = ann.get(question).text
    assert "Restore “Talks report 1”?" in html
    assert "Withdrawn by cms, " in html
    assert ann.post(question, data={"do": "restore"}).status_code == 303
    assert "talks/1" in ids(readers, "talks/0")
    assert "Withdrawn by" not in ann.get("/desk/article?id=talks/1").text
    assert ann.post(question, data={"do": "restore"}).status_code == 422


def test_search_for_a_section_tag_or_author(browser: Any) -> None:
    eve = browser("eve")
    assert re.findall(r"name=(\w+)", eve.get("/desk/facets").text) == ["politics", "sport"]
    tags = eve.get("/desk/facets?scope=tag&q=VIEWS").text
    assert "news &amp; views" in tags
    assert "name=news+%26+views" in tags
    assert "24 articles" in tags
    assert "Zoë Ł." in eve.get("/desk/facets?scope=author&q=Ł").text
    assert "Nothing found" in eve.get("/desk/facets?scope=author&q=nobody").text
    page = eve.get("/desk/rules?scope=tag&name=news+%26+views").text
    assert "It has 24 articles" in page
    article = eve.get("/desk/article?id=talks/0").text
    for name in ("section politics", "tag talks", "tag news &amp; views", "author Zoë Ł."):
        assert f">{name}</a>" in article, name


@pytest.mark.parametrize("kind", ["hold", "block", "boost"])
def test_bulk_overrides_apply_all_or_none(browser: Any, kind: str) -> None:
    bob, eve = browser("bob"), browser("eve")
    form = {
        "kind": kind,
        "factor": "2",
        "reason": "a list",
        "ids": "talks/1\r\n\r\n reactor/2\r\nx",
    }
    refused = bob.post("/desk/rules/bulk", data=form)
    assert (refused.status_code, "article &#39;x&#39;" in refused.text) == (422, True)
    assert "reactor/2" in refused.text  # what was written is still there
    assert bob.get("/desk/export.json").json == []
    assert bob.post("/desk/rules/bulk", data=form | {"ids": " "}).status_code == 422
    assert eve.post("/desk/rules/bulk", data=form).status_code == 403
    assert "rules/bulk" not in eve.get("/desk/").text
    saved = bob.post("/desk/rules/bulk", data=form | {"ids": "talks/1\r\nreactor/2\r\ntalks/1\r\n"})
    assert saved.status_code == 303
    assert "2 changes saved" in bob.get(saved.headers["Location"]).text
    under = "article" if kind == "hold" else "pick"
    found = {(one["kind"], one[under], one["reason"]) for one in bob.get("/desk/export.json").json}
    assert found == {(kind, "talks/1", "a list"), (kind, "reactor/2", "a list")}
