"""The desk over HTTP: who may, what is shown, what is saved, who comes late."""

import io
import re
import time
from typing import Any

from werkzeug.test import TestResponse

from desk_client import BASE, PASSWORD, SCRIPT, Browser, entries, picks
from recommender.catalogue.accounts import FAILURES, Accounts, Role
from recommender.catalogue.database import open_database
from recommender.settings import Settings
from sample_site import records
from service import create_app


def test_the_desk_is_off_until_there_is_an_editor(settings: Settings, editors: Accounts) -> None:
    stranger = Browser(create_app(settings))
    assert stranger.get("/desk/").status_code == 404
    editors.add("ann", Role.ADMIN, PASSWORD, time.time())
    assert stranger.get("/desk/").status_code == 302


def test_it_can_be_left_out(settings: Settings, browser: Any) -> None:
    import msgspec  # noqa: PLC0415

    without = Browser(create_app(msgspec.structs.replace(settings, desk=False)))
    assert without.get("/desk/").status_code == 404
    assert without.get("/v1/overrides").status_code == 404


def test_strangers_are_sent_to_sign_in_and_back(browser: Any) -> None:
    stranger = browser()
    for path in ("/desk/", "/desk/article?id=talks/0", "/desk/history", "/desk/export.csv"):
        sent = stranger.get(path)
        assert sent.status_code == 302
        assert "/desk/sign-in" in sent.headers["Location"]
    assert "/desk/sign-in" in stranger.save(pins={1: "football/5"}).headers["Location"]
    by_script = {"Referer": f"{BASE}/", "X-CSRFToken": stranger.token(), "X-Desk": "1"}
    told = stranger._client.post("/desk/article?id=talks/0", base_url=BASE, headers=by_script)
    assert (told.status_code, told.content_type) == (401, "application/problem+json")
    back = stranger.post(
        "/desk/sign-in?next=https://evil.example/", data={"name": "ann", "password": PASSWORD}
    )
    assert back.headers["Location"] == "/desk/"
    cookie = back.headers["Set-Cookie"]
    assert all(flag in cookie for flag in ("Secure", "HttpOnly", "SameSite=Lax", "Expires"))


def test_every_page_is_guarded(browser: Any) -> None:
    page = browser("eve").get("/desk/")
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["X-Content-Type-Options"] == "nosniff"


def test_a_script_in_a_title_stays_text(browser: Any) -> None:
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


def test_save_see_undo(browser: Any) -> None:
    bob, readers = browser("bob"), browser()

    def first() -> tuple[str, str]:
        card = readers.get("/v1/articles/talks/0/related").json["cards"][0]
        return card["id"], card["origin"]

    preview = bob.work("preview", pins={1: "football/5"}, blocks=["talks/1"])
    assert picks(preview)[0] == "football/5"
    assert "not saved yet" in preview.text
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


def test_two_editors_at_once(browser: Any) -> None:
    ann, bob = browser("ann"), browser("bob")
    entries(ann.save(pins={1: "football/5"}))
    late = bob.save(pins={1: "football/6"}, reason="mine")
    assert late.status_code == 412
    told = late.text.partition("Another editor changed this")[2].partition("Save again")[0]
    assert "ann" in told
    assert "<li>Football report 5</li>" in told
    assert picks(late)[0] == "football/6"
    assert 'value="mine"' in late.text
    seen = re.findall(r'name="seen" value="(\d+)"', late.text)[0]
    entries(bob.save(seen=seen, pins={1: "football/6"}))


def test_roles(browser: Any) -> None:
    eve, bob = browser("eve"), browser("bob")
    assert eve.save(pins={1: "football/5"}).status_code == 403
    assert eve.post("/desk/undo", data={"entries": "1"}).status_code == 403
    assert bob.post("/desk/import").status_code == 403


def test_what_cannot_be_is_told(browser: Any) -> None:
    bob = browser("bob")
    told = bob.save(pins={1: "nope"})
    assert (told.status_code, "article &#39;nope&#39;" in told.text) == (422, True)
    assert bob.save(pins={1: "football/5"}, end="2020-01-01T10:00").status_code == 422
    for pin in ("x", "0 talks/1", "21 talks/1", "1 ", "² talks/1"):
        assert bob.work("preview", pin=[pin]).status_code == 400, pin
    assert bob.get("/desk/article?id=nope").status_code == 404
    assert bob.get("/desk/article?id=talks/0&at=soon").status_code == 302


