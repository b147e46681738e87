"""A feed without guids beside another source that has the pages of its entries."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from recommender.articles.article import Article
from recommender.catalogue.store import Catalogue
from recommender.ingest.importer import Importer, ImportOptions, ImportResult
from recommender.settings import Settings
from sample_site import NOW, write_jsonl

PAGE = "https://quay.example/story-{}"
ITEM = """<item><title>Story {0}</title><link>https://quay.example/story-{0}?utm_source=rss</link>
<pubDate>Mon, 05 Oct 2026 08:00:00 GMT</pubDate><description>Lead.</description></item>"""

Read = Callable[..., ImportResult]


@pytest.fixture
def catalogue(settings: Settings) -> Iterator[Catalogue]:
    with closing(Catalogue(settings.catalogue_url)) as opened:
        yield opened


@pytest.fixture
def read(settings: Settings, catalogue: Catalogue) -> Read:
    def import_sources(*sources: Path, **options: bool) -> ImportResult:
        importer = Importer(settings, NOW, lambda _: None, lambda *_: None)
        return importer.read([str(one) for one in sources], catalogue, ImportOptions(**options))

    return import_sources


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    rows: list[dict[str, Any]] = [
        {
            "id": PAGE.format(number),
            "title": f"Story {number}",
            "published": "2026-10-05T08:00:00Z",
            "section": "World",
        }
        for number in range(3)
    ]
    return write_jsonl(tmp_path / "pages.jsonl", rows)


@pytest.fixture
def feed(tmp_path: Path) -> Path:
    path = tmp_path / "feed.xml"
    items = "".join(ITEM.format(number) for number in range(2, 5))
    path.write_text(f"<rss version='2.0'><channel><title>Q</title>{items}</channel></rss>")
    return path


def ids(catalogue: Catalogue) -> set[str]:
    return {one.id for one in catalogue.each()}


def test_the_page_of_another_source_stays(
    read: Read, catalogue: Catalogue, pages: Path, feed: Path
) -> None:
    read(pages)
    for _ in range(2):
        result = read(feed)
        assert result.counts.total == 3
        assert len(ids(catalogue)) == 5
        assert not catalogue.former_ids().current
    stays = catalogue.get(PAGE.format(2))
    assert stays is not None
    assert stays.section == "World"
    assert read(pages).counts.unchanged == 3


def test_a_feed_that_comes_first_claims_no_page(
    read: Read, catalogue: Catalogue, pages: Path, feed: Path
) -> None:
    every = {PAGE.format(number) for number in range(3)}
    every |= {f"quay.example/story-{number}" for number in range(2, 5)}
    for _ in range(2):
        read(feed, pages)
        assert not catalogue.former_ids().current
        assert catalogue.shown_ids() == every
    assert read(feed, pages, prune=True, force=True).withdrawn == 1
    assert catalogue.shown_ids() == every - {"quay.example/story-2"}


def test_pruning_keeps_the_pages_that_the_feed_lists(
    read: Read, catalogue: Catalogue, pages: Path, feed: Path
) -> None:
    read(pages)
    assert read(feed, prune=True, force=True).withdrawn == 2
    assert PAGE.format(2) in catalogue.shown_ids()


def test_a_page_that_no_source_has_any_more_leaves_its_place(
    read: Read, catalogue: Catalogue, pages: Path, feed: Path, tmp_path: Path
) -> None:
    read(pages)
    other = write_jsonl(
        tmp_path / "o.jsonl", [{"id": "o", "title": "O", "published": "2026-10-01"}]
    )
    read(other, prune=True, force=True)
    assert read(feed).counts.new == 3
    assert "quay.example/story-2" in catalogue.shown_ids()


def test_entries_that_a_former_version_read_from_the_feed_move(
    read: Read, catalogue: Catalogue, feed: Path
) -> None:
    page = Article(id=PAGE.format(2), title="Story 2", published=NOW)
    catalogue.add([page], str(feed), NOW)
    read(feed)
    assert catalogue.former_ids().current == {page.id: "quay.example/story-2"}
