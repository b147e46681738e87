"""Passwords and keys in addresses are used, and neither told nor kept."""

from base64 import b64encode
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from http_site import Site, respond, serving
from recommender.catalogue.store import Catalogue
from recommender.cdn.purge import purge
from recommender.errors import PurgeError, SourceError
from recommender.ingest.importer import Importer
from recommender.settings import HTTP, Purge, Settings
from recommender.urls import shown_url
from source_documents import page

SECRET = "tr0ub4dor"
NOW = datetime(2026, 6, 1, tzinfo=UTC)
QUICK = HTTP(delay_seconds=0, timeout_seconds=5, max_attempts=1, backoff_seconds=0.01)


@pytest.fixture
def site() -> Iterator[Site]:
    with serving(Site()) as served:
        yield served


def behind_login(body: str) -> object:
    expected = "Basic " + b64encode(f"ann:{SECRET}".encode()).decode()

    def answer(handler: BaseHTTPRequestHandler) -> None:
        known = handler.headers.get("authorization") == expected
        respond(handler, body if known else "", 200 if known else 401, etag='"1"')

    return answer


def read(home: Path, *sources: str) -> str:
    """Import sources; returns all that was told."""
    told: list[str] = []
    settings = Settings(home=home, http=QUICK)
    with closing(Catalogue(settings.catalogue_url)) as catalogue:
        try:
            Importer(
                settings, NOW,
                lambda record: told.append(str(record)), lambda *step: told.append(str(step)),
            ).read(sources, catalogue)  # fmt: skip
        except SourceError as error:
            told.append(str(error))
    return "\n".join(told)


def test_a_login_is_sent_to_its_site_and_neither_told_nor_kept(site: Site, tmp_path: Path) -> None:
    with_login = site.url.replace("//", f"//ann:{SECRET}@")
    pages = f"<url><loc>{site.url}/a</loc></url><url><loc>{site.url}/gone</loc></url>"
    site.pages |= {
        "/map.xml": behind_login(f"<urlset>{pages}</urlset>"),
        "/a": behind_login(page()),
        "/b": behind_login(page()),
        "/move": lambda h: respond(h, status=302, location=with_login.replace("ann", "eve") + "/b"),
    }  # type: ignore[dict-item]
    told = read(tmp_path, f"{with_login}/map.xml", f"{with_login}/move", f"{with_login}/none")
    assert "/gone: expected status 200, got 404" in told
    kept = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert f"{site.url}/a".encode() in kept
    assert SECRET not in told
    assert SECRET.encode() not in kept


def test_a_key_in_a_query_is_neither_told_nor_kept(site: Site, tmp_path: Path) -> None:
    feed = (
        '<rss version="2.0"><channel><item><title>One</title><guid isPermaLink="false">1</guid>'
        "<pubDate>Mon, 02 Jun 2025 10:00:00 GMT</pubDate></item>"
        "<item><title>No date</title><guid>2</guid></item></channel></rss>"
    )
    site.pages[f"/feed?api_key={SECRET}&page=1"] = lambda h: respond(h, feed, etag='"1"')
    told = read(tmp_path, f"{site.url}/feed?api_key={SECRET}&page=1", f"{site.url}/x?key={SECRET}")
    assert "feed?api_key=***&page=1#2" in told
    assert "x?key=***: expected status 200, got 404" in told
    kept = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert SECRET not in told
    assert SECRET.encode() not in kept


@pytest.mark.parametrize("path", [f"purge?secret={SECRET}", f"services/{SECRET}"])
def test_a_purge_webhook_is_named_by_its_server(site: Site, path: str) -> None:
    url = site.url.replace("//", f"//ann:{SECRET}@") + f"/{path}"
    with pytest.raises(PurgeError) as caught:
        purge(Purge(url=url, token=SECRET), ["a"], "snapshot")
    assert str(caught.value).startswith(f"purge webhook {site.url}: expected a status")
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://a.example/x?p=1&q=a@b", "https://a.example/x?p=1&q=a@b"),
        ("https://u:p@a.example/x", "https://a.example/x"),
        ("https://u:p/w@a.example/x", "https://u:p/w@a.example/x"),
        ("https://u:p@w@a.example:81?access_token=1", "https://a.example:81?access_token=***"),
        (
            "https://a.example/?keyword=x&monkey=y&key=",
            "https://a.example/?keyword=x&monkey=y&key=",
        ),
        ("not an address", "not an address"),
    ],
)
def test_shown_addresses(url: str, expected: str) -> None:
    assert shown_url(url) == expected
