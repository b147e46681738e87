"""Which articles are translations of one another."""

from datetime import UTC, datetime

import numpy as np

from recommender.articles.article import Article
from recommender.articles.translations import translation_groups


def article(
    identifier: str, language: str, *translations: str, url: str = "", formerly: str = ""
) -> Article:
    return Article(
        id=identifier, title="t", published=datetime(2026, 5, 1, tzinfo=UTC), url=url,
        language=language, translations=translations, formerly=(formerly,) if formerly else None,
    )  # fmt: skip


def groups(*articles: Article) -> list[int]:
    own = np.arange(len(articles), dtype=np.int32)
    return translation_groups(articles, own).tolist()


def test_ids_urls_and_shared_texts_join_articles() -> None:
    found = groups(
        article("a", "en", "b"),
        article("b", "de"),
        article("c", "fr", "/a/story?utm_source=x"),
        article("d", "en", "group 5", url="https://site.example/a/story"),
        article("e", "pl", "group 5"),
        article("f", "pl"),
    )
    assert found[0] == found[1]
    assert found[2] == found[3] == found[4]
    assert len(set(found)) == 3


def test_a_wrong_value_joins_nothing() -> None:
    everywhere = [article(str(n), "en", "en", "https://site.example/de/") for n in range(4)]
    assert len(set(groups(*everywhere))) == 4
    assert len(set(groups(article("a", "en", "a"), article("b", "de", "x")))) == 2


def test_clusters_of_near_duplicates_stay_together() -> None:
    rows = [article("a", "en", "c"), article("b", "en"), article("c", "de")]
    clusters = np.array([0, 0, 1], dtype=np.int32)
    assert len(set(translation_groups(rows, clusters).tolist())) == 1


def test_former_ids_and_addresses_are_references() -> None:
    rows = [
        article("a", "en", "b", url="https://site.example/en/a"),
        article("new/b", "de", formerly="b"),
        article("c", "fr", "https://site.example/old", url="https://site.example/fr/c"),
        article("d", "pl", "/old?utm_source=x", url="https://site.example/pl/d"),
    ]
    own = np.arange(4, dtype=np.int32)
    found = translation_groups(rows, own, {"site.example/old": "a"}).tolist()
    assert len(set(found)) == 1


def test_the_text_of_a_group_is_no_former_id() -> None:
    rows = [article("a", "en", "77"), article("b", "de", "77"), article("c", "pl", formerly="77")]
    found = groups(*rows)
    assert found[0] == found[1] != found[2]
    found = groups(*rows, article("77", "fr"))
    assert found[0] == found[1] == found[3] != found[2]


def test_near_duplicates_of_one_language_count_once_in_a_shared_text() -> None:
    rows = [
        article("https://site.example/en", "en", "g"),
        article("https://site.example/de", "de", "g"),
        article("en", "en", "g"),
        article("de", "de", "g"),
    ]
    again = np.array([0, 1, 0, 1], dtype=np.int32)
    assert len(set(translation_groups(rows, again).tolist())) == 1
    # Another English article, so that the text may be a wrong one.
    other = np.array([0, 1, 2, 1], dtype=np.int32)
    assert translation_groups(rows, other).tolist() == [0, 1, 2, 1]
