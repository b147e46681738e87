"""A site cannot lead the HTTP client into a private network (SSRF), and loops of sitemaps end."""

import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import msgspec
import pytest

from http_site import Site, respond, serving
from read_source import read_all
from recommender.errors import SourceError
from recommender.ingest.web import sitemap
from recommender.ingest.web.client import HTTPClient
from recommender.ingest.web.private_addresses import (
    CONNECTED,
    CONNECTING,
    PrivateAddressError,
    PrivateAddressFilter,
    is_private,
)
from recommender.settings import HTTP
from source_documents import page

QUICK = HTTP(delay_seconds=0, timeout_seconds=5, max_attempts=1, backoff_seconds=0.01)
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


@pytest.fixture
def site() -> Iterator[Site]:
    with serving(Site()) as served:
        yield served


@pytest.fixture
def inner() -> Iterator[Site]:
    """Another server on a private address, which no source names."""
    with serving(Site({"/admin": page(), "/map.xml": index_of(), "/robots.txt": ""})) as served:
        yield served


@pytest.fixture
def web() -> Iterator[HTTPClient]:
    with HTTPClient(QUICK) as client:
        yield client


def index_of(*addresses: str) -> str:
    inside = "".join(f"<sitemap><loc>{address}</loc></sitemap>" for address in addresses)
    return f'<sitemapindex xmlns="{NAMESPACE}">{inside}</sitemapindex>'


def map_of(*addresses: str) -> str:
    inside = "".join(f"<url><loc>{address}</loc></url>" for address in addresses)
    return f'<urlset xmlns="{NAMESPACE}">{inside}</urlset>'


def spelled(inner: Site, host: str) -> str:
    return f"http://{host}:{inner.port}/admin"


def redirect(site: Site, path: str, target: str) -> None:
    site.pages[path] = lambda handler: respond(handler, status=302, location=target)


def by_page(site: Site, inner: Site) -> str:
    redirect(site, "/a", f"{inner.url}/admin")
    return f"{site.url}/a"


def by_second_redirect(site: Site, inner: Site) -> str:
    redirect(site, "/a", "/b")
    redirect(site, "/b", spelled(inner, "127.0.0.2"))
    return f"{site.url}/a"


def by_name(site: Site, inner: Site) -> str:
    redirect(site, "/a", spelled(inner, "localhost"))
    return f"{site.url}/a"


def by_number(site: Site, inner: Site) -> str:
    redirect(site, "/a", spelled(inner, "2130706433"))
    return f"{site.url}/a"


def by_page_of_sitemap(site: Site, inner: Site) -> str:
    redirect(site, "/a", f"{inner.url}/admin")
    site.pages["/map.xml"] = map_of(f"{site.url}/a")
    return f"{site.url}/map.xml"


def by_nested_sitemap(site: Site, inner: Site) -> str:
    site.pages["/map.xml"] = index_of(f"{inner.url}/map.xml")
    return f"{site.url}/map.xml"


def by_redirected_sitemap(site: Site, inner: Site) -> str:
    redirect(site, "/two.xml", f"{inner.url}/map.xml")
    site.pages["/map.xml"] = index_of(f"{site.url}/two.xml")
    return f"{site.url}/map.xml"


def by_robots_txt(site: Site, inner: Site) -> str:
    redirect(site, "/robots.txt", f"{inner.url}/robots.txt")
    site.pages["/a"] = "<h1>Nothing</h1>"
    return f"{site.url}/a"


def by_wordpress_link(site: Site, inner: Site) -> str:
    link = f'<link rel="https://api.w.org/" href="{inner.url}/wp-json/">'
    site.pages["/"] = f"<html><head>{link}</head><body>Front page</body></html>"
    return f"{site.url}/"


def by_wordpress_header(site: Site, inner: Site) -> str:
    link = f'<{inner.url}/wp-json/>; rel="https://api.w.org/"'
    site.pages["/"] = lambda handler: respond(handler, "<p>Front page</p>", link=link)
    return f"{site.url}/"


WAYS = [
    by_page,
    by_second_redirect,
    by_name,
    by_number,
    by_page_of_sitemap,
    by_nested_sitemap,
    by_redirected_sitemap,
    by_robots_txt,
    by_wordpress_link,
    by_wordpress_header,
]


@pytest.mark.parametrize("way", WAYS)
def test_a_site_cannot_lead_into_a_private_network(
    site: Site, inner: Site, web: HTTPClient, way: Callable[[Site, Site], str]
) -> None:
    try:
        articles, complaints = read_all(way(site, inner), web)
    except SourceError as error:
        articles, complaints = [], [str(error)]
    assert articles == []
    assert inner.requests == []
    if way is not by_robots_txt:  # it counts as missing
        assert any("http.allow_private_addresses = true" in line for line in complaints)


@pytest.mark.parametrize("way", [by_page, by_nested_sitemap, by_robots_txt])
def test_the_setting_allows_it(site: Site, inner: Site, way: Callable[[Site, Site], str]) -> None:
    with HTTPClient(msgspec.structs.replace(QUICK, allow_private_addresses=True)) as web:
        read_all(way(site, inner), web)
    assert inner.requests != []