def test_as_of_a_moment(browser: Any) -> None:
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


def test_a_draft_that_starts_later_is_previewed_as_of_then(browser: Any) -> None:
    bob = browser("bob")
    bob.save(pins={1: "talks/3"})
    dates = {"start": "2098-01-01T10:00", "end": "2098-01-02T10:00"}
    drafted = bob.work("preview", pins={1: "football/5"}, **dates)
    assert "Preview of 1 Jan 2098, 10:00, when this starts: not saved yet." in drafted.text
    assert picks(drafted)[0] == "football/5"
    # Between saving and then neither is pinned: what it replaces is lifted at once.
    assert "football" not in readers_until_then(drafted)
    assert readers_until_then(bob.work("preview", pins={1: "football/5"})) == ""
    unread = bob.work("preview", pins={1: "football/5"}, start="soon").text
    assert "Preview: not saved yet." in unread
    assert "from: got &#39;soon&#39;" in unread


def test_as_of_shows_the_block_at_another_moment(browser: Any) -> None:
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


def test_search_folds_accents_and_narrows(browser: Any) -> None:
    eve = browser("eve")
    assert eve.get("/desk/?part=results&q=FOOTBÁLL+report").text.count("<li>") == 8
    assert eve.get("/desk/?part=results&q=talks/3").text.count("<a href") == 1
    assert "Nothing found" in eve.get("/desk/?part=results&q=football&section=politics").text


def test_a_page_of_a_list_begins_at_a_number(browser: Any) -> None:
    eve = browser("eve")
    pages = ["overview/pinned?first=", "overview/never?first=", "history?before="]
    for page in pages:
        assert eve.get(f"/desk/{page}1").status_code == 200
        for wrong in ("-1", "9" * 40, "1_0", "x"):
            answer = eve.get(f"/desk/{page}{wrong}")
            assert answer.status_code == 400
            assert (
                f"Expected whole numbers separated by commas, got &#39;{wrong}&#39;" in answer.text
            )


def test_needs_attention_and_overview(browser: Any) -> None:
    ann = browser("ann")
    ann.save(pins={1: "talks/1", 2: "football/5"})
    soon = time.strftime("%Y-%m-%dT%H:%M", time.gmtime(time.time() + 3600))
    ann.save("talks/2", hold=True, end=soon)
    ann.save("talks/3", blocks=["talks/4"])
    assert ann.get("/desk/attention").text.count('class="notice"') == 2
    overview = ann.get("/desk/overview").text
    assert "talks/2" in overview
    assert "Blocked under one article (1)" in overview
    assert "choose 1 of 2 pinned articles, and leave out 0 of 1 blocked ones" in overview


def test_history_and_overviews_go_on_page_by_page(browser: Any) -> None:
    bob, ids = browser("bob"), [row["id"] for row in records()]
    for under in ids:
        blocks = [other for other in ids if other != under]
        bob.save(under, blocks=blocks)
    count = len(ids) * (len(ids) - 1)
    assert count > 400
    overview = bob.get("/desk/overview").text
    assert f"Blocked under one article ({count})" in overview
    for start in ("/desk/history?editor=bob", "/desk/overview/blocked-here"):
        seen: list[int] = []
        path: str | None = start
        while path:
            page = bob.get(path).text
            seen += map(int, re.findall(r"<strong>(\d+) Blocked", page))
            link = re.search(r'href="([^"]+)">Older entries', page)
            path = link and link[1].replace("&amp;", "&")
            if path and path.startswith("?"):
                path = start + path
        assert seen == list(range(count, 0, -1))
    assert bob.get("/desk/overview/never").status_code == 200
    assert bob.get("/desk/overview/nothing").status_code == 404


def test_forged_forms_and_cookies(browser: Any) -> None:
    ann, stranger = browser("ann"), browser()
    assert ann.post("/desk/undo", token="forged", data={"entries": "1"}).status_code == 400
    stranger._client.set_cookie("desk", "eyJrZXkiOiJ4In0.forged.x", domain="desk.example")
    assert stranger.get("/desk/").status_code == 302


def test_signing_out_ends_the_session_for_whoever_copied_it(browser: Any) -> None:
    ann, thief = browser("ann"), browser()
    cookie = ann._client.get_cookie("desk", "desk.example")
    thief._client.set_cookie("desk", cookie.value, domain="desk.example", secure=True)
    assert thief.get("/desk/").status_code == 200
    ann.post("/desk/sign-out")
    assert thief.get("/desk/").status_code == 302


