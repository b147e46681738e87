"""What a source said about the language is kept; what was detected can change."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from recommender.articles.article import Article
from recommender.articles.flags import Flag
from recommender.catalogue.languages import LanguageProblems, update_languages
from recommender.catalogue.store import Catalogue
from recommender.ingest.push import PushImporter

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ITALIAN = "Il consiglio si è riunito lunedì e ha deciso di spendere di più per le strade. " * 3


@pytest.fixture
def catalogue(database: str) -> Iterator[Catalogue]:
    catalogue = Catalogue(database)
    yield catalogue
    catalogue.close()


def article(name: str, language: str = "", title: str = "Menu: Gnocchi", body: str = "") -> Article:
    return Article(id=name, title=title, teaser=title, body=body, language=language, published=NOW)


def update(catalogue: Catalogue, database: str, *allowed: str) -> LanguageProblems:
    return update_languages(catalogue.engine, allowed)


def languages(catalogue: Catalogue) -> dict[str, str]:
    return {one.id: one.language for one in catalogue.all()}


def test_a_guess_is_revised_when_the_archive_grows(catalogue: Catalogue, database: str) -> None:
    catalogue.add([article("short"), article("long", body=ITALIAN)], "here", NOW)
    assert languages(catalogue) == {"short": "", "long": ""}
    update(catalogue, database)
    assert languages(catalogue) == {"short": "it", "long": "it"}
    catalogue.add([article(f"en/{n}", "en") for n in range(400)], "here", NOW)
    update(catalogue, database)
    assert catalogue.get("short") == article("short", "en")
    assert catalogue.get("long") == article("long", "it", body=ITALIAN)


def test_a_record_that_changed_is_detected_again(catalogue: Catalogue, database: str) -> None:
    catalogue.add([article("a", body=ITALIAN)], "here", NOW)
    update(catalogue, database)
    polish = "Rada zebrała się w poniedziałek i zgodziła się wydać więcej na drogi oraz szkoły."
    catalogue.add([article("a", title="Nowe drogi", body=polish)], "here", NOW)
    update(catalogue, database)
    assert languages(catalogue) == {"a": "pl"}
    catalogue.add([article("a", "fr", title="Nowe drogi", body=polish)], "here", NOW)
    update(catalogue, database)
    assert languages(catalogue) == {"a": "fr"}


def test_a_detected_language_is_no_change_of_the_record(
    catalogue: Catalogue, database: str
) -> None:
    catalogue.add([article("a", body=ITALIAN)], "here", NOW)
    update(catalogue, database)
    assert catalogue.add([article("a", body=ITALIAN)], "here", NOW).unchanged == 1
    assert languages(catalogue) == {"a": "it"}


def test_the_setting_revises_what_was_certain(catalogue: Catalogue, database: str) -> None:
    catalogue.add([article("a", body=ITALIAN), article("b", "en")], "here", NOW)
    update(catalogue, database)
    update(catalogue, database, "pt-BR")
    assert languages(catalogue) == {"a": "pt-BR", "b": "en"}
    update(catalogue, database)
    assert languages(catalogue) == {"a": "it", "b": "en"}


def test_what_is_no_tag_is_reported_and_detected(catalogue: Catalogue, database: str) -> None:
    declared = {"a": "Klingonese", "b": "und", "c": "en-zh"}
    rows = [article(name, tag, body=ITALIAN) for name, tag in declared.items()]
    catalogue.add(rows, "here", NOW)
    assert update(catalogue, database).invalid == {"Klingonese": 1, "en-zh": 1}
    assert languages(catalogue) == {"a": "it", "b": "it", "c": "it"}


def test_a_withdrawal_keeps_that_the_source_named_no_language(
    catalogue: Catalogue, database: str
) -> None:
    push = PushImporter(catalogue.engine)
    push.put(article("a", body=ITALIAN), "cms", NOW)
    update(catalogue, database)
    push.withdraw("a", "cms", NOW)
    assert languages(catalogue) == {"a": ""}
    update(catalogue, database)
    assert languages(catalogue) == {"a": "it"}


def test_a_declared_language_that_contradicts_the_text_is_reported(
    catalogue: Catalogue, database: str
) -> None:
    declared = {"a": "pl", "b": "it-CH", "c": ""}
    long = [article(name, tag, body=ITALIAN) for name, tag in declared.items()]
    catalogue.add([*long, article("short", "pl", title="Buongiorno, Italia")], "here", NOW)
    contradicted = {("pl", "it"): ["a"]}
    assert update(catalogue, database).contradicted == contradicted
    assert update(catalogue, database).contradicted == contradicted  # from what was stored
    assert languages(catalogue)["a"] == "pl"
    flagged = {one.id for one in catalogue.all() if Flag.OTHER_LANGUAGE in one.flags}
    assert flagged == {"a"}
    catalogue.add([article("a", "it", body=ITALIAN)], "here", NOW)
    assert update(catalogue, database).contradicted == {}
    assert catalogue.get("a") == article("a", "it", body=ITALIAN)
