"""The list under the search field of the desk's header."""

import re
from typing import Any

from service.desk.views.search import (
    MAX_SUGGESTED_QUERY,
    SUGGESTIONS,
    SUGGESTIONS_AT_ONCE,
    Allowance,
)


def suggested(editor: Any, words: str) -> list[str]:
    page = editor.get("/desk/suggestions", query_string={"q": words})
    assert page.status_code == 200
    return re.findall(r'role="option"[^>]*data-href="/desk/article\?id=([^"]+)"', page.text)


def test_titles_are_suggested_newest_first(browser: Any) -> None:
    eve = browser("eve")
    assert suggested(eve, "TÁLKS/3") == ["talks/3"]
    found = suggested(eve, "football report")
    assert found == [f"football/{number}" for number in range(8)]
    assert len(suggested(eve, "report")) == SUGGESTIONS
    assert suggested(eve, " ") == []
    nothing = eve.get("/desk/suggestions?q=zeppelin").text
    assert 'aria-disabled="true">Nothing found.' in nothing
    assert suggested(eve, "football " * (MAX_SUGGESTED_QUERY // 9 + 1)) == []
    eve.post("/desk/language", data={"language": "pl"})
    assert "Brak wyników." in eve.get("/desk/suggestions?q=zeppelin").text


def test_suggestions_need_a_session_and_are_limited_by_editor(browser: Any) -> None:
    eve = browser("eve")
    statuses = [
        eve.get("/desk/suggestions?q=zeppelin").status_code
        for _ in range(SUGGESTIONS_AT_ONCE + 100)
    ]
    assert set(statuses) == {200, 429}
    assert statuses[:SUGGESTIONS_AT_ONCE] == [200] * SUGGESTIONS_AT_ONCE
    bob = browser("bob")
    assert suggested(bob, "talks/3") == ["talks/3"]
    bob.post("/desk/sign-out")
    assert "sign-in" in bob.get("/desk/suggestions?q=talks").headers["Location"]


def test_an_allowance_fills_up_again() -> None:
    allowance = Allowance(a_second=2.0, at_once=3)
    assert [allowance.take("ann", 10.0) for _ in range(5)] == [True] * 3 + [False] * 2
    assert allowance.take("bob", 10.0)
    assert not allowance.take("ann", 10.4)
    assert allowance.take("ann", 10.6)
    assert [allowance.take("ann", 99.0) for _ in range(4)] == [True] * 3 + [False]


def test_tags_and_authors_are_found_without_accents(browser: Any) -> None:
    eve = browser("eve")
    page = eve.get("/desk/facets?scope=author&q=zoe+l").text
    assert "Zoë Ł.</a>" in page
    assert "12 articles" in page
    assert "Nothing found." in eve.get("/desk/facets?scope=tag&q=zeppelin").text


def test_statistics_follow_a_saved_change_at_once(browser: Any) -> None:
    """They are computed at most once a minute, and after each change."""
    ann = browser("ann")
    assert "Nothing yet." in ann.get("/desk/overview").text
    ann.save(pins={1: "talks/4"})
    assert "<b>1</b> <span>Pins</span>" in ann.get("/desk/overview").text
    assert "talks/4" in ann.get("/desk/overview/pinned").text
    ann.post("/desk/undo", data={"entries": "1"})
    assert "Nothing yet." in ann.get("/desk/overview").text
