"""Articles that moved to another ID keep their former IDs."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime

import pytest

from recommender.articles.article import Article
from recommender.catalogue import store
from recommender.catalogue.former_ids import FormerIds, load_names
from recommender.catalogue.store import Catalogue, Counts
from recommender.ingest.push import PushImporter
from recommender.ingest.scheme_changes import SchemeChanges

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def article(identifier: str, *formerly: str, title: str = "Quay") -> Article:
    return Article(id=identifier, title=title, published=NOW, formerly=formerly)


@pytest.fixture
def catalogue(database: str) -> Iterator[Catalogue]:
    with closing(Catalogue(database)) as opened:
        yield opened


def moved(catalogue: Catalogue) -> dict[str, str]:
    return dict(catalogue.former_ids().current)


def test_former_ids_stay_until_a_record_names_others(catalogue: Catalogue) -> None:
    catalogue.add([article("b", "a")], "here", NOW)
    later = Article(id="b", title="Quay, again", published=NOW)
    catalogue.add([later], "here", NOW)
    assert moved(catalogue) == {"a": "b"}
    assert [one.formerly for one in catalogue.all()] == [("a",)]
    catalogue.add([article("b")], "here", NOW)
    assert moved(catalogue) == {}


def test_moves_add_up(catalogue: Catalogue) -> None:
    catalogue.add([article("c", "b"), article("b", "a")], "here", NOW)
    assert moved(catalogue) == {"a": "c", "b": "c"}
    former = catalogue.former_ids()
    assert former.all_of("a") == former.all_of("c")
    assert former.all_of("c")[0] == "c"


def test_an_article_may_move_back(catalogue: Catalogue) -> None:
    catalogue.add([article("b", "a")], "here", NOW)
    catalogue.add([article("a", "b")], "here", NOW)
    assert moved(catalogue) == {"b": "a"}


def test_an_article_may_move_back_to_an_earlier_id(catalogue: Catalogue) -> None:
    for one in (article("b", "a"), article("c", "b"), article("a", "c")):
        catalogue.add([one], "here", NOW)
    assert moved(catalogue) == {"b": "a", "c": "a"}


def test_a_move_back_and_forth_counts_each_time(catalogue: Catalogue) -> None:
    first, back = article("b", "a"), article("a", "b")
    for one, expected in ((first, {"a": "b"}), (back, {"b": "a"})) * 2:
        counts = catalogue.add([one], "here", NOW)
        assert moved(catalogue) == expected
        assert counts.unchanged == 0
    assert catalogue.add([back], "here", NOW).unchanged == 1
    pushes = PushImporter(catalogue.engine)
    for one, expected in ((first, {"a": "b"}), (back, {"b": "a"})):
        assert pushes.put(one, "cms", NOW) == "changed"
        assert moved(catalogue) == expected


def test_an_article_moves_back_if_the_sources_have_its_former_id_only(catalogue: Catalogue) -> None:
    catalogue.add([article("a"), article("b", "a"), article("c", "b")], "here", NOW)
    assert moved(catalogue) == {"a": "c", "b": "c"}
    assert catalogue.withdraw_all_but({"a"}, NOW) == 2
    assert moved(catalogue) == {"b": "a", "c": "a"}


def test_an_address_as_id_may_change_its_scheme(catalogue: Catalogue) -> None:
    def read(*ids: str, source: str = "feed") -> Counts:
        found = [Article(id=one, title="Quay", published=NOW) for one in ids]
        return catalogue.add(found, source, NOW, SchemeChanges(source).with_former_ids)

    plain, secure = (f"{scheme}://quay.example/1" for scheme in ("http", "https"))
    read(plain)
    for one, other in ((secure, plain), (plain, secure), (secure, plain)):
        assert read(one).unchanged == 0
        assert moved(catalogue) == {other: one}
        assert read(one).unchanged == 1
    # Two records, not a move: in one batch, or in two sources.
    pair = ("http://quay.example/2", "https://quay.example/2")
    read(*pair)
    read(*pair)
    read(secure.replace("1", "3"), source="pages")
    read(plain.replace("1", "3"))
    assert moved(catalogue) == {plain: secure}


@pytest.mark.parametrize("first", ["http", "https"])
@pytest.mark.parametrize("known", [[], ["http"], ["https"], ["http", "https"]])
def test_a_source_may_have_both_schemes_in_different_batches(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch, first: str, known: list[str]
) -> None:
    def read(*schemes: str) -> Counts:
        found = [article_of_scheme(one) for one in schemes]
        return catalogue.add(found, "feed", NOW, SchemeChanges("feed").with_former_ids)

    monkeypatch.setattr(store, "BATCH", 1)
    read(*known)
    pair = sorted(["http", "https"], reverse=first == "https")
    for _ in range(3):
        read(*pair)
        assert moved(catalogue) == {}
    assert read(*pair).unchanged == 2


def article_of_scheme(scheme: str) -> Article:
    return Article(id=f"{scheme}://quay.example/1", title="Quay", published=NOW)


def test_an_article_that_was_withdrawn_does_not_move_back(catalogue: Catalogue) -> None:
    catalogue.add([article("a"), article("b", "a"), article("c")], "here", NOW)
    PushImporter(catalogue.engine).withdraw("b", "cms", NOW)
    catalogue.withdraw_all_but({"a"}, NOW)
    assert moved(catalogue) == {"a": "b"}


def test_articles_that_swap_their_ids_have_not_moved(catalogue: Catalogue) -> None:
    catalogue.add([article("a", "b"), article("b", "a")], "here", NOW)
    assert moved(catalogue) == {}
    catalogue.add([article("b", "a", title="Quay, corrected")], "here", NOW)
    assert moved(catalogue) == {}


def test_the_last_record_has_a_former_id(catalogue: Catalogue) -> None:
    catalogue.add([article("b", "a"), article("c", "a")], "here", NOW)
    assert moved(catalogue) == {"a": "c"}


def test_a_circle_is_no_move() -> None:
    circle = FormerIds({"a": "b", "b": "c", "c": "a", "x": "y"})
    assert circle.current == {"x": "y"}


def test_names_of_some_articles_are_those_of_all_moves(catalogue: Catalogue) -> None:
    moves = [article("c", "b"), article("b", "a"), article("y", "x")]
    swap = [article("p", "q"), article("q", "p")]
    catalogue.add([*moves, *swap], "here", NOW)
    every = catalogue.former_ids()
    for ids in (["a"], ["b", "none"], ["c"], ["p"], list("abcpqxyz"), []):
        with catalogue.engine.connect() as connection:
            found = load_names(connection, ids)
        assert found == every.names_of(ids)
        assert found == {one: ["c", "a", "b"] for one in ids if one in "abc"} | {
            one: ["y", "x"] for one in ids if one in "xy"
        }


def test_records_with_and_without_former_ids_differ(catalogue: Catalogue) -> None:
    catalogue.add([article("b", "a")], "here", NOW)
    assert catalogue.add([article("b", "a")], "here", NOW).unchanged == 1
    assert catalogue.add([article("b", "z")], "here", NOW).changed == 1
    assert moved(catalogue) == {"z": "b"}
