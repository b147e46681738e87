"""The reader of RSS, Atom and JSON feeds."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from read_source import read_all
from recommender.articles.article import Article
from recommender.articles.flags import Flag
from recommender.errors import SourceError
from recommender.ingest.readers import feed
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


ITEM = (
    "<item><title>Harbour dredging begins</title><link>{link}</link>{guid}"
    "<pubDate>Mon, 01 Jun 2026 08:00:00 GMT</pubDate></item>"
)


def feed_of(tmp_path: Path, *items: tuple[str, str]) -> Path:
    path = tmp_path / "feed.xml"
    body = "".join(ITEM.format(link=link, guid=guid) for link, guid in items)
    path.write_text(f"<rss version='2.0'><channel><title>T</title>{body}</channel></rss>")
    return path


def test_without_a_guid_the_normalised_address_is_the_id(tmp_path: Path) -> None:
    links = [
        "http://port.example/dredging?utm_source=rss&amp;utm_campaign=monday",
        "https://www.port.example/dredging/?xtor=RSS-3#comments",
        "http://port.example/dredging;jsessionid=A1?at_medium=RSS",
    ]
    read = [read_all(feed_of(tmp_path, (link, "<guid> </guid>")))[0][0] for link in links]
    assert {one.id for one in read} == {"port.example/dredging"}
    assert [one.url for one in read] == [
        "http://port.example/dredging",
        "https://www.port.example/dredging/",
        "http://port.example/dredging",
    ]
    assert read[0].formerly == ("http://port.example/dredging",)
    assert {Flag.ID_FROM_ADDRESS in one.flags for one in read} == {True}


def test_parameters_and_pages_of_applications_name_articles(tmp_path: Path) -> None:
    links = ["https://port.example/?p=7&amp;utm_medium=x", "https://port.example/?p=8",
             "https://port.example/#!/quay", "https://port.example/#!/crane"]  # fmt: skip
    articles, complaints = read_all(feed_of(tmp_path, *((link, "") for link in links)))
    assert [one.id for one in articles] == [
        "port.example?p=7",
        "port.example?p=8",
        "port.example#!/quay",
        "port.example#!/crane",
    ]
    assert not complaints


def test_a_guid_loses_tracking_parameters_and_nothing_else(tmp_path: Path) -> None:
    guids = {
        "https://port.example/a?utm_source=rss&amp;id=3#part-2": "https://port.example/a?id=3#part-2",
        "http://port.example/b/": "http://port.example/b/",
        "tag:port.example,2026:utm_source=9": "tag:port.example,2026:utm_source=9",
    }
    path = feed_of(
        tmp_path, *(("https://port.example/x", f"<guid>{guid}</guid>") for guid in guids)
    )
    articles, _ = read_all(path)
    assert [one.id for one in articles] == list(guids.values())
    assert {one.formerly for one in articles} == {None}


def test_an_item_without_guid_and_link_is_rejected(tmp_path: Path) -> None:
    articles, complaints = read_all(feed_of(tmp_path, ("", ""), ("https://port.example/a", "")))
    assert [one.id for one in articles] == ["port.example/a"]
    assert complaints == [f"{tmp_path / 'feed.xml'}#1: id: expected a guid or a link, got neither"]


ENTRY = """<item><guid>{id}</guid><title>{id}</title>{more}<description>Lead.</description>
<pubDate>Mon, 01 Jun 2026 08:00:00 GMT</pubDate></item>"""
CHANNEL = """<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>S</title>
{language}{items}</channel></rss>"""


@pytest.mark.parametrize(
    ("of_feed", "of_entry", "language"),
    [
        ("<language>pt-BR</language>", "", "pt"),
        ("<language>zh_TW</language>", "", "zh-Hant"),
        ("<language>en</language>", "<dc:language>uk</dc:language>", "uk"),
        ("<language>en</language>", "<dc:language>und</dc:language>", "en"),
        ("<dc:language>IW</dc:language>", "", "he"),
        ("<language>Polish</language>", "", "pl"),
        ("<language></language>", "", ""),
        ("<language>und</language>", "", "und"),
    ],
)
def test_the_language_of_an_entry_or_of_the_feed(
    tmp_path: Path, of_feed: str, of_entry: str, language: str
) -> None:
    path = tmp_path / "feed.xml"
    items = ENTRY.format(id="a", more=of_entry)
    path.write_text(CHANNEL.format(language=of_feed, items=items), encoding="utf-8")
    assert [article.language for article in read_all(path)[0]] == [language]


def test_the_language_of_the_texts_of_an_entry(tmp_path: Path) -> None:
    entry = """<entry {}><id>{}</id><updated>2026-06-02T10:00:00Z</updated><title>T</title>
    <content type="html">Body.</content></entry>"""
    path = tmp_path / "feed.atom"
    entries = entry.format('xml:lang="cs"', "a") + entry.format("", "b")
    path.write_text(
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="sk"><title>S</title>{entries}</feed>'
    )
    assert [article.language for article in read_all(path)[0]] == ["cs", "sk"]


def test_a_guid_stays_as_it_is_wherever_the_feed_is_read_from(tmp_path: Path) -> None:
    guids = {
        '<guid isPermaLink="false">news/7</guid>': ("news/7", None),
        "<guid>ferry-8</guid>": ("ferry-8", ("https://port.example/feeds/ferry-8",)),
        "<guid>urn:port:10</guid>": ("urn:port:10", None),
    }
    path = feed_of(tmp_path, *(("https://port.example/x", guid) for guid in guids))
    data = path.read_bytes()
    for place in ("https://port.example/feeds/rss", str(path)):
        ids = [one.id for one in feed.articles(place, data, UTC) if isinstance(one, Article)]
        assert ids == [identifier for identifier, _ in guids.values()]
    read = feed.articles("https://port.example/feeds/rss", data, UTC)
    assert [one.formerly for one in read if isinstance(one, Article)] == [
        former for _, former in guids.values()
    ]


def test_an_atom_id_stays_as_it_is() -> None:
    entry = (
        "<entry xml:base='/deep/'><id>77</id><title>T</title><updated>2026-06-02</updated></entry>"
    )
    data = (
        f"<feed xmlns='http://www.w3.org/2005/Atom' xml:base='https://port.example/'>{entry}</feed>"
    )
    [article] = feed.articles("https://elsewhere.example/atom", data.encode(), UTC)
    assert isinstance(article, Article)
    assert (article.id, article.url) == ("77", "")


def test_the_first_readable_date_of_an_entry_counts() -> None:
    document = CHANNEL.format(
        language="<language>pl</language>",
        items=ENTRY.format(id="a", more="<dc:date>2026-06-03T10:00:00Z</dc:date>"),
    ).replace("Mon, 01 Jun 2026 08:00:00 GMT", "soon")
    [article] = feed.articles("feed.xml", document.encode(), UTC)
    assert isinstance(article, Article)
    assert article.published == datetime(2026, 6, 3, 10, tzinfo=UTC)


ESCAPED = [
    "&lt;p&gt;The tide mill turns.&lt;/p&gt;",
    "&amp;lt;!-- x --&amp;gt;&amp;lt;p&amp;gt;The tide mill turns.&amp;lt;/p&amp;gt;",
    "<![CDATA[&lt;b&gt;The&lt;/b&gt; tide &lt;i&gt;mill&lt;/i&gt; turns.]]>",
    "<![CDATA[&amp;lt;b&amp;gt;The&amp;lt;/b&amp;gt; tide mill turns.]]>",
]


@pytest.mark.parametrize("content", ESCAPED)
def test_markup_that_is_escaped_twice(content: str) -> None:
    item = ENTRY.format(id="a", more=f"<content:encoded>{content}</content:encoded>")
    document = CHANNEL.format(language="", items=item.replace("Lead.", content))
    document = document.replace(
        "<rss", '<rss xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    )
    [article] = feed.articles("feed.xml", document.encode(), UTC)
    assert isinstance(article, Article)
    assert (article.body, article.teaser) == ("The tide mill turns.", "")


def test_a_long_description_is_the_body() -> None:
    text = "The tide mill has turned since the spring flood, the miller said. " * 8
    document = CHANNEL.format(language="", items=ENTRY.format(id="a", more="")).replace(
        "Lead.", text
    )
    [article] = feed.articles("feed.xml", document.encode(), UTC)
    assert isinstance(article, Article)
    assert (article.body, article.teaser) == (text.strip(), "")


def test_content_without_a_summary_gives_no_teaser() -> None:
    content = "<p>See also: <a href='/mill'>The mill</a></p><p>The tide mill turns again.</p>"
    entry = f"<id>77</id><title>T</title><content type='html'><![CDATA[{content}]]></content>"
    data = f"<feed xmlns='http://www.w3.org/2005/Atom'><entry>{entry}<updated>2026-06-02</updated>"
    [article] = feed.articles("atom.xml", f"{data}</entry></feed>".encode(), UTC)
    assert isinstance(article, Article)
    assert (article.body, article.teaser) == ("The tide mill turns again.", "")