def test_ten_wrong_passwords_shut_the_account_for_a_while(browser: Any) -> None:
    guesser = browser()
    for _ in range(FAILURES["name"]):
        assert guesser.sign_in("ann", "wrong password").status_code == 403
    assert guesser.sign_in("ann").status_code == 429
    assert guesser.sign_in("bob").status_code == 302
    # Nobody learns which names there are.
    assert browser().sign_in("nobody", "wrong").status_code == 403


def test_polish(browser: Any) -> None:
    eve = browser("eve")
    eve.post("/desk/language", data={"language": "pl"})
    page = eve.get("/desk/").text
    assert 'lang="pl"' in page
    assert "Wymaga uwagi" in page


def test_what_stands_behind_a_candidate_is_told_in_ones_own_words(browser: Any) -> None:
    eve = browser("eve")

    def said(pick: str) -> str:
        page = eve.get("/desk/article", query_string={"id": "talks/0"}).text
        found = re.search(rf'<li data-pick="{pick}">.*?class="why">(.*?)</p>', page, re.DOTALL)
        assert found
        return found[1]

    linked = said("talks/5")
    assert "Linked from 2 other articles." in linked
    assert re.search("Similar articles that link to it: “Talks report 2”, “Talks report 3”", linked)
    assert "By the same author: Zoë Ł." in said("talks/4")
    eve.post("/desk/language", data={"language": "pl"})
    assert "Prowadzą do niego linki z 2 innych artykułów." in said("talks/5")
    assert "Tego samego autora: Zoë Ł." in said("talks/4")


def test_why_something_cannot_be_saved_is_said_in_polish(browser: Any) -> None:
    bob = browser("bob")
    bob.post("/desk/language", data={"language": "pl"})
    refused = bob.save(pins={1: "talks/0"})
    assert "przypięcie: podano &#39;talks/0&#39; pod nim samym" in refused.text
    assert "od: podano &#39;soon&#39;, potrzeba: data" in bob.save(hold="1", start="soon").text
    bob.save(pins={1: "talks/3"})
    taken = {"kind": "block", "do": "save", "seen": "0"}
    about = {"scope": "article", "name": "talks/3"}
    refused = bob.post("/desk/rules", query_string=about, data=taken)
    assert "blokada talks/3: &#39;talks/3&#39; jest przypięty (wpis 1, autor: bob)" in refused.text
    assert "nie ma w bieżącym indeksie" in bob.get("/desk/article?id=nope").text
    assert "Twoja rola: redaktor" in bob.post("/desk/import").text
    assert "W redakcji nie ma takiej strony." in bob.get("/desk/nothing").text
    bob.post("/desk/undo", data={"entries": "1"})
    bob.post("/desk/undo", data={"entries": "1"})
    assert "wpis 1 jest już cofnięty" in bob.get("/desk/history").text


def test_a_broken_line_is_named_in_polish(browser: Any) -> None:
    ann = browser("ann")
    ann.post("/desk/language", data={"language": "pl"})
    text = "kind,article,pick,place\npin,talks/0,talks/1,1\npin,talks/2,talks/2,1"
    ann.post("/desk/import", data={"file": (io.BytesIO(text.encode()), "some.csv")})
    page = ann.get("/desk/history").text
    assert "wiersz 3: przypięcie: podano &#39;talks/2&#39; pod nim samym" in page
    assert "niczego nie zastosowano" in page
    assert "talks/1" not in page


