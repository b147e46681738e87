"""The settings page of the desk: what an admin changes, sees before it, and takes back."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from desk_client import PASSWORD, Browser
from recommender.catalogue.accounts import Accounts, Role
from recommender.settings import Ranking, Settings
from sample_site import NOW, publish
from service import create_app
from service.desk.presenters.settings_form import FIELDS

PAGE = "/desk/settings"
RELATED = "/v1/articles/talks/0/related"


@pytest.fixture
def ann(browser: Callable[..., Browser]) -> Browser:
    return browser("ann")


def send(admin: Browser, do: str = "save", seen: int = 0, **fields: Any) -> Any:
    named = {name.replace("__", "-"): value for name, value in fields.items()}
    return admin.post(PAGE, data={"do": do, "seen": str(seen), **named})


def ids(admin: Browser) -> list[str]:
    return [card["id"] for card in admin.get(RELATED).json["cards"]]


def titles(page: str, part: str = "ol") -> list[str]:
    """The titles of the first previewed list."""
    inner = re.search(rf"<article>.*?<{part}>(.*?)</{part}>", page, re.DOTALL)
    assert inner
    return re.findall(r"<li>(?:<ins>)?([^<]*)", inner[1])


def test_a_saved_number_is_served_at_once_and_can_be_taken_back(ann: Browser) -> None:
    before = ids(ann)
    assert len(before) == 6
    saved = send(ann, ranking__cards="3", heading="Read  on")
    assert (saved.status_code, saved.headers["Location"]) == (303, PAGE)
    assert ids(ann) == before[:3]
    assert "Read on</h2>" in ann.get(RELATED + ".html").text
    assert "Read on</h2>" in ann.get("/desk/article?id=talks/0").text
    page = ann.get(PAGE).text
    assert page.count("Set by ann") == 2
    assert "Reset to: 6 (then save)<" in page
    ann.post(f"{PAGE}/undo", data={"change": "2"})
    assert ids(ann) == before
    again = ann.get(PAGE).text
    assert re.findall(r"<button>(Undo|Redo)", again) == ["Redo", "Undo"]
    ann.post(f"{PAGE}/undo", data={"change": "2"})
    assert "changed again since, by ann" in ann.get(PAGE).text
    draft = send(ann, "reset heading", seen=3, ranking__cards="4").text
    assert "Not saved yet: the lists" in draft
    assert re.search(r'name="ranking-cards"[^>]* value="4"', draft), "other fields are kept"
    assert "Read on" in ann.get(RELATED + ".html").text, "it is a draft, too"
    send(ann, "reset heading", seen=3)
    send(ann, seen=3, heading="", reset="heading")
    assert "Set by ann" not in ann.get(PAGE).text, "the value of the file again"
    assert "Read on" not in ann.get(RELATED + ".html").text


def test_the_preview_shows_the_lists_and_saves_nothing(ann: Browser) -> None:
    before = ids(ann)
    page = send(ann, "preview", ranking__cards="2", article=["reactor/0", "talks report 0", ""])
    assert page.status_code == 200
    assert "Not saved yet: the lists" in page.text
    assert len(titles(page.text)) == 2
    assert re.findall(r'name="article" value="([^"]*)', page.text)[:2] == ["reactor/0", "talks/0"]
    assert "No longer shown:" in page.text
    assert ids(ann) == before
    assert "Nothing was changed here yet" in ann.get(PAGE).text
    same = send(ann, "preview", ranking__cards="6").text
    assert "The lists as they are" in same
    assert (
        "A lower or automatic relevance takes effect after the next index run"
        in send(ann, "preview", ranking__minimum_relevance="0,1").text
    )


def test_sections_have_their_own_recency(ann: Browser) -> None:
    columns = {"section": ["sport", ""], "section-boost": ["2", ""], "section-days": ["1,5", ""]}
    assert send(ann, **columns).status_code == 303
    page = ann.get(PAGE).text
    assert "sport: very strong, 1.5 days" in page
    assert '<option value="2" selected>very strong' in page
    assert "Reset to: the same in all sections (then save)<" in page
    emptied = {"section": ["sport"], "section-boost": [""], "section-days": [""]}
    assert send(ann, seen=1, **emptied).status_code == 303
    assert "<option selected>sport" not in ann.get(PAGE).text


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"ranking__cards": "21"}, "Number of cards: expected a number from 1 to 20, got &#39;21"),
    ({"ranking__cards": "2.5"}, "from 1 to 20"),
    ({"ranking__cards": ""}, "from 1 to 20"),
    ({"ranking__minimum_relevance": "1"}, "from 0 to 0.99"),
    ({"ranking__diversity_penalty": "nan"}, "from 0 to 100"),
    ({"ranking__recency__boost": "1e999"}, "from 0 to 10"),
    ({"ranking__recency__half_life_days": "0"}, "from 0.1 to 3650"),
    ({"heading": "x" * 101}, "at most 100"),
    ({"heading": "a\x07b"}, "at most 100"),
    ({"section": "", "section__boost": "1", "section__days": "1"}, "choose the section"),
    ({"section": "sport", "section__boost": "x", "section__days": "1"}, "sport: expected"),
    (
        {"section": ["a", "a"], "section__boost": ["1", "2"], "section__days": ["1", "2"]},
        "a is there twice",
    ),
]


def test_a_wrong_value_is_named_and_nothing_saved(ann: Browser) -> None:
    for fields, message in WRONG:
        refused = send(ann, **fields)
        assert refused.status_code == 422, fields
        assert message in refused.text
    assert "Nothing was changed here yet" in ann.get(PAGE).text


def test_two_admins_do_not_overwrite_each_other(ann: Browser) -> None:
    send(ann, ranking__cards="5")
    refused = send(ann, ranking__cards="4", seen=0)
    assert refused.status_code == 412
    assert "ann has changed settings since" in refused.text
    assert len(ids(ann)) == 5


def test_a_variable_of_the_environment_is_shown_as_fixed(
    ann: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECOMMENDER_RANKING__CARDS", "6")
    page = ann.get(PAGE).text
    assert "Fixed by the environment variable RECOMMENDER_RANKING__CARDS." in page
    assert re.search(r'id="ranking-cards"[^>]* disabled', page)
    send(ann, ranking__cards="2")
    assert "Nothing was changed here yet" in ann.get(PAGE).text


def test_the_page_speaks_polish_and_is_for_admins(browser: Callable[..., Browser]) -> None:
    ann, bob = browser("ann"), browser("bob")
    ann.post("/desk/language", data={"language": "pl"})
    assert "Liczba kart" in ann.get(PAGE).text
    assert "wymagana jest liczba od 1 do 20" in send(ann, ranking__cards="0").text
    assert bob.get(PAGE).status_code == 403
    assert f'href="{PAGE}"' not in bob.get("/desk/").text
    assert f'href="{PAGE}"' in ann.get("/desk/").text


def test_the_limits_of_the_form_are_those_of_the_settings() -> None:
    for field in FIELDS:
        for value in (field.least, field.most):
            nested: Any = int(value) if field.step == 1 else value
            for part in reversed(field.name.split(".")[1:]):
                nested = {part: nested}
            msgspec.convert(nested, Ranking)


def test_a_number_that_is_no_choice_is_kept_and_named_in_the_history(ann: Browser) -> None:
    send(ann, ranking__diversity_penalty="12", ranking__minimum_relevance="0.7")
    page = ann.get(PAGE).text
    assert '<option value="12" selected>12</option>' in page
    assert "default → 70%" in page
    assert "default → 12" in page


def test_the_relevance_is_automatic_unless_an_admin_sets_a_number(ann: Browser) -> None:
    automatic = '<option value="auto" selected>automatic (by the links of the site)'
    assert automatic in ann.get(PAGE).text
    assert "Automatic is 50% at present." in ann.get(PAGE).text
    before = ids(ann)
    send(ann, ranking__minimum_relevance="0.9")
    assert automatic not in ann.get(PAGE).text
    send(ann, seen=1, ranking__minimum_relevance="auto")
    page = ann.get(PAGE).text
    assert automatic in page
    assert "90%: very sure → automatic (by the links of the site)" in page
    assert ids(ann) == before
    assert send(ann, ranking__cards="auto", seen=2).status_code == 422


def test_automatic_waits_where_the_index_run_did_not_choose(
    settings: Settings, source: Path, editors: Accounts
) -> None:
    number = Ranking(minimum_relevance=0.7)
    publish(msgspec.structs.replace(settings, ranking=number), source)
    editors.add("ann", Role.ADMIN, PASSWORD, NOW.timestamp())
    ann = Browser(create_app(settings))
    ann.sign_in("ann")
    assert "Automatic is" not in ann.get(PAGE).text
    waits = "A lower or automatic relevance takes effect after the next index run"
    send(ann, ranking__minimum_relevance="0.9")
    for value, is_late in (("auto", True), ("0.5", True), ("0.8", False)):
        page = send(ann, "preview", seen=1, ranking__minimum_relevance=value).text
        assert (waits in page) == is_late
    assert waits in send(ann, "reset ranking.minimum_relevance", seen=1).text
    publish(settings, source)
    ann = Browser(create_app(settings))
    ann.sign_in("ann")
    assert waits not in send(ann, "preview", seen=1, ranking__minimum_relevance="auto").text


def test_a_heading_can_be_set_back_to_the_default(ann: Browser) -> None:
    send(ann, heading="Read next")
    page = ann.get(PAGE).text
    assert "default → “Read next”" in page
    assert "Reset to: a heading in the language of each article (then save)<" in page
    ann.post("/desk/language", data={"language": "pl"})
    assert "Przywróć: nagłówek w języku każdego artykułu (potem zapisz)<" in ann.get(PAGE).text


def test_a_value_equal_to_that_of_the_file_can_be_reset(ann: Browser) -> None:
    send(ann, ranking__cards="5")
    send(ann, seen=1, ranking__cards="6")
    page = ann.get(PAGE).text
    assert "Set by ann" in page, "fixed, also if the file changes"
    draft = send(ann, "reset ranking.cards", seen=2).text
    assert "Not saved yet: the lists" in draft
    assert 'name="reset" value="ranking.cards"' in draft
    changed = send(ann, "preview", seen=2, ranking__cards="4", reset="ranking.cards").text
    assert 'name="reset"' not in changed, "changed after the reset"
    send(ann, seen=2, ranking__cards="6", reset="ranking.cards")
    assert "Set by ann" not in ann.get(PAGE).text
