"""Web sites as sources: pages, lists of addresses, sitemaps, saved pages and feeds."""

import gzip
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from http_site import Site, respond, serving
from joblib_workers import running_workers
from read_source import read_all
from recommender.ingest.web.client import HTTPClient
from recommender.settings import HTTP
from source_documents import page

QUICK = HTTP(
    delay_seconds=0, timeout_seconds=5, max_attempts=1, backoff_seconds=0.01, max_response_mb=1
)


@pytest.fixture
def site() -> Iterator[Site]:
    with serving(Site()) as served:
        yield served


@pytest.fixture
def web() -> Iterator[HTTPClient]:
    with HTTPClient(QUICK) as client:
        yield client


def with_etag(html: str) -> object:
    def page_of(handler: BaseHTTPRequestHandler) -> None:
        if handler.headers.get("if-none-match") == '"1"':
            respond(handler, status=304)
        else:
            respond(handler, html, etag='"1"')

    return page_of


def sitemap_of(site: Site, *paths: str, changed: str = "") -> str:
    lastmod = f"<lastmod>{changed}</lastmod>" if changed else ""
    urls = "".join(f"<url><loc>{site.url}{path}</loc>{lastmod}</url>" for path in paths)
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'


def test_a_page_is_fetched_once_until_it_changes(site: Site, web: HTTPClient) -> None:
    site.pages["/a"] = with_etag(page())  # type: ignore[assignment]
    articles, complaints = read_all(f"{site.url}/a", web)
    assert [article.id for article in articles] == [f"{site.url}/a"]
    assert not complaints
    with HTTPClient(QUICK, web.remembered) as later:
        assert read_all(f"{site.url}/a", later) == ([], [])
        assert later.unchanged == 1


def test_a_list_of_urls(site: Site, web: HTTPClient, tmp_path: Path) -> None:
    site.pages |= {"/a": page(), "/b": page(), "/empty": "<h1>Nothing</h1>"}
    urls = tmp_path / "urls.txt"
    urls.write_text(f"# ours\n{site.url}/a\n{site.url}/b\n\n{site.url}/gone\n{site.url}/empty\nx\n")
    articles, complaints = read_all(urls, web)
    assert [article.id for article in articles] == [f"{site.url}/a", f"{site.url}/b"]
    assert len(complaints) == 3
    assert any("404" in line for line in complaints)
    assert any(f"{urls}:7" in line for line in complaints)


def test_a_sitemap_index_with_gzipped_and_broken_sitemaps(site: Site, web: HTTPClient) -> None:
    site.pages |= {f"/{n}": page() for n in range(3)}
    site.pages["/one.xml.gz"] = gzip.compress(sitemap_of(site, "/0", "/1").encode())
    site.pages["/two.xml"] = sitemap_of(site, "/2")[:-9] + "<url><loc>https://x.example/y</loc></u"
    site.pages["/sitemap.xml"] = (
        '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        + "".join(
            f"<sitemap><loc>{site.url}/{name}</loc></sitemap>"
            for name in ("one.xml.gz", "two.xml", "none.xml")
        )
        + "</sitemapindex>"
    )
    articles, complaints = read_all(f"{site.url}/sitemap.xml", web)
    assert [article.id for article in articles] == [f"{site.url}/{n}" for n in range(3)]
    assert any("expected valid XML" in line for line in complaints)
    assert any("404" in line for line in complaints)


def test_pages_of_other_sites_in_a_sitemap_are_left_out(site: Site, web: HTTPClient) -> None:
    site.pages["/a"] = page()
    site.pages["/sitemap.xml"] = sitemap_of(site, "/a").replace(
        "</urlset>", "<url><loc>http://internal.example/secret</loc></url></urlset>"
    )
    articles, complaints = read_all(f"{site.url}/sitemap.xml", web)
    assert len(articles) == 1
    assert "the sitemap's own site, got" in complaints[0]


def test_lastmod_in_a_sitemap_selects_the_changed_pages(site: Site, web: HTTPClient) -> None:
    site.pages |= {"/a": page(), "/sitemap.xml": sitemap_of(site, "/a", changed="2025-06-02")}
    read_all(f"{site.url}/sitemap.xml", web)
    read_at = int(datetime(2025, 7, 1, tzinfo=UTC).timestamp())
    known = {
        url: type(validators)(validators.etag, validators.last_modified, read_at)
        for url, validators in web.remembered.items()
    }
    with HTTPClient(QUICK, known) as later:
        assert read_all(f"{site.url}/sitemap.xml", later) == ([], [])
    assert site.paths().count("/a") == 1
    site.pages["/sitemap.xml"] = sitemap_of(site, "/a", changed="2025-07-02T10:00:00Z")
    with HTTPClient(QUICK, known) as later:
        assert len(read_all(f"{site.url}/sitemap.xml", later)[0]) == 1


def test_a_hundred_saved_pages_are_read_in_parallel(tmp_path: Path) -> None:
    for number in range(100):
        (tmp_path / f"{number:03}.html").write_text(page(), encoding="utf-8")
    (tmp_path / "x.html").write_text("<h1>No article</h1>")
    articles, complaints = read_all(tmp_path)
    assert [article.id for article in articles] == [
        str(tmp_path / f"{n:03}.html") for n in range(100)
    ]
    assert len(complaints) == 1
    assert not running_workers()  # their memory is free for the next step


def test_a_feed_by_its_url(site: Site, web: HTTPClient) -> None:
    site.pages["/feed"] = (
        '<rss version="2.0"><channel><title>S</title><item><title>One</title>'
        '<guid isPermaLink="false">1</guid>'
        "<pubDate>Mon, 02 Jun 2025 10:00:00 GMT</pubDate></item></channel></rss>"
    )
    site.types["/feed"] = "application/rss+xml; charset=utf-8"
    articles, _ = read_all(f"{site.url}/feed", web)
    assert [article.id for article in articles] == ["1"]