def test_programs_need_a_token(browser: Any, editors: Accounts) -> None:
    program = browser()
    key = editors.new_key("bob", "token", "importer", time.time())

    def call(method: str = "GET", key: str = key, **given: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {key}"}
        return program._client.open(
            "/v1/overrides", method=method, base_url=BASE, headers=headers, **given
        )

    assert program.get("/v1/overrides").status_code == 401
    assert call(key="forged").status_code == 401
    pin = {"kind": "pin", "article": "talks/0", "pick": "football/5", "place": 1}
    assert call("POST", json={"decisions": [pin], "seen": {}}).status_code == 428
    assert call("POST", json={"decisions": [pin], "seen": {"talks/0": 0}}).status_code == 201
    stale = call("POST", json={"decisions": [pin], "seen": {"talks/0": 0}})
    assert stale.status_code == 412
    assert stale.json["newer"][0]["author"] == "bob"
    listed = call(query_string={"article": "talks/0"})
    assert listed.json["version"] == 1
    assert listed.headers["ETag"] == '"1"'
    gone = {"kind": "withdraw", "article": "talks/1"}
    assert call("POST", json={"decisions": [gone], "seen": {"talks/1": 0}}).status_code == 403
    assert call("POST", json={"decisions": [{"kind": "x"}], "seen": {}}).status_code == 422
    several = {"decisions": [pin | {"place": 2, "pick": "talks/3"}, pin | {"pick": "talks/0"}]}
    refused = call("POST", json=several | {"seen": {"talks/0": 1}})
    assert refused.json["detail"].startswith("decisions[1]: pin: got 'talks/0' under itself")
    unreadable = call("POST", json={"decisions": [pin, {"kind": "x"}], "seen": {"talks/0": 1}})
    assert unreadable.json["detail"].startswith("decisions[1]: kind: got 'x', wanted one of pin")
    assert call().json["version"] == 1
    assert call("POST", data=b"{").status_code == 400
    assert editors.revoke_tokens("bob") == 1
    assert call().status_code == 401


def test_without_the_database_nothing_is_saved_and_readers_are_served(
    browser: Any, settings: Settings
) -> None:
    bob = browser("bob")
    locker = open_database(settings.catalogue_url)
    with locker.begin() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        told = bob.save(pins={1: "football/5"})
        assert told.status_code == 503
        assert "Nothing was saved" in told.text
        assert bob.get("/v1/articles/talks/0/related").status_code == 200
    locker.dispose()
    entries(bob.save(pins={1: "football/5"}))


def test_the_block_is_the_sites_own_fragment(browser: Any) -> None:
    bob, readers = browser("bob"), browser()
    for article in ("talks/0", "reactor/1"):
        page = bob.get(f"/desk/article?id={article}").text
        fragment = readers.get(f"/v1/articles/{article}/related.html").text
        assert "related-posts-card" in fragment
        assert f'<related-posts article="{article}">{fragment}</related-posts>' in page
    assert "widget.js" in page
    held = bob.work("preview", hold="1").text
    assert "<related-posts" not in held
    assert "No related posts" in held


def test_buttons_start_from_what_is_shown_now(browser: Any) -> None:
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


def test_a_decision_gets_another_reason_and_end(browser: Any) -> None:
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


def test_a_pin_that_is_skipped_can_be_taken_off(browser: Any) -> None:
    ann = browser("ann")
    ann.save(pins={1: "football/5"})
    ann.post("/desk/withdraw?id=football/5", data={"do": "withdraw"})
    page = ann.get("/desk/article?id=talks/0").text
    assert re.search(r"not shown:.*unpin football/5", page, re.DOTALL)
    own = ann.get("/desk/article?id=football/5").text
    assert "Readers do not see this article: it is withdrawn" in own
    entries(ann.save(seen=1))


def test_the_list_shows_what_needs_attention(browser: Any) -> None:
    ann = browser("ann")
    assert "Nothing found" in ann.get("/desk/?attention=1").text
    ann.save(pins={1: "talks/1", 2: "football/5"})
    ann.save("reactor/3", pins={1: "football/6"})
    ann.post("/desk/withdraw?id=football/6", data={"do": "withdraw"})
    page = ann.get("/desk/?attention=1&part=results").text
    assert re.findall(r'id=([^"]+)"', page) == ["talks/0", "reactor/3"]
    assert "would choose this article anyway" in page
    assert "withdrawn, so the pin is skipped" in page
    assert re.findall(r'id=([^"]+)"', ann.get("/desk/?attention=1&part=results&q=talks").text) == [
        "talks/0"
    ]
    assert "Nothing found" in ann.get("/desk/?attention=1&section=sport").text


def test_a_pin_that_will_be_skipped_when_it_starts_needs_attention(browser: Any) -> None:
    ann = browser("ann")
    day = {"start": "2098-01-02T10:00", "end": "2098-01-03T10:00"}
    ann.save(pins={1: "football/5"}, **day)
    assert "will be skipped" not in ann.get("/desk/attention").text
    gone = {"do": "withdraw", "start": "2098-01-01T10:00", "end": "2098-01-02T11:00"}
    ann.post("/desk/withdraw?id=football/5", data=gone)
    ann.save("reactor/3", pins={1: "football/5"}, start="2098-01-02T12:00")
    assert ann.get("/desk/attention").text.count("will be skipped") == 1
    assert re.findall(r'id=([^"]+)"', ann.get("/desk/?attention=1&part=results").text) == [
        "talks/0"
    ]
