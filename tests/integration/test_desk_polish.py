"""The desk in Polish: pages, reasons and messages."""

import io
import re
from typing import Any

import pytest


def test_the_desk_in_polish(browser: Any) -> None:
    eve = browser("eve")
    eve.post("/desk/language", data={"language": "pl"})
    page = eve.get("/desk/").text
    assert 'lang="pl"' in page
    assert "Wymaga uwagi" in page
    eve.post("/desk/sign-out")
    assert "Zaloguj się" in eve.get("/desk/sign-in").text
    eve.sign_in("eve")
    assert "Wymaga uwagi" in eve.get("/desk/").text, "the language stays"


def test_reasons_of_a_candidate_are_translated(browser: Any) -> None:
    eve = browser("eve")

    def reasons(pick: str) -> str:
        page = eve.get("/desk/article", query_string={"id": "talks/0"}).text
        found = re.search(rf'<li data-pick="{pick}">.*?class="why">(.*?)</p>', page, re.DOTALL)
        assert found
        return found[1]

    linked = reasons("talks/5")
    assert "both texts have: talks, Vilnius, " in linked
    assert "similar articles link to it: “Talks report 2”, “Talks report 3”" in linked
    assert "same author: Zoë Ł." in reasons("talks/4")
    eve.post("/desk/language", data={"language": "pl"})
    linked = reasons("talks/5")
    assert "w obu tekstach: talks, Vilnius, " in linked
    assert "linkują do niego podobne artykuły: „Talks report 2”" in linked
    assert "ten sam autor: Zoë Ł." in reasons("talks/4")
    page = eve.get("/desk/article?id=talks/0").text
    assert re.search(r"Wynik -?\d+,\d\d<", page)
    assert re.search(r"podobieństwo \d,\d\d", page)


def test_errors_of_overrides_are_translated(browser: Any) -> None:
    bob = browser("bob")
    bob.post("/desk/language", data={"language": "pl"})
    refused = bob.save(pins={1: "talks/0"})
    assert (
        "przypięcie: wymagany jest inny artykuł, podano &#39;talks/0&#39; pod nim samym"
        in refused.text
    )
    early = bob.save(hold="1", start="soon").text
    assert re.search("od – wymagane: data.*podano: &#39;soon&#39;", early)
    bob.save(pins={1: "talks/3"})
    taken = {"kind": "block", "do": "save", "seen": "0"}
    about = {"scope": "article", "name": "talks/3"}
    refused = bob.post("/desk/rules", query_string=about, data=taken)
    assert "blokada talks/3: &#39;talks/3&#39; jest przypięty (wpis 1, autor: bob)" in refused.text
    assert "nie ma w bieżącym indeksie" in bob.get("/desk/article?id=nope").text
    assert "Twoja rola: redaktor" in bob.post("/desk/import").text
    assert "Nie ma takiej strony." in bob.get("/desk/nothing").text
    bob.post("/desk/undo", data={"entries": "1"})
    bob.post("/desk/undo", data={"entries": "1"})
    assert "wpis 1 jest już cofnięty" in bob.get("/desk/history").text


def test_errors_of_imported_lines_are_translated(browser: Any) -> None:
    ann = browser("ann")
    ann.post("/desk/language", data={"language": "pl"})
    text = "kind,article,pick,place\npin,talks/0,talks/1,1\npin,talks/2,talks/2,1"
    ann.post("/desk/import", data={"file": (io.BytesIO(text.encode()), "some.csv")})
    page = ann.get("/desk/history").text
    assert (
        "wiersz 3: przypięcie: wymagany jest inny artykuł, podano &#39;talks/2&#39; pod nim samym"
        in page
    )
    assert "niczego nie zmieniono" in page
    assert "talks/1" not in page


@pytest.mark.parametrize("page", ["/desk/rules/bulk", "/desk/rules?scope=tag&name=football"])
def test_a_change_of_language_keeps_the_form(browser: Any, page: str) -> None:
    bob = browser("bob")
    chosen = bob.post("/desk/rules/bulk", data={"ids": ["talks/1", "talks/2"], "do": "choose"})
    assert re.search(
        r'<button name="language" value="pl"[^>]* form="rule" formnovalidate>', chosen.text
    )
    form = {"ids": "talks/1\ntalks/2", "kind": "block", "reason": "doubtful", "language": "pl"}
    switched = bob.post(page, data=form).text
    assert '<html lang="pl">' in switched
    assert 'value="block" checked' in switched
    assert 'value="doubtful"' in switched
    assert ("talks/1\ntalks/2</textarea>" in switched) == page.endswith("bulk")
    assert bob.get("/desk/export.json").json == []
