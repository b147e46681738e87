"""A page that its site removed for good, 410 Gone, withdraws its article; a 404 does not."""

from collections.abc import Callable, Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import msgspec
import pytest

from http_site import Site, respond, serving
from recommender.articles.article import Status
from recommender.catalogue.store import Catalogue
from recommender.catalogue.visibility_table import visible_ids
from recommender.errors import PublishRefusedError
from recommender.ingest.importer import Importer
from recommender.settings import HTTP, Settings
from sample_site import NOW
from source_documents import page

PATHS = [f"/{number}" for number in range(10)]
QUICK = HTTP(delay_seconds=0, max_attempts=1)


def answer(status: int) -> Callable[[BaseHTTPRequestHandler], None]:
    return lambda handler: respond(handler, status=status)


def unchanged(handler: BaseHTTPRequestHandler) -> None:
    """Answer with a page, or 304 to a client that has it."""
    known = handler.headers.get("if-none-match") == '"1"'
    respond(handler, "" if known else page(), 304 if known else 200, etag='"1"')


class Newsroom:
    """A site of ten pages with a sitemap, and the catalogue that imports it."""

    def __init__(self, site: Site, settings: Settings, catalogue: Catalogue) -> None:
        self.site, self.settings, self.catalogue = site, settings, catalogue
        self.lines: list[str] = []
        site.pages |= dict.fromkeys(PATHS, unchanged)
        urls = "".join(f"<url><loc>{site.url}{path}</loc></url>" for path in PATHS)
        schema = "http://www.sitemaps.org/schemas/sitemap/0.9"
        site.pages["/sitemap.xml"] = f'<urlset xmlns="{schema}">{urls}</urlset>'
        self.read()

    def read(self, *sources: str) -> None:
        settings = msgspec.structs.replace(self.settings, http=QUICK)
        self.lines.clear()
        importer = Importer(settings, NOW, lambda one: self.lines.append(str(one)), lambda *_: None)
        importer.read(sources or (f"{self.site.url}/sitemap.xml",), self.catalogue)

    def hidden(self) -> list[str]:
        """Return the paths of the pages whose articles readers do not see."""
        ids = {f"{self.site.url}{path}": path for path in PATHS}
        with self.catalogue.engine.connect() as connection:
            visible = visible_ids(connection, list(ids), NOW.timestamp())
        return sorted(ids[one] for one in ids.keys() - visible)


@pytest.fixture
def newsroom(settings: Settings) -> Iterator[Newsroom]:
    with serving(Site()) as site, closing(Catalogue(settings.catalogue_url)) as catalogue:
        yield Newsroom(site, settings, catalogue)


def test_a_page_that_is_gone_withdraws_its_article(newsroom: Newsroom) -> None:
    newsroom.site.pages["/3"] = answer(410)
    for _ in range(2):
        newsroom.read()
        assert newsroom.hidden() == ["/3"]
        assert newsroom.lines == [f"{newsroom.site.url}/3: 410 Gone, which withdraws its article"]
    article = newsroom.catalogue.get(f"{newsroom.site.url}/3")
    assert article is not None
    assert article.status is Status.WITHDRAWN


def test_a_list_of_addresses_withdraws_as_well(newsroom: Newsroom, tmp_path: Path) -> None:
    newsroom.site.pages |= {"/3": answer(410), "/4": answer(410)}
    urls = tmp_path / "urls.txt"
    urls.write_text(f"{newsroom.site.url}/3#top\n{newsroom.site.url}/4\n")
    newsroom.read(str(urls))
    assert newsroom.hidden() == ["/3", "/4"]
    assert newsroom.lines[0].endswith("its article; 1 more page does the same")


@pytest.mark.parametrize("status", [401, 403, 404, 500, 503])
def test_after_another_answer_the_article_stays(newsroom: Newsroom, status: int) -> None:
    newsroom.site.pages["/3"] = answer(status)
    newsroom.read()
    assert newsroom.hidden() == []
    assert f"got {status}" in newsroom.lines[0]


def test_a_page_that_comes_back_as_it_was_is_read_again(newsroom: Newsroom) -> None:
    newsroom.site.pages["/3"] = answer(410)
    newsroom.read()
    newsroom.site.pages["/3"] = unchanged
    newsroom.read()
    article = newsroom.catalogue.get(f"{newsroom.site.url}/3")
    assert article is not None
    assert article.status is Status.PUBLISHED


def test_a_site_that_calls_many_pages_gone_withdraws_none(newsroom: Newsroom) -> None:
    newsroom.site.pages |= dict.fromkeys(PATHS, answer(410))
    with pytest.raises(PublishRefusedError, match="hid nothing: with it 10 of 10 articles"):
        newsroom.read()
    assert newsroom.hidden() == []
