"""The articles with a tag or an author that rules name: one pass, and kept between changes."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from sqlalchemy import Engine, event, text

from recommender.articles.article import Article
from recommender.catalogue.store import Catalogue
from recommender.overrides.facets import MemberLookup, members, read_members
from recommender.overrides.override import Kind, Override, Scope
from sample_site import NOW

ARTICLES = {
    "a": {"tags": ("SPONSORED", "x", "sponsored"), "authors": ("É. Dupont",)},
    "b": {"tags": ("Sponsored  ",), "authors": ()},
    "c": {"tags": ("sponsor", "TRAFİK"), "authors": ("Sponsored",)},
    "d": {"tags": (), "authors": ("é. DUPONT", "Ann")},
}


def article(identifier: str, **facets: tuple[str, ...]) -> Article:
    return Article(id=identifier, title=identifier, published=NOW, **facets)


def rule(scope: Scope, name: str) -> Override:
    return Override(kind=Kind.BLOCK, scope=scope, pick=name)


SPONSORED, DUPONT = rule(Scope.TAG, "Sponsored"), rule(Scope.AUTHOR, "É. Dupont")


@pytest.fixture
def catalogue(database: str) -> Iterator[Catalogue]:
    with closing(Catalogue(database)) as made:
        made.add([article(i, **facets) for i, facets in ARTICLES.items()], "here", NOW)
        yield made


def scans(engine: Engine) -> list[str]:
    """The statements from now on that read the tags or authors of all articles."""
    found: list[str] = []

    def note(*arguments: object) -> None:
        if "articles.tags" in str(arguments[2]) or "articles.authors" in str(arguments[2]):
            found.append(str(arguments[2]))

    event.listen(engine, "before_cursor_execute", note)
    return found


def lookup(catalogue: Catalogue) -> MemberLookup:
    return MemberLookup(str(catalogue.engine.url), lambda: catalogue.engine)


def test_one_pass_finds_what_a_query_for_each_name_finds(catalogue: Catalogue) -> None:
    names = {
        (Scope.TAG, "sponsored"): ["a", "b"],
        (Scope.TAG, "trafik"): ["c"],
        (Scope.TAG, "missing"): [],
        (Scope.AUTHOR, "é. dupont"): ["a", "d"],
        (Scope.AUTHOR, "sponsored"): ["c"],
    }
    with catalogue.engine.connect() as connection:
        found = read_members(connection, names)
    assert {facet: sorted(ids) for facet, ids in found.items()} == names
    for (scope, name), expected in names.items():
        assert sorted(members(catalogue.engine, scope, name)) == expected


def test_the_articles_are_read_once_for_all_rules_until_one_changes(catalogue: Catalogue) -> None:
    read, found = scans(catalogue.engine), lookup(catalogue)
    for _ in range(3):
        found.refresh([SPONSORED, DUPONT, rule(Scope.TAG, "x")])
    assert len(read) == 1
    assert sorted(found.known(Scope.TAG, "SPONSORED ")) == ["a", "b"]
    assert sorted(found.known(Scope.AUTHOR, "É. Dupont")) == ["a", "d"]
    catalogue.add([article("e", tags=("sponsored",)), article("b")], "here", NOW)
    del read[:]
    found.refresh([SPONSORED, DUPONT])
    assert len(read) == 1
    assert sorted(found.known(Scope.TAG, "Sponsored")) == ["a", "e"]
    assert found.changes == 2
    assert not found.served_from_cache


def test_another_name_is_read_and_a_name_without_a_rule_is_dropped(catalogue: Catalogue) -> None:
    read, found = scans(catalogue.engine), lookup(catalogue)
    found.refresh([SPONSORED])
    found.refresh([DUPONT])
    assert found.known(Scope.TAG, "Sponsored") == []
    assert sorted(found.known(Scope.AUTHOR, "É. Dupont")) == ["a", "d"]
    assert len(read) == 2
    found.refresh([rule(Scope.SECTION, "sport")])
    assert len(read) == 2


def test_the_cache_and_the_backup_bridge_an_unavailable_database(catalogue: Catalogue) -> None:
    read, found = scans(catalogue.engine), lookup(catalogue)
    found.restore_from({Scope.TAG: {"Sponsored": ["old"]}})
    found.refresh([SPONSORED], query=False)
    assert found.known(Scope.TAG, "Sponsored") == ["old"]
    assert found.served_from_cache
    found.refresh([SPONSORED])
    found.refresh([SPONSORED], query=False)
    assert sorted(found.known(Scope.TAG, "Sponsored")) == ["a", "b"]
    assert len(read) == 1
    found.refresh([SPONSORED])  # the database may be another one now
    assert len(read) == 2


def test_a_failed_read_keeps_the_result(catalogue: Catalogue) -> None:
    found = lookup(catalogue)
    found.refresh([SPONSORED])
    with catalogue.engine.begin() as connection:
        connection.execute(text("ALTER TABLE articles RENAME TO moved"))
    found.refresh([SPONSORED, DUPONT])
    assert found.served_from_cache
    assert sorted(found.known(Scope.TAG, "Sponsored")) == ["a", "b"]
    assert found.known(Scope.AUTHOR, "É. Dupont") == found.of(Scope.AUTHOR, "É. Dupont") == []


def test_a_database_that_counts_no_changes_is_read_each_time(catalogue: Catalogue) -> None:
    with catalogue.engine.begin() as connection:
        connection.execute(text("DROP TABLE changes"))
    read, found = scans(catalogue.engine), lookup(catalogue)
    for _ in range(2):
        found.refresh([SPONSORED])
        assert sorted(found.known(Scope.TAG, "Sponsored")) == ["a", "b"]
    assert len(read) == 2
