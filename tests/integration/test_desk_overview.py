"""The lists of the desk: search, articles that need attention, overviews and history."""

import re
import time
from typing import Any

from sample_site import records


def test_search_folds_accents_and_narrows(browser: Any) -> None:
    eve = browser("eve")
    assert eve.get("/desk/?part=results&q=FOOTBÁLL+report").text.count("<li>") == 8
    assert eve.get("/desk/?part=results&q=talks/3").text.count("<a href") == 1
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
    assert ann.get("/desk/attention").text.count('class="notice"') == 2
    overview = ann.get("/desk/overview").text
    assert "talks/2" in overview
    assert "Blocked under one article (1)" in overview
    assert "choose 1 of 2 pinned articles, and leave out 0 of 1 blocked ones" in overview


def test_history_and_overviews_are_paginated(browser: Any) -> None:
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
