"""Ghost's export, and its Content API from a server on loopback that answers as it does."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from http_site import Page, Site, respond, serving
from read_source import read_all
from recommender.articles.article import Status
from recommender.errors import SourceError
from recommender.ingest.web.client import HTTPClient, Validators
from recommender.settings import HTTP

QUICK = HTTP(delay_seconds=0, timeout_seconds=5, max_attempts=1, backoff_seconds=0.01)
KEY = "0123456789abcdef0123456789"


def post(number: int, **more: Any) -> dict[str, Any]:
    return {
        "id": f"p{number}",
        "title": f"Mill {number}",
        "slug": f"mill-{number}",
        "html": '<p>The wheel turns. <a href="__GHOST_URL__/mill-2/">More</a></p>',
        "published_at": "2026-03-02T09:00:00.000+01:00",
        "updated_at": "2026-03-03T09:00:00.000Z",
        "status": "published",
        "excerpt": "The wheel tur",
        "feature_image": "__GHOST_URL__/content/mill.jpg",
    } | more  # fmt: skip


TAGS = [
    {"id": "t1", "name": "#hidden", "visibility": "internal"},
    {"id": "t2", "name": "Trade", "visibility": "public"},
    {"id": "t3", "name": "Bread", "visibility": "public"},
]
AUTHORS = [{"id": "u1", "name": "Ewa Nowak"}, {"id": "u2", "name": "Jan Kos"}]


def export(posts: list[Any]) -> dict[str, Any]:
    return {
        "posts": posts,
        "tags": TAGS,
        "users": AUTHORS,
        "posts_tags": [
            {"post_id": "p1", "tag_id": tag, "sort_order": order}
            for order, tag in ((2, "t3"), (0, "t1"), (1, "t2"))
        ],
        "posts_authors": [{"post_id": "p1", "author_id": one} for one in ("u1", "u2")],
        "settings": [{"key": "locale", "value": "en"}],
    }  # fmt: skip


@pytest.mark.parametrize("is_list", [True, False])
def test_an_export(tmp_path: Path, is_list: bool) -> None:
    posts = [
        post(1),
        post(2, status="draft"),
        post(3, status="draft", published_at=None),
        post(4, type="page"),
        post(5, title=""),
        "odd",
    ]
    one = {"meta": {"version": "5.0"}, "data": export(posts)}
    (tmp_path / "a.json").write_text(json.dumps({"db": [one]} if is_list else one))
    (first, second), notes = read_all(tmp_path / "a.json")
    assert (first.id, first.title, first.url) == ("p1", "Mill 1", "/mill-1/")
    assert first.published == datetime(2026, 3, 2, 8, tzinfo=UTC)
    assert first.updated == datetime(2026, 3, 3, 9, tzinfo=UTC)
    assert (first.body, first.links) == ("The wheel turns. More", ("/mill-2/",))
    assert (first.section, first.tags) == ("Trade", ("Bread",))
    assert (first.authors, first.language) == (("Ewa Nowak", "Jan Kos"), "en")
    assert (first.teaser, first.image) == ("", "/content/mill.jpg")
    assert second.status is Status.DRAFT
    assert notes == [
        f"{tmp_path / 'a.json'}#5: title: expected text, got nothing",
        f"{tmp_path / 'a.json'}#6: expected a post, got 'odd'",
        f"{tmp_path / 'a.json'}: passed over: 1 draft without a date, 1 page",
    ]


def test_other_json_is_no_export(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"data": {"rows": []}}')
    with pytest.raises(SourceError, match="an export of Ghost, or an array"):
        read_all(tmp_path / "a.json")


class Ghost(dict[str, Page]):
    """Pages by path alone; the query is the API's business."""

    def get(self, path: str, default: Any = None) -> Any:
        return super().get(urlsplit(path).path, default)


@pytest.fixture
def site() -> Iterator[Site]:
    posts = [
        post(n, html="<p>The wheel.</p>", tags=TAGS, authors=AUTHORS, url=f"https://m.example/{n}/")
        for n in range(1, 251)
    ]

    def answer(handler: BaseHTTPRequestHandler) -> None:
        query = {name: values[0] for name, values in parse_qs(urlsplit(handler.path).query).items()}
        if query["key"] != KEY:
            respond(handler, '{"errors": [{"message": "Unknown Content API Key"}]}', 401)
            return
        assert query["include"] == "tags,authors"
        found = posts[:1] if "filter" in query else posts
        size, page = int(query["limit"]), int(query["page"])
        part = found[(page - 1) * size : page * size]
        following = page + 1 if page * size < len(found) else None
        meta = {"pagination": {"page": page, "next": following}}
        respond(handler, json.dumps({"posts": part, "meta": meta}), content_type="application/json")

    with serving(Site(Ghost({"/ghost/api/content/posts/": answer}))) as served:
        yield served


def test_the_content_api(site: Site) -> None:
    with HTTPClient(QUICK) as web:
        articles, notes = read_all(f"{site.url}/ghost/api/content/?key={KEY}", web)
        assert (len(articles), notes) == (250, [])
        assert len(site.paths()) == 3
        first = articles[0]
        assert (first.id, first.section, first.tags) == ("p1", "Trade", ("Bread",))
        assert (first.url, first.authors) == ("https://m.example/1/", ("Ewa Nowak", "Jan Kos"))
        remembered = web.remembered
    assert KEY not in str(remembered)
    address = f"{site.url}/ghost/api/content/posts/"
    with HTTPClient(QUICK, {address: Validators(read_at=1_772_442_000)}) as web:
        articles, _ = read_all(f"{address}?key={KEY}", web)
    assert [article.id for article in articles] == ["p1"]
    assert "updated_at%3A%3E%272026-03-02+08%3A00%3A00%27" in site.paths()[-1]


def test_a_key_is_needed_and_never_shown(site: Site) -> None:
    for address in ("/ghost/api/content/posts/", "/ghost/api/content/posts/?key=secret1234"):
        with HTTPClient(QUICK) as web, pytest.raises(SourceError) as caught:
            read_all(site.url + address, web)
        assert "secret1234" not in str(caught.value)
    with HTTPClient(QUICK) as web, pytest.raises(SourceError, match="expected the key"):
        read_all(f"{site.url}/ghost/api/v3/content/posts", web)
