"""WordPress's REST API, from a server on loopback that answers as it does."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from http_site import Page, Site, respond, serving
from read_source import read_all
from recommender.articles.enrich import enrich
from recommender.errors import SourceError
from recommender.ingest.web.client import HTTPClient
from recommender.settings import HTTP

QUICK = HTTP(delay_seconds=0, timeout_seconds=5, max_attempts=1, backoff_seconds=0.01)


class WordPress(dict[str, Page]):
    """Pages by path alone; the query is the API's business."""

    def get(self, path: str, default: Any = None) -> Any:
        return super().get(urlsplit(path).path, default)


BODY = "<p>Body {}.</p><!-- c --><p>Read also: <a href='/9/'>N</a></p>"


def post(number: int, **more: Any) -> dict[str, Any]:
    return {
        "id": number,
        "date_gmt": "2025-06-02T08:00:00",
        "modified_gmt": "2025-06-03T08:00:00",
        "status": "publish",
        "link": f"https://blog.example/{number}/",
        "title": {"rendered": f"Post &#8220;{number}&#8221; <em>x</em>"},
        "content": {"rendered": BODY.format(number)},
        "excerpt": {"rendered": "<p>Cut off [&hellip;]</p>"},
        "author": 3,
        "categories": [5, 6],
        "tags": [7],
    } | more  # fmt: skip


