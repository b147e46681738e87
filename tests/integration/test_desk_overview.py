"""The lists of the desk: search, articles that need attention, overviews and history."""

import re
import time
from typing import Any

from sample_site import records


def test_search_folds_accents_and_narrows(browser: Any) -> None:
    eve = browser("eve")
    assert eve.get("/desk/?part=results&q=FOOTBÁLL+report").text.count("<li>") == 8
    assert eve.get("/desk/?part=results&q=talks/3").text.count("<a href") == 1
    assert eve.get("/desk/?part=results&author=zoë ł.").text.count("<li>") == 12
    assert eve.get("/desk/?part=results&author=nobody&q=talks").text.count("<li>") == 0
    day = "&since=2026-10-30&until=2026-10-30"
    assert re.findall(r'article\?id=([^"]+)"', eve.get(f"/desk/?part=results{day}").text) == [
        "talks/0"
    ]
    assert "date: expected" in eve.get("/desk/?since=someday").text
    assert "Nothing found" in eve.get("/desk/?part=results&q=football&section=politics").text


def test_pagination_parameters_are_validated(browser: Any) -> None:
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
    attention = ann.get("/desk/attention").text
    assert attention.count('class="review"') == 1, "the model agrees with talks/1, which is no task"
    assert "This ends within 48 hours." in attention
    overview = ann.get("/desk/overview").text
    assert "the lists under the 24 newest articles that readers can see" in overview
    assert "<b>1</b> <span>Blocked under one article</span>" in overview
    assert "overview/blocked-here" in overview
    assert "overview/withdrawn" not in overview, "a figure of nothing leads nowhere"
    assert "talks/2" in ann.get("/desk/overview/held").text
    assert "choose 1 of 2 pinned articles." in overview
    assert "leave out 0 of 1 blocked articles." in overview


def test_history_and_overviews_are_paginated(browser: Any) -> None:
    bob, ids = browser("bob"), [row["id"] for row in records()]
    for under in ids:
        blocks = [other for other in ids if other != under]
        bob.save(under, blocks=blocks)
    count = len(ids) * (len(ids) - 1)
    assert count > 400
    overview = bob.get("/desk/overview").text
    assert f"<b>{count}</b> <span>Blocked under one article</span>" in overview
    for start in ("/desk/history?editor=bob", "/desk/overview/blocked-here"):
        seen: list[int] = []
        path: str | None = start
        while path:
            page = bob.get(path).text
            seen += map(int, re.findall(r'<tr data-entry="(\d+)"', page))
            link = re.search(r'href="([^"]+)">Older entries', page)
            path = link and link[1].replace("&amp;", "&")
            if path and path.startswith("?"):
                path = start + path
        assert seen == list(range(count, 0, -1))
    assert bob.get("/desk/overview/never").status_code == 200
    assert bob.get("/desk/overview/nothing").status_code == 404


def test_the_list_shows_what_needs_attention(browser: Any) -> None:
    ann = browser("ann")
    assert "Nothing found" in ann.get("/desk/?attention=1").text
    soon = time.strftime("%Y-%m-%dT%H:%M", time.gmtime(time.time() + 3600))
    ann.save(pins={1: "talks/1", 2: "football/5"}, end=soon)
    ann.save("reactor/3", pins={1: "football/6"})
    ann.post("/desk/withdraw?id=football/6", data={"do": "withdraw"})
    found = ann.get("/desk/?part=results&q=football").text
    assert found.count('<span class="pill warn">in no list: withdrawn</span>') == 1
    page = ann.get("/desk/?attention=1&part=results").text
    assert re.findall(r'article\?id=([^"]+)"', page) == ["talks/0", "reactor/3"]
    assert "This ends within 48 hours." in page
    assert "withdrawn, so the pin is skipped" in page
    assert re.findall(
        r'article\?id=([^"]+)"', ann.get("/desk/?attention=1&part=results&q=talks").text
    ) == ["talks/0"]
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
    assert re.findall(r'article\?id=([^"]+)"', ann.get("/desk/?attention=1&part=results").text) == [
        "talks/0"
    ]


