"""Links of articles are resolved to the articles of their addresses."""

from datetime import UTC, datetime

from recommender.articles.article import Article
from recommender.articles.links import own_links


def article(identifier: str, url: str = "", *links: str) -> Article:
    published = datetime(2026, 5, 1, tzinfo=UTC)
    return Article(id=identifier, title="t", published=published, url=url, links=links)


def test_a_parameter_may_name_the_article() -> None:
    found = own_links(
        [
            article("a", "https://site.example/?p=1", "https://www.site.example/?utm_source=x&p=3"),
            article("b", "https://site.example/?p=2", "http://site.example/?p=1#more"),
            article("c", "https://site.example/?p=3", "https://site.example/?p=4"),
            article("d", "https://site.example/story/", "https://site.example/"),
        ]
    )
    assert found == [(0, 2), (1, 0)]


def test_a_relative_link_is_read_from_the_address_of_its_article() -> None:
    articles = [
        article(
            "a", "https://site.example/news/a/", "/news/b", "../c/", "?p=4", "//site.example/d"
        ),
        article("b", "https://site.example/news/b/"),
        article("c", "https://site.example/news/c/"),
        article("d", "https://site.example/news/a?p=4", "/news/b", "//[broken"),
    ]
    assert own_links(articles) == [(0, 1), (0, 2), (0, 3), (3, 1)]


def test_an_address_leads_to_an_article_whose_record_has_only_the_path() -> None:
    articles = [
        article("a", "/a", "https://site.example/b?utm_source=x", "https://site.example/c", "/d"),
        article("b", "/b/"),
        article("c", "https://site.example/c"),
        article("d", "/d"),
    ]
    assert own_links(articles) == [(0, 1), (0, 2), (0, 3)]


def test_a_path_leads_to_no_article_from_another_site_or_an_unknown_id() -> None:
    articles = [
        article("a", "https://site.example/a", "https://other.example/talks", "2025/talks"),
        article("b", "https://site.example?p=3", "https://www.site.example/talks/"),
        article("c", "/talks"),
        article("d", "/d", "2025/talks"),
    ]
    assert own_links(articles) == [(1, 2)]


def test_a_former_address_leads_to_the_article_unless_another_has_it_now() -> None:
    articles = [
        article("a", "https://site.example/a", "https://site.example/old"),
        article("b", "https://site.example/b", "https://www.site.example/a/"),
    ]
    former = {"site.example/old": "b", "site.example/a": "b", "site.example/gone": "c"}
    assert own_links(articles, former) == [(0, 1), (1, 0)]


def test_other_forms_of_an_address_and_ids() -> None:
    found = own_links(
        [
            article("a", "https://site.example/a", "http://www.site.example/b/?fbclid=1#top", "c"),
            article("b", "https://site.example/b/"),
            article("c", "", "https://site.example/a/", "c", "unknown", "http://[broken"),
        ]
    )
    assert found == [(0, 1), (0, 2), (2, 0)]


def test_of_two_articles_with_one_address_the_newest_is_linked() -> None:
    live = "https://site.example/live"
    found = own_links([article("c", "", live), article("new", live), article("old", live)])
    assert found == [(0, 1)]