def test_what_the_user_names_is_allowed_with_its_own_redirects(
    site: Site, inner: Site, web: HTTPClient, tmp_path: Path
) -> None:
    redirect(site, "/a", f"{site.url}/b")
    site.pages["/b"] = page()
    urls = tmp_path / "urls.txt"
    urls.write_text(f"{site.url}/a\n{spelled(inner, 'localhost')}\n")
    assert len(read_all(urls, web)[0]) == 2
    saved = tmp_path / "map.xml"
    saved.write_text(map_of(f"{site.url}/b", f"{inner.url}/admin"))
    assert len(read_all(saved, web)[0]) == 2


def test_a_saved_index_opens_only_what_it_names(
    site: Site, inner: Site, web: HTTPClient, tmp_path: Path
) -> None:
    site.pages |= {"/map.xml": map_of(f"{site.url}/a", f"{inner.url}/admin"), "/a": page()}
    saved = tmp_path / "index.xml"
    saved.write_text(index_of(f"{site.url}/map.xml"))
    articles, complaints = read_all(saved, web)
    assert [article.id for article in articles] == [f"{site.url}/a"]
    assert "the sitemap's own site" in complaints[0]
    assert inner.requests == []


@pytest.mark.parametrize("first", ["http://rebound.invalid/feed", "http://8.8.8.8/feed"])
def test_a_name_that_turns_private_is_refused_before_a_request(first: str) -> None:
    private = PrivateAddressFilter(allow=False)
    private.check(first, first)  # public, or unknown to the name server
    closed: list[bool] = []
    stream = SimpleNamespace(
        get_extra_info=lambda _: ("169.254.169.254", 80), close=lambda: closed.append(True)
    )
    watcher = private.watcher(first, first)
    watcher(CONNECTING, {"host": first.split("/")[2]})
    with pytest.raises(PrivateAddressError):
        watcher(CONNECTED, {"return_value": stream})
    assert closed


def names(monkeypatch: pytest.MonkeyPatch, known: dict[tuple[str, int], str]) -> None:
    """Let a name server know some servers."""

    def look_up(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        return [(0, 0, 0, "", (known[host, port], port))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)


@pytest.mark.parametrize("inside", ["http://www.paper.example/", "http://paper.example/admin"])
def test_names_of_a_public_site_may_not_be_private(
    monkeypatch: pytest.MonkeyPatch, inside: str
) -> None:
    given = "https://paper.example/feed"
    known = {("paper.example", 443): "8.8.8.8", ("paper.example", 80): "10.0.0.8"}
    names(monkeypatch, known | {("www.paper.example", 80): "169.254.169.254"})
    private = PrivateAddressFilter(allow=False)
    private.check(given, given)
    with pytest.raises(PrivateAddressError):
        private.check(inside, given)


def test_a_private_site_may_redirect_to_its_other_name(monkeypatch: pytest.MonkeyPatch) -> None:
    names(
        monkeypatch,
        {("intranet.example", 80): "10.0.0.8", ("www.intranet.example", 443): "10.1.2.3"},
    )
    private = PrivateAddressFilter(allow=False)
    private.check("https://www.intranet.example/", "http://intranet.example/")


def test_a_proxy_may_be_in_the_private_network() -> None:
    private = PrivateAddressFilter(allow=False)
    private.check("http://paper.invalid/", "http://paper.invalid/")
    watcher = private.watcher("http://paper.invalid/", "http://paper.invalid/")
    watcher(CONNECTING, {"host": "10.0.0.8"})
    watcher(CONNECTED, {"return_value": None})


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("8.8.8.8", False), ("2606:4700::1111", False), ("::ffff:8.8.8.8", False),
        ("64:ff9b::808:808", False), ("127.0.0.1", True), ("10.1.2.3", True), ("0.0.0.0", True),
        ("100.64.0.1", True), ("169.254.169.254", True), ("224.0.0.5", True), ("::1", True),
        ("::", True), ("fe80::1%2", True), ("fd00:ec2::254", True), ("::ffff:10.0.0.1", True),
        ("64:ff9b::7f00:1", True), ("2002:7f00:1::", True),
    ],
)  # fmt: skip
def test_addresses_outside_the_public_internet(address: str, expected: bool) -> None:
    assert is_private(address) is expected


def test_sitemaps_that_name_each_other_are_read_once(site: Site, web: HTTPClient) -> None:
    one, two = f"{site.url}/one.xml", f"{site.url}/two.xml"
    site.pages |= {
        "/one.xml": index_of(*[one] * 30, *[two] * 30, one),
        "/two.xml": index_of(one, two, f"{site.url}/pages.xml", f"{site.url}/pages.xml"),
        "/pages.xml": map_of(*[f"{site.url}/a"] * 3),
        "/a": page(),
    }
    assert len(read_all(one, web)[0]) == 1
    assert site.paths() == ["/one.xml", "/two.xml", "/pages.xml", "/a"]


@pytest.mark.parametrize(("limits", "expected"), [((5, 9), 3), ((99, 2), 6)])
def test_limits_count_over_all_sitemaps_of_a_source(
    site: Site, web: HTTPClient, limits: tuple[int, int], expected: int
) -> None:
    for number in range(3):
        site.pages[f"/{number}.xml"] = map_of(*(f"{site.url}/{number}/{n}" for n in range(3)))
    whole = index_of(*(f"{site.url}/{number}.xml" for number in range(3)))
    items = list(sitemap.entries(f"{site.url}/map.xml", whole.encode(), web, *limits))
    assert sum(isinstance(item, sitemap.Entry) for item in items) == expected
    rest = [item for item in items if not isinstance(item, sitemap.Entry)]
    assert len(rest) == 1
    assert "the others are skipped" in str(rest[0])