def test_the_history_is_filtered_and_undone_entries_offer_to_redo(browser: Any) -> None:
    ann, bob = browser("ann"), browser("bob")
    ann.save(pins={1: "talks/3"}, reason="mine")
    bob.save("reactor/0", blocks=["reactor/3"])
    bob.post("/desk/undo", data={"entries": "1"})

    def listed(query: str) -> list[str]:
        return re.findall(r'<tr data-entry="(\d+)"', bob.get(f"/desk/history?{query}").text)

    assert listed("") == ["3", "2", "1"]
    assert listed("kind=pin") == ["1"]
    assert listed("editor=bob&kind=block") == ["2"]
    assert listed("article=reactor/3") == listed("article=Reactor+report+3") == ["2"]
    assert listed("since=2098-01-01") == listed("until=2020-01-01") == []
    assert len(listed("since=2020-01-01&until=2098-01-01")) == 3
    row = bob.get("/desk/history").text.partition('data-entry="1"')[2].partition("</tr>")[0]
    assert row.startswith(' class="undone"')
    assert "undone by bob, " in row
    assert re.search(r'name="entries" value="3">Redo', row)
    bob.post("/desk/undo", data={"entries": "3"})
    assert "undone by" not in bob.get("/desk/history?kind=pin").text
    assert 'value="1">Undo' in bob.get("/desk/history?kind=pin").text


def test_the_model_agrees_only_with_the_same_position(browser: Any) -> None:
    ann = browser("ann")
    first, second = re.findall(
        r'<li data-pick="([^"]+)" data-place', ann.get("/desk/article?id=talks/0").text
    )[:2]
    agrees = "The model agrees"
    ann.save(pins={1: first})
    assert agrees in ann.get("/desk/article?id=talks/0").text
    assert agrees in ann.get("/desk/overview/pinned").text
    ann.save(seen=1, pins={1: second})
    assert agrees not in ann.get("/desk/article?id=talks/0").text


def test_a_bulk_change_is_previewed(browser: Any) -> None:
    bob = browser("bob")
    page = bob.get("/desk/rules/bulk?ids=talks/1&ids=reactor/2").text
    assert "Talks report 1" in page
    assert "talks/1\nreactor/2</textarea>" in page
    for kind in ("block", "hold", "boost"):
        form = {"kind": kind, "factor": "3", "do": "preview", "ids": "talks/1\r\nreactor/2"}
        shown = bob.post("/desk/rules/bulk", data=form).text
        assert re.search(r"Related posts change under [1-9]", shown), kind
    assert bob.get("/desk/export.json").json == []


def test_each_candidate_says_where_it_is_or_why_not(browser: Any) -> None:
    ann = browser("ann")

    def placement(pick: str, article: str = "talks/0") -> str:
        saved = ann.get(f"/desk/article?id={article}").text
        blocks = re.findall(r'name="block" value="([^"]*)"', saved)
        held = re.search(r'name="hold" type="checkbox" value="1" checked', saved)
        form = {"pq": pick, "block": blocks} | ({"hold": "1"} if held else {})
        page = ann.post(f"/desk/article/find?id={article}", data=form).text
        row = page.partition(f'data-pick="{pick}"')[2]
        text = row.partition('<span class="pill')[2].partition(">")[2].partition("<")[0]
        return text.removeprefix("not shown: ")

    assert placement("talks/1").startswith("shown at ")
    scale = "(0: average candidate; higher: better match) ="
    assert scale in ann.get("/desk/article?id=talks/0").text
    assert placement("talks/0") == "this article itself"
    ann.save(blocks=["talks/1"])
    assert placement("talks/1") == "blocked here by ann"
    about = {"scope": "section", "name": "sport"}
    rule = {"kind": "block", "do": "save", "seen": "0"}
    ann.post("/desk/rules", query_string=about, data=rule)
    assert placement("football/3") == "never recommended: rule by ann"
    ann.post("/desk/withdraw?id=talks/2", data={"do": "withdraw"})
    assert placement("talks/2") == "withdrawn by ann"
    ann.save("reactor/1", hold="1")
    assert placement("reactor/2", "reactor/1") == "related posts are switched off here"
