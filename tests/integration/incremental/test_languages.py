"""Incremental runs read texts as full runs do where the whole archive shows how to read them."""

import random
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec

from recommender.articles.article import Record, article_from
from recommender.catalogue.store import Catalogue
from recommender.home import DataDir
from recommender.incremental.fitted_state import VERSION, load_state, save_state
from recommender.incremental.plan import FullRun, plan_run
from recommender.overrides.edits.withdrawals import withdraw
from recommender.overrides.log import Log
from recommender.overrides.read_once import read_overrides
from recommender.runs.pipeline import index
from recommender.runs.results import IndexResult, RunOptions
from recommender.serving.filters import is_public
from recommender.serving.responses import open_current
from recommender.settings import Incremental, Ranking, Settings
from sample_site import ENCODER, NOW

LATER = NOW + timedelta(hours=1)
HEBREW = (
    "ממשלה ירושלים נשיא הסכם שלום כלכלה תקציב תחבורה תשתיות מפלגה מדינה ועדה משטרה עירייה בחירות "
    "נמל רכבת חינוך בריאות תיירות אוניברסיטה חקלאות ביטחון דיור"
)
PREFIXES = ["", "", "ה", "ב", "ל", "ו", "מ", "וה", "ש"]
SERBIAN = (
    "skupština grada budžet godina radovi putevi škola bolnica most reka pozorište muzej stadion "
    "policija vatrogasci pijaca fabrika železnica univerzitet opština"
)


def hebrew(number: int) -> dict[str, Any]:
    """An article of words that other articles write with other prefixes."""
    chance = random.Random(number)
    words = [chance.choice(PREFIXES) + chance.choice(HEBREW.split()) for _ in range(60)]
    return record(f"he/{number}", "he", " ".join(words[:5]), " ".join(words[5:]) + ".", number)


def serbian(number: int) -> dict[str, Any]:
    """An article in Latin letters, as its text shows. Every third one is about the rain in Niš."""
    words = random.Random(number).choices(SERBIAN.split(), k=40)
    title = "Kiša u Nišu" if number % 3 == 0 else " ".join(words[:3])
    return record(f"sr/{number}", "sr", f"{title} {number}", " ".join(words) + ".", number + 1)


def record(identifier: str, language: str, title: str, body: str, days: int = 0) -> dict[str, Any]:
    published = (NOW - timedelta(days=days)).isoformat()
    row = {"id": identifier, "url": f"https://site.example/{identifier}", "language": language}
    return row | {"title": title, "body": body, "published": published}


def site(home: Path, *rows: dict[str, Any], **ranking: Any) -> Settings:
    """The settings of a site after a full run over some articles."""
    limits = Incremental(min_articles=0, max_changed_share=1.0)
    settings = Settings(home=home, embedding_model=ENCODER, incremental=limits)
    settings = msgspec.structs.replace(settings, ranking=Ranking(**ranking))
    run(settings, *rows)
    return settings


def run(settings: Settings, *rows: dict[str, Any]) -> IndexResult:
    articles = [article_from(msgspec.convert(row, Record), LATER.tzinfo) for row in rows]
    with closing(Catalogue(settings.catalogue_url)) as catalogue:
        catalogue.add(articles, "test", LATER)
        return index(settings, catalogue, LATER, lambda *_: None, RunOptions(force=True))


def is_shown(settings: Settings, identifier: str) -> bool:
    snapshot, now = open_current(settings.home), LATER.timestamp() + 1
    row = snapshot.row(identifier)
    assert row is not None
    active = read_overrides(settings.catalogue_url, snapshot, now).active
    return is_public(snapshot, row, now, active)


def test_a_hebrew_reprint_of_a_withdrawn_article_is_hidden(tmp_path: Path) -> None:
    rows = [hebrew(number) for number in range(24)]
    settings = site(tmp_path / "home", *rows, rows[0] | {"status": "withdrawn"})
    with closing(Catalogue(settings.catalogue_url)) as catalogue:
        withdraw(Log("", catalogue.engine), "he/1", "ann", "", NOW.timestamp())
    reprints = [
        row | {"id": f"reprint/{number}", "url": f"https://site.example/reprint/{number}"}
        for number, row in enumerate(rows[:2])
    ]
    result = run(settings, *reprints, hebrew(99))
    assert result.increment is not None
    assert result.increment.new_words == 0
    snapshot = open_current(settings.home)
    for number in range(2):
        copies = {snapshot.identifier(one) for one in snapshot.copies_of(f"he/{number}").tolist()}
        assert f"reprint/{number}" in copies
    assert not is_shown(settings, "reprint/1")
    assert is_shown(settings, "he/99")


def test_an_edit_of_a_withdrawn_hebrew_article_needs_no_full_run(tmp_path: Path) -> None:
    rows, notice = [hebrew(number) for number in range(24)], {"body": "הכתבה הוסרה."}
    settings = site(tmp_path / "home", *rows)
    with closing(Catalogue(settings.catalogue_url)) as catalogue:
        withdraw(Log("", catalogue.engine), "he/1", "ann", "", NOW.timestamp())
    assert run(settings, rows[1] | notice).increment is None  # the full run reads the former text
    result = run(settings, rows[1] | notice | {"tags": ["edited"]})
    assert (result.increment is not None, result.reason) == (True, "")


def test_a_later_headline_has_the_usual_script_of_its_language(tmp_path: Path) -> None:
    archive = [serbian(number) for number in range(24)]
    settings = site(tmp_path / "home", *archive, language="same", minimum_relevance=0)
    assert run(settings, record("sr/new", "sr", "Kiša u Nišu", "")).increment is not None
    snapshot = open_current(settings.home)
    row = snapshot.row("sr/new")
    assert row is not None
    assert snapshot.languages[snapshot.language[row]] == "sr-Latn"
    assert (snapshot.candidates.of(row)[0] >= 0).any()  # with another script it had no list


def test_a_state_of_another_version_asks_for_a_full_run(tmp_path: Path) -> None:
    settings = site(tmp_path / "home", *(hebrew(number) for number in range(24)))
    state = load_state(DataDir(settings.home))
    assert state is not None
    older = replace(state, version=VERSION - 1)
    object.__delattr__(older, "prefixes")
    object.__delattr__(older, "scripts")
    save_state(DataDir(settings.home), older)
    with closing(Catalogue(settings.catalogue_url)) as catalogue:
        assert plan_run(settings, catalogue, LATER) == FullRun("settings or version changed")
    assert run(settings, hebrew(99)).reason == "settings or version changed"
    assert run(settings, hebrew(98)).increment is not None
