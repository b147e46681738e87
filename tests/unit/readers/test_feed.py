"""The reader of RSS, Atom and JSON feeds."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from read_source import read_all
from recommender.errors import SourceError
from source_documents import ATOM, RSS


def test_rss(tmp_path: Path) -> None:
    path = tmp_path / "feed.xml"
    path.write_text(RSS, encoding="utf-8")
    articles, complaints = read_all(path)
    assert len(articles) == 1
    one = articles[0]
    assert (one.id, one.title, one.url) == ("post-1", "Talks & truce", "https://site.example/a")
    assert one.published == datetime(2026, 6, 1, 8, tzinfo=UTC)
    assert one.teaser == "A short lead."
    assert one.body == "The body.\nEnd."
    assert one.links == ("https://site.example/b",)
    assert (one.section, one.tags, one.authors) == ("Politics", ("Talks",), ("A. Nowak",))
    assert (one.image, one.language) == ("https://site.example/a.jpg", "en")
    assert complaints[0] == f"{path}#2: published: expected text, got nothing"
    assert "16:30-:00+16:30" in complaints[1]


def test_atom(tmp_path: Path) -> None:
    path = tmp_path / "feed.atom"
    path.write_text(ATOM, encoding="utf-8")
    articles, complaints = read_all(path)
    assert not complaints
    assert articles[0].title == "Zażółć gęślą"
    assert articles[0].updated == datetime(2026, 6, 2, 10, tzinfo=UTC)
    assert (articles[0].body, articles[0].teaser) == ("Body.", "Lead.")


def test_json_feed(tmp_path: Path) -> None:
    items = [
        {
            "id": 1,
            "url": "https://site.example/a",
            "title": "One",
            "content_html": "<p>Body.</p>",
            "date_published": "2026-06-01T10:00:00+02:00",
            "authors": [{"name": "A. Nowak"}],
            "tags": ["x"],
        },
        {"id": 2, "content_text": "No title"},
        "odd",
    ]
    path = tmp_path / "feed.json"
    path.write_text(json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items}))
    articles, complaints = read_all(path)
    assert [(a.id, a.body, a.authors) for a in articles] == [("1", "Body.", ("A. Nowak",))]
    assert len(complaints) == 2


@pytest.mark.parametrize(
    "content",
    [
        "",
        "<html><body><h1>503 Service Unavailable</h1></body></html>",
        "not a feed at all",
        '{"error": "quota"}',
        "{broken",
        "[1, 2]",
    ],
)
def test_a_document_that_is_no_feed_is_one_error_line(tmp_path: Path, content: str) -> None:
    path = tmp_path / "feed.xml"
    path.write_text(content)
    with pytest.raises(SourceError, match="expected a feed") as caught:
        read_all(path)
    assert "\n" not in str(caught.value)


def test_a_truncated_feed_keeps_what_was_read(tmp_path: Path) -> None:
    path = tmp_path / "feed.xml"
    path.write_text(RSS[: RSS.index("<item><title>Odd")], encoding="utf-8")
    articles, complaints = read_all(path)
    assert [article.id for article in articles] == ["post-1"]
    assert "expected valid XML" in complaints[-1]


def test_an_entity_bomb_stays_small(tmp_path: Path) -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">'
    for before, after in zip("abcdefgh", "bcdefghi", strict=True):
        bomb += f'<!ENTITY {after} "{f"&{before};" * 10}">'
    path = tmp_path / "feed.xml"
    path.write_text(bomb + "]>" + RSS.partition("?>")[2].replace("No date", "&i;"))
    articles, _ = read_all(path)
    assert all(len(article.title) < 1000 for article in articles)
