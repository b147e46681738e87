"""One record, whatever is in it, never ends the import of the others."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from read_page import article_of_page
from read_source import read_all
from recommender.articles.article import Article
from recommender.errors import ArticleError
from recommender.ingest.readers import record_error
from recommender.ingest.readers.record_error import RejectedRecord, converted, reading_record
from recommender.ingest.web import crawl, sitemap
from recommender.ingest.web.client import HTTPClient, Validators
from recommender.settings import HTTP

DIGITS = "1" * 5_000
DEEP = 100_000
NESTED = "[" * 900 + "]" * 900
GOOD = {"id": "good", "title": "Harvest begins early", "published": "2026-10-01"}

LINES = {
    "number of 5,000 digits": f'{{"id": {DIGITS}, "title": "t", "published": "2026-10-01"}}',
    "reference of 5,000 digits": json.dumps(GOOD | {"id": "r", "title": f"&amp; &#{DIGITS};"}),
    "deep": "[" * DEEP,
    "deep field": '{"id": "d", "title": ' + "[" * DEEP,
    "last year": json.dumps(GOOD | {"id": "y", "published": "9999-12-31T23:59:59-05:00"}),
    "surrogate": '{"id": "s", "title": "\\ud800", "published": "2026-10-01"}',
}

CELLS = {
    "brackets": "[" * DEEP,
    "digits": f"[{DIGITS}]",
    "nested": "[" * 500 + "]" * 500,
    "objects": '{"a":' * DEEP,
}

FRONT_MATTER = {
    "alias of itself": "title: &a [*a]\ndate: 2026-10-01",
    "aliases": "title: t\ndate: 2026-10-01\na: &a [x,x,x,x,x,x,x,x,x]\n"
    + "".join(
        f"{name}: &{name} [{','.join([f'*{before}'] * 9)}]\n"
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "status: *i\ntags: *i\nimage: {alt: *i, src: *i}",
    "digits": f"title: {DIGITS}\ndate: 2026-10-01",
    "deep": "title: " + "[" * 5_000 + "\ndate: 2026-10-01",
    "last year": "title: t\ndate: 9999-12-31T23:59:59-05:00",
}


def read_with_good(path: Path, text: str) -> list[str]:
    """Return the IDs of the articles that a source gives."""
    path.write_text(text, encoding="utf-8")
    articles, _ = read_all(str(path))
    return [article.id for article in articles]


@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
def test_line(line: str, tmp_path: Path) -> None:
    text = f"{line}\n{json.dumps(GOOD)}\n"
    assert "good" in read_with_good(tmp_path / "a.jsonl", text)


@pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)
def test_cell(cell: str, tmp_path: Path) -> None:
    quoted = cell.replace('"', '""')
    rows = f'odd,A title,2026-10-01,"{quoted}"\ngood,Another,2026-10-01,x\n'
    assert "good" in read_with_good(tmp_path / "a.csv", "id,title,published,tags\n" + rows)


@pytest.mark.parametrize("front", FRONT_MATTER.values(), ids=FRONT_MATTER)
def test_front_matter(front: str, tmp_path: Path) -> None:
    (tmp_path / "odd.md").write_text(f"---\n{front}\n---\nSome text.\n", encoding="utf-8")
    (tmp_path / "good.md").write_text("---\ntitle: T\ndate: 2026-10-01\n---\nText.\n")
    articles, _ = read_all(str(tmp_path))
    assert "good" in [article.id for article in articles]


def test_feed(tmp_path: Path) -> None:
    def entry(identifier: str, title: str) -> str:
        return (
            f"<item><guid>{identifier}</guid><title>{title}</title>"
            "<pubDate>Thu, 01 Oct 2026 10:00:00 GMT</pubDate></item>"
        )

    odd = entry("odd", f"&amp;amp; &amp;#{DIGITS};")
    document = f"<rss version='2.0'><channel>{odd}{entry('good', 'A')}</channel></rss>"
    assert "good" in read_with_good(tmp_path / "feed.xml", document)


def test_broken_feed_with_a_reference_to_no_character(tmp_path: Path) -> None:
    entry = "<item><guid>good</guid><title>A&#x110000; b</title><pubDate>2026-10-01</pubDate>"
    document = f"<rss version='2.0'><channel>{entry}<b></item></channel></rss>"
    (tmp_path / "feed.xml").write_text(document)
    articles, _ = read_all(str(tmp_path / "feed.xml"))
    assert [article.title for article in articles] == ["A b"]


def test_feed_with_a_space_in_the_name_of_a_namespace(tmp_path: Path) -> None:
    entry = "<entry><id>good</id><title>A</title><updated>2026-10-01T10:00:00Z</updated></entry>"
    document = f'<feed xmlns="http://www.w3.org/2005/Atom "><title>F</title>{entry}</feed>'
    (tmp_path / "feed.atom").write_text(document)
    articles, _ = read_all(str(tmp_path / "feed.atom"))
    assert [article.id for article in articles] == ["good"]


def test_export_of_a_term_alone(tmp_path: Path) -> None:
    path = tmp_path / "export.xml"
    path.write_text("<category xmlns:wp='http://wordpress.org/export/1.2/'>Politics</category>")
    assert read_all(str(path)) == ([], [])


def test_a_rejected_record_is_one_line_and_commands_no_terminal() -> None:
    record = RejectedRecord("a.xml post \n\x1b[2J", "title: expected text, got \u202e\r")
    assert str(record) == "a.xml post \\n\\x1b[2J: title: expected text, got \\u202e\\r"


@pytest.mark.parametrize("items", [NESTED, DIGITS, f'{{"id": {DIGITS}, "title": "t"}}'])
def test_item_of_json_feed(items: str, tmp_path: Path) -> None:
    path = tmp_path / "feed.json"
    good = {"id": "good", "title": "T", "date_published": "2026-10-01"}
    path.write_text(f'{{"items": [{json.dumps(good)}, {items}]}}')
    articles, rejected = read_all(str(path))
    assert [article.id for article in articles] == ["good"]
    assert f"{path}#2" in rejected[0]


@pytest.mark.parametrize("value", [DIGITS, "[" * DEEP, '{"@type": "Article", "x": ' + DIGITS])
def test_page(value: str) -> None:
    page = (
        "<html><head><meta name=date content=2026-10-01>"
        f"<script type='application/ld+json'>{value}</script></head>"
        "<h1>A title</h1><p>Some words of a text that is long enough to be one.</p></html>"
    )
    article = article_of_page("https://site.example/a", page.encode(), None, UTC)
    assert article.title == "A title"


def test_date_of_sitemap() -> None:
    address = "https://site.example/a"
    with HTTPClient(HTTP(), {address: Validators(etag="x", read_at=1)}) as web:
        entry = sitemap.Entry(address, "9999-12-31", found_through=address)
        assert not crawl._is_known(entry, UTC, web)


def failing(error: Exception) -> Article:
    raise error


@pytest.mark.parametrize(
    "error", [ValueError("of 5,000\ndigits"), RecursionError(), MemoryError(), OverflowError("x")]
)
def test_any_error_rejects_the_record(error: Exception) -> None:
    found = converted("file:3", lambda: failing(error), "known")
    assert isinstance(found, RejectedRecord)
    assert (found.place, found.id) == ("file:3", "known")
    assert "\n" not in str(found)


def busy(seconds: float) -> None:
    """Use the processor for so long."""
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        sum(range(1_000))


def test_slow_record_is_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record_error, "MAX_SECONDS", 0.05)
    with pytest.raises(ArticleError, match="takes more than"), reading_record():
        busy(10)


def test_limit_ends_with_the_record(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record_error, "MAX_SECONDS", 0.05)
    with reading_record():
        datetime.now(UTC)
    busy(0.2)
