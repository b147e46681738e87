"""WordPress: a look-alike of its REST API on loopback, and its export file."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from http_site import Page, Site, answer, serving
from read_source import parts
from recommender.articles.article import Status
from recommender.errors import SourceError
from recommender.ingest.web.client import HTTPClient
from recommender.settings import HTTP
from source_documents import HEAD, item

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
            answer(handler, '{"code": "rest_post_invalid_page_number"}', 400)
            return
        part = json.dumps(given[(number - 1) * size : number * size])
        headers = {"x_wp_totalpages": str(pages)} if totals else {}
        answer(handler, part, content_type="application/json", **headers)

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
def test_all_posts_with_names(site: Site, web: HTTPClient, path: str) -> None:
    articles, complaints = parts(site.url + path, web)
    assert [article.id for article in articles] == [str(n) for n in range(1, 251)]
    assert not complaints
    one = articles[0]
    assert one.title == "Post “1” x"
    assert one.published == datetime(2025, 6, 2, 8, tzinfo=UTC)
    assert (one.section, one.tags, one.authors) == ("R&D", ("B", "tag"), ("Anna Nowak",))
    assert (one.body, one.teaser) == ("Body 1.", "")
    assert one.links == ("https://blog.example/9/",)


def test_without_totals_and_with_hidden_users(site: Site, web: HTTPClient) -> None:
    site.pages["/wp-json/wp/v2/posts"] = rows([post(n) for n in range(1, 201)], totals=False)
    site.pages["/wp-json/wp/v2/users"] = lambda h: answer(h, "{}", 401)
    articles, _ = parts(f"{site.url}/wp-json", web)
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
    articles, _ = parts(f"{site.url}/wp-json", web)
    assert (articles[0].section, articles[0].authors) == ("X", ("A. N.",))
    assert (articles[0].image, articles[0].image_alt) == ("/f.jpg", "F")
    assert len(site.paths()) == 1


def test_only_what_changed_is_asked_for(site: Site, web: HTTPClient) -> None:
    parts(f"{site.url}/wp-json", web)
    with HTTPClient(QUICK, web.remembered) as later:
        parts(f"{site.url}/wp-json", later)
    assert "modified_after=" in site.asked[-1][0]


def test_odd_posts_are_named(site: Site, web: HTTPClient) -> None:
    odd = ["x", {}, post(2, date_gmt="0000-00-00T00:00:00"), post(3, title=None), post(4)]
    site.pages["/wp-json/wp/v2/posts"] = rows(odd)
    articles, complaints = parts(f"{site.url}/wp-json", web)
    assert [article.id for article in articles] == ["4"]
    assert len(complaints) == 4


@pytest.mark.parametrize("body", ["<h1>Error</h1>", '{"code": "rest_disabled"}'])
def test_what_is_no_api_is_refused(site: Site, web: HTTPClient, body: str) -> None:
    site.pages["/wp-json/wp/v2/posts"] = body
    with pytest.raises(SourceError, match=r"wanted the (JSON|posts) of WordPress"):
        parts(f"{site.url}/wp-json", web)


PICTURE = (
    "<item><title>p</title><wp:post_id>900</wp:post_id><wp:post_type>attachment</wp:post_type>"
    "<wp:attachment_url>https://blog.example/p.jpg</wp:attachment_url></item>"
)


def export(path: Path, *items: str, head: str = HEAD, end: str = "</channel></rss>") -> Path:
    path.write_text(head + "".join(items) + end, encoding="utf-8")
    return path


def test_an_export_is_read_with_authors_terms_and_pictures(tmp_path: Path) -> None:
    body = (
        'First [sic] line.\n\n[caption id="a"]<img src="/x.jpg"> Words[/caption]\n\n'
        "<!-- wp:paragraph --><p>Second.</p>"
    )
    path = export(
        tmp_path / "a.xml", item(1, body), item(2, kind="page"), item(3, status="draft"), PICTURE
    )
    articles, complaints = parts(path)
    assert not complaints
    assert [(a.id, a.status) for a in articles] == [("1", Status.PUBLISHED), ("3", Status.DRAFT)]
    one = articles[0]
    assert (one.title, one.section, one.tags) == ("Post & 1", "Politics", ("tag",))
    assert (one.authors, one.image) == (("Anna Nowak",), "https://blog.example/p.jpg")
    assert one.published == datetime(2025, 6, 2, 8, tzinfo=UTC)
    assert one.body == "First [sic] line.\nWords\nSecond."


def test_a_broken_export_gives_what_can_be_read(tmp_path: Path) -> None:
    cut = export(tmp_path / "cut.xml", item(1), item(2), item(3)[:200], end="")
    articles, complaints = parts(cut)
    assert [article.id for article in articles][:2] == ["1", "2"]
    assert "broken XML" in complaints[-1]
    odd = export(tmp_path / "odd.xml", item(1, "A \x0b control"), item(2))
    assert [article.id for article in parts(odd)[0]] == ["1", "2"]


def test_an_entity_bomb_stays_small(tmp_path: Path) -> None:
    names = "abcdefghij"
    entities = "".join(
        f'<!ENTITY {after} "{f"&{before};" * 10}">' for before, after in pairwise(names)
    )
    head = HEAD.replace("<rss", f'<!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa">{entities}]><rss', 1)
    bomb = item(1).replace("Post &amp; 1", "T &j;")
    articles, complaints = parts(export(tmp_path / "bomb.xml", item(2), bomb, head=head))
    assert all(len(article.title) < 100 for article in articles)
    assert articles[0].id == "2"
    assert "broken XML" in complaints[-1]


def test_no_file_is_read_through_an_entity(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("hunter2")
    head = HEAD.replace("<rss", f'<!DOCTYPE rss [<!ENTITY s SYSTEM "file://{secret}">]><rss', 1)
    articles, _ = parts(export(tmp_path / "a.xml", item(1).replace("amp;", "s;"), head=head))
    assert not any("hunter2" in article.title for article in articles)