def rows(given: list[Any], *, totals: bool = True) -> Callable[[BaseHTTPRequestHandler], None]:
    """Answer a list page by page, as WordPress does."""

    def page(handler: BaseHTTPRequestHandler) -> None:
        query = parse_qs(urlsplit(handler.path).query)
        size, number = int(query["per_page"][0]), int(query["page"][0])
        pages = -(-len(given) // size)
        if number > max(1, pages):
            respond(handler, '{"code": "rest_post_invalid_page_number"}', 400)
            return
        part = json.dumps(given[(number - 1) * size : number * size])
        headers = {"x_wp_totalpages": str(pages)} if totals else {}
        respond(handler, part, content_type="application/json", **headers)

    return page


@pytest.fixture
def site() -> Iterator[Site]:
    pages = WordPress()
    pages["/wp-json/wp/v2/posts"] = rows([post(n) for n in range(1, 251)])
    pages["/wp-json/wp/v2/categories"] = rows(
        [{"id": 5, "name": "R&amp;D"}, {"id": 6, "name": "B"}]
    )
    pages["/wp-json/wp/v2/tags"] = rows([{"id": 7, "name": "tag"}])
    pages["/wp-json/wp/v2/users"] = rows([{"id": 3, "name": "Anna Nowak"}])
    with serving(Site(pages)) as served:
        pages["/"] = f'<html><link rel="https://api.w.org/" href="{served.url}/wp-json/"></html>'
        yield served


@pytest.fixture
def web() -> Iterator[HTTPClient]:
    with HTTPClient(QUICK) as client:
        yield client


@pytest.mark.parametrize("path", ["/wp-json", "/wp-json/wp/v2/posts", "/"])
def test_all_posts_with_names_of_authors_and_terms(site: Site, web: HTTPClient, path: str) -> None:
    articles, complaints = read_all(site.url + path, web)
    assert [article.id for article in articles] == [str(n) for n in range(1, 251)]
    assert not complaints
    one = articles[0]
    assert one.title == "Post “1” x"
    assert one.published == datetime(2025, 6, 2, 8, tzinfo=UTC)
    assert (one.section, one.tags, one.authors) == ("R&D", ("B", "tag"), ("Anna Nowak",))
    assert (one.body, enrich(one).teaser) == ("Body 1.", "Body 1.")
    assert one.links == ("https://blog.example/9/",)


def test_without_totals_and_with_hidden_users(site: Site, web: HTTPClient) -> None:
    site.pages["/wp-json/wp/v2/posts"] = rows([post(n) for n in range(1, 201)], totals=False)
    site.pages["/wp-json/wp/v2/users"] = lambda h: respond(h, "{}", 401)
    articles, _ = read_all(f"{site.url}/wp-json", web)
    assert len(articles) == 200
    assert articles[0].authors == ()


def test_embedded_names_save_requests(site: Site, web: HTTPClient) -> None:
    embedded = {
        "author": [{"id": 3, "name": "A. N."}],
        "wp:term": [[{"id": 5, "name": "X", "taxonomy": "category"}]],
        "wp:featuredmedia": [{"source_url": "/f.jpg", "alt_text": "F"}],
    }
    made = post(1, _embedded=embedded, categories=[5], tags=[])
    site.pages["/wp-json/wp/v2/posts"] = rows([made])
    articles, _ = read_all(f"{site.url}/wp-json", web)
    assert (articles[0].section, articles[0].authors) == ("X", ("A. N.",))
    assert (articles[0].image, articles[0].image_alt) == ("/f.jpg", "F")
    assert [path for path in site.paths() if not path.endswith("/types")] == site.paths()[:1]


def test_only_changed_posts_are_requested(site: Site, web: HTTPClient) -> None:
    read_all(f"{site.url}/wp-json", web)
    with HTTPClient(QUICK, web.remembered) as later:
        read_all(f"{site.url}/wp-json", later)
    assert "modified_after=" in site.requests[-1][0]


def test_odd_posts_are_reported(site: Site, web: HTTPClient) -> None:
    odd = ["x", {}, post(2, date_gmt="0000-00-00T00:00:00"), post(3, title=None), post(4)]
    site.pages["/wp-json/wp/v2/posts"] = rows(odd)
    articles, complaints = read_all(f"{site.url}/wp-json", web)
    assert [article.id for article in articles] == ["4"]
    assert len(complaints) == 4


@pytest.mark.parametrize("body", ["<h1>Error</h1>", '{"code": "rest_disabled"}'])
def test_responses_of_another_kind_are_errors(site: Site, web: HTTPClient, body: str) -> None:
    site.pages["/wp-json/wp/v2/posts"] = body
    with pytest.raises(SourceError, match=r"expected (the JSON|a list of the posts) of WordPress"):
        read_all(f"{site.url}/wp-json", web)


def test_the_language_that_a_plugin_adds(site: Site, web: HTTPClient) -> None:
    site.pages["/wp-json/wp/v2/posts"] = rows(
        [
            post(1, lang="nb"),
            post(2, wpml_current_locale="pt_BR"),
            post(3, yoast_head_json={"og_locale": "zh_TW"}),
            post(4, lang="", yoast_head_json=[]),
            post(5, lang=["cs"], locale="sk_SK"),
        ]
    )
    articles, complaints = read_all(f"{site.url}/wp-json", web)
    assert not complaints
    assert [article.language for article in articles] == ["nb", "pt", "zh-Hant", "", "sk"]


TYPES = {
    "post": {"rest_base": "posts"},
    "attachment": {"rest_base": "media"},
    "podcast": {"rest_base": "podcasts", "rest_namespace": "wp/v2"},
    "recipe": {"rest_base": "recipe"},
    "empty": {"rest_base": "empty"},
    "order": {"rest_base": "orders", "rest_namespace": "shop/v1"},
    "odd": [],
}


def counted(total: int) -> Callable[[BaseHTTPRequestHandler], None]:
    return lambda handler: respond(handler, "[]", x_wp_total=str(total))


def test_posts_of_other_types_are_named(site: Site, web: HTTPClient) -> None:
    site.pages["/wp-json/wp/v2/types"] = json.dumps(TYPES)
    for name, total in {"podcasts": 3, "recipe": 5, "empty": 0, "media": 9, "orders": 9}.items():
        site.pages[f"/wp-json/wp/v2/{name}"] = counted(total)
    articles, notes = read_all(f"{site.url}/wp-json", web)
    assert len(articles) == 250
    (note,) = notes
    assert "passed over: 5 recipe, 3 podcasts; to add" in note
    assert note.endswith("/wp-json/wp/v2/podcasts")


def test_another_type_is_read_by_its_address(site: Site, web: HTTPClient) -> None:
    site.pages["/wp-json/wp/v2/podcasts"] = rows([post(900)])
    articles, notes = read_all(f"{site.url}/wp-json/wp/v2/podcasts", web)
    assert [article.id for article in articles] == ["900"]
    assert not notes


def test_section_and_translations(site: Site, web: HTTPClient) -> None:
    site.pages["/wp-json/wp/v2/categories"] = rows(
        [
            {"id": 5, "name": "Featured", "slug": "featured"},
            {"id": 6, "name": "Harbour", "slug": "harbour"},
            {"id": 8, "name": "Ukjent", "slug": "uncategorized-nb"},
        ]
    )
    site.pages["/wp-json/wp/v2/posts"] = rows(
        [
            post(1, translations={"en": 1, "nb": 2}),
            post(2, categories=[8, 6], wpml_translations=[{"locale": "en_GB", "id": 1}, 0]),
            post(3, categories=[8], translations=["odd"]),
        ]
    )
    articles, _ = read_all(f"{site.url}/wp-json", web)
    assert [article.section for article in articles] == ["Harbour", "Harbour", "Ukjent"]
    assert [article.tags for article in articles] == [("tag",)] * 3
    assert [article.translations for article in articles] == [("2",), ("1",), ()]


@pytest.mark.parametrize("pages", ["9" * 5_000, "800", ""])
def test_a_site_that_repeats_its_posts_comes_to_an_end(
    site: Site, web: HTTPClient, pages: str
) -> None:
    """It ignores the number of the page, and names pages that it does not have."""
    posts = json.dumps([post(number, categories=[], tags=[], author=0) for number in range(100)])
    headers = {"x_wp_totalpages": pages} if pages else {}
    site.pages["/wp-json/wp/v2/posts"] = lambda handler: respond(
        handler, posts, content_type="application/json", **headers
    )
    articles, _ = read_all(f"{site.url}/wp-json", web)
    assert len(articles) == 100
    asked = [path for path in site.paths() if path.startswith("/wp-json/wp/v2/posts")]
    assert len(asked) == 2
