"""Dates, title, authors, section and tags of pages in the forms that sites use."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from read_page import article_of_page
from recommender.articles.article import Article
from recommender.articles.flags import Flag
from recommender.errors import ArticleError
from recommender.ingest.page_metadata.page import Listed
from recommender.ingest.readers.field_mapping import article_of
from recommender.ingest.web import sitemap
from recommender.ingest.web.article_page import page_fields
from recommender.ingest.web.client import HTTPClient
from recommender.ingest.web.wordpress_api import _coauthors
from recommender.settings import HTTP
from recommender.text.bylines import names_in
from recommender.text.sections import split_names

TEXT = "".join(
    f"<p>The harbour board met {word} to hear why the new crane had been standing idle since the "
    "storm, and what the repair of its rails would cost the town over the coming years.</p>"
    for word in ("twice", "late", "again", "there")
)
DATED = '<meta property="article:published_time" content="2026-03-02T09:00:00+01:00">'
TITLE = "Crane stands idle"


def read(
    head: str = "", above: str = "", before: str = "", *, lang: str = "en", **more: object
) -> Article:
    """Read a page with these elements in the head, below the title, and above it."""
    listed = more.pop("listed", Listed())
    h1 = more.pop("h1", f"<h1>{TITLE}</h1>")
    below, end = more.pop("below", ""), more.pop("end", "")
    assert isinstance(listed, Listed)
    html = (
        f"<html lang='{lang}'><head><title>{TITLE} | The Quay</title>{head}</head><body>{before}"
        f"<article>{h1}{above}{TEXT}{end}</article>{below}</body></html>"
    )
    address = str(more.pop("address", "https://quay.example/crane"))
    return article_of_page(address, html.encode(), "utf-8", UTC, listed)


@pytest.mark.parametrize(
    ("head", "above"),
    [
        ('<meta property="article:published" itemprop="datePublished" content="2026-03-02">', ""),
        ('<meta property="og:article:published_time" content="20260302T080000Z">', ""),
        ('<meta name="dc.date" content="2026/03/02 09:00:00">', ""),
        (('<script type="application/ld+json">{"@type":"WebPage","datePublished":'
         '"Mon Mar 02 2026 09:00:00 GMT+0100"}</script>'), ""),
        ("", '<abbr class="published" title="2026-03-02T08:00:00+01:00">8:00</abbr>'),
        ("", '<span itemprop="datePublished" content="2026-03-02">Monday</span>'),
        ("", '<span property="schema:dateCreated" content="2026-03-02T08:00:00Z"></span>'),
        ("", '<time datetime="02-03-2026 10:29">2 March 2026</time>'),
        ("", '<span class="entry-date">March 2, 2026</span>'),
        ("", '<aside class="meta"><time datetime="2026-03-02"></time></aside>'),
        ("", '<div class="post-meta">Published 11:11 AM EST Mar 2, 2026</div>'),
        ("", "<p>Publiziert: 2. März 2026, 10:15 Uhr</p>"),
        ("", "<p>Dodane 2 marca 2026</p>"),
        ("", "<p>Publicatiedatum: 2 maart 2026</p>"),
    ],
)  # fmt: skip
def test_dates_that_a_page_marks(head: str, above: str) -> None:
    found = read(head, above)
    assert found.published.date().isoformat() == "2026-03-02"
    assert found.flags == ()


@pytest.mark.parametrize(
    ("above", "address"),
    [
        ("<div>By Ida Moor, 2 March 2026</div>", ""),
        ("", "https://quay.example/2026/03/02/crane"),
        ("", "https://quay.example/news/02-03-2026-crane"),
        ("<p>Quay, 2 March 2026 - A short lead.</p>", ""),
    ],
)
def test_a_date_in_the_text_or_address_is_flagged(above: str, address: str) -> None:
    found = read(above=above, address=address or "https://quay.example/crane")
    assert found.published.date().isoformat() == "2026-03-02"
    assert found.flags == (Flag.DATE_FROM_TEXT,)


SHARE = '<div class="share"><a href="https://chat.example"></a></div>'


@pytest.mark.parametrize(
    ("head", "more"),
    [
        ("", {"above": '<div class="infoline"><time>2 March 2026, 12:01</time></div>'}),
        ("", {"above": "<div>2 March 2026 / Ida Moor</div>"}),
        ("", {"h1": f"<div class='timedata'>2 March 2026</div>{SHARE}<h1>{TITLE}</h1>"}),
        ("", {"above": "<p><span class='when'>2 March 2026.</span> The harbour board met.</p>"}),
        ('<meta name="last-modified" content="2026-03-09T10:00:00Z">',
         {"end": "<h4>Published:</h4><p class='when'>2 March 2026</p>"}),
        ("", {"above": '<span itemprop="datePublished" content="2026-03-02"></span>'}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["date", "DC.date", "dcterms.date", "created"])
def test_a_date_of_unknown_meaning_yields_to_the_one_that_readers_see(
    name: str, head: str, more: dict[str, str]
) -> None:
    vague = f'<meta name="{name}" content="2026-03-09T10:00:00Z">'
    assert read(vague + head, **more).published.day == 2
    assert read(vague + head).published.day == 9


def test_the_date_of_the_day_in_a_site_header_is_not_that_of_the_article() -> None:
    today = "<div class='top'><p class='date'>Saturday, 7 March 2026</p></div>"
    assert read('<meta name="date" content="2026-03-02">', before=today).published.day == 2


@pytest.mark.parametrize(
    ("lang", "more"),
    [
        ("de", {"above": "<p>26 | 01 | 2026</p>"}),
        ("de", {"above": "<p>Kiel | Hamburg, 26. Januar 2026</p>"}),
        ("de", {"above": f"{TEXT[:190]}</p><div><div><p><b>26.01.2026 „Der Kran steht</b> still."}),
        ("en", {"end": "<p>Ida Moor<br>26 January 2026</p>"}),
        ("en", {"end": "<div style='color:#aaa'>Jan 26, 2026</div>"}),
        ("fr", {"end": "<ul><li><p>Mise en ligne</p><p>26 janvier 2026</p></li></ul>"}),
        ("fr", {"before": "<p>Par Ida Moor | 26 janvier 2026</p>",
                "above": "<p><i>Article mis à jour le 7 mars 2026.</i></p>"}),
        ("sv", {"end": "<dl><dt>Publicerat</dt><dd>26 januari 2026</dd></dl>"}),
        ("ro", {"above": "<p>Actualizat: 7 martie 2026</p><p>26 ianuarie 2026</p>"}),
    ],
)  # fmt: skip
def test_dates_of_publication_without_metadata(lang: str, more: dict[str, str]) -> None:
    assert read(lang=lang, **more).published.date().isoformat() == "2026-01-26"


@pytest.mark.parametrize(
    "end",
    [
        # two lines that are dates: of two other things
        "<p>3 May 2025</p><p>4 May 2025</p>",
        "<ul><li><time>3 May 2025</time><a href='/b'>The ferry is repaired at last</a></li></ul>",
        "<div><a href='/b'>The ferry is repaired at last</a><p>3 May 2025</p></div>",
        "<table><tr><td>12</td><td>03</td><td>02</td></tr></table>",
        "<p>The next meeting is on 3 May 2025 in the old hall at noon, said the board.</p>",
    ],
)
def test_dates_of_something_else_in_a_text_are_not_taken(end: str) -> None:
    with pytest.raises(ArticleError, match="published"):
        read(end=end)


@pytest.mark.parametrize(
    "other",
    [
        '<aside><h3>Latest</h3><time datetime="2020-01-01">1 January 2020</time></aside>',
        '<div class="sidebar"><time datetime="2020-01-01">1 January 2020</time></div>',
        '<blockquote class="twitter-tweet">A post <time datetime="2020-01-01"></time></blockquote>',
        '<ul class="comment-list"><li><time datetime="2020-01-01">old</time></li></ul>',
        (
            '<article class="teaser"><h2><a href="/b">Other</a></h2>'
            '<time itemprop="datePublished" datetime="2020-01-01"></time></article>'
        ),
    ],
)
def test_dates_of_other_parts_are_not_of_the_article(other: str) -> None:
    address = "https://quay.example/2026/03/02/crane"
    for place in ({"before": other}, {"below": other}, {"above": other}):
        assert read(address=address, **place).published.year == 2026


def test_an_unreadable_optional_date_is_left_out() -> None:
    found = read(DATED + '<meta property="article:modified_time" content="some day">')
    assert (found.published.month, found.updated) == (3, None)


def test_an_address_that_is_too_long_is_not_fetched() -> None:
    long, good = "https://quay.example/" + "a" * 100_000, "https://quay.example/crane"
    data = f"<urlset><url><loc>{long}</loc></url><url><loc>{good}</loc></url></urlset>".encode()
    rejected, entry = sitemap.entries("sitemap.xml", data, HTTPClient(HTTP()))
    assert isinstance(entry, sitemap.Entry)
    assert entry.address == good
    assert "at most 4000 characters, got one of 100021" in str(rejected)
    assert len(str(rejected)) < 200


def test_a_news_sitemap_gives_what_a_page_lacks(tmp_path: Path) -> None:
    data = b"""<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
      xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"
      xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"><url>
      <loc>https://quay.example/crane</loc>
      <n:news><n:publication><n:name>The Quay</n:name><n:language>en</n:language></n:publication>
      <n:publication_date>2026-03-02T09:00:00+01:00</n:publication_date>
      <n:title>A crane</n:title><n:keywords>crane, harbour</n:keywords></n:news>
      <image:image><image:loc>https://quay.example/c.jpg</image:loc></image:image></url></urlset>"""
    (entry,) = sitemap.entries("sitemap.xml", data, HTTPClient(HTTP()))
    assert isinstance(entry, sitemap.Entry)
    assert entry.address == "https://quay.example/crane"
    found = read(listed=entry.listed)
    assert found.published == datetime(2026, 3, 2, 8, tzinfo=UTC)
    assert found.tags == ("crane", "harbour")
    assert found.flags == (Flag.DATE_FROM_SITEMAP,)
    assert read(DATED.replace("03-02", "03-05"), listed=entry.listed).published.day == 5


@pytest.mark.parametrize(
    ("h1", "head"),
    [
        ("<h1><a href='/'>The Quay</a></h1><h2>Crane stands idle</h2>", ""),
        ("<h1>The Quay</h1>", '<meta property="og:site_name" content="The Quay">'),
        ("<h1><span class='kicker'>Harbour</span>Crane stands idle</h1>", ""),
        ("<h1><span>Harbour</span><span>Crane stands idle</span></h1>", ""),
        ("<h1>Crane stands<br>idle</h1>", ""),
        ("<h1>The Quay</h1><h1>Crane stands idle</h1><h1>More news</h1>", ""),
        ("<h1>Crane stands i<em>dle</em></h1>", ""),
        ("", ""),
    ],
)
def test_the_title_is_the_headline(h1: str, head: str) -> None:
    assert read(DATED + head, h1=h1).title == TITLE


@pytest.mark.parametrize(
    "above",
    [
        '<p class="byline">By Ida Moor | Last Updated: 2 Jun 2025</p>',
        "<div>By IDA MOOR | Last Updated: 2 Jun 2025</div>",
        '<div><span class="byline">By</span> <a href="/ida">Ida Moor</a></div>',
        '<p class="byline">December 28, 2025 by Ida Moor</p>',
        '<p class="byline">By Ida Moor December 28, 2025</p>',
        '<div class="author"><a>Ida Moor</a><span>Staff Writer</span><a>Follow</a></div>',
        (
            '<div class="byline">Posted on <time>1 May 2025</time> by <a class="name">Ida Moor</a>'
            "</div>"
        ),
        '<span itemprop="author"><span itemprop="name">Ida Moor</span></span>',
        '<a rel="author" href="/ida">Ida Moor</a>',
        "<p>Von Ida Moor</p>",
    ],
)
def test_a_byline_gives_the_author(above: str) -> None:
    found = read(DATED, above)
    assert found.authors == ("Ida Moor",)


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("By IDA MOOR and TOM FELL, Quay Staff", ["Ida Moor", "Tom Fell"]),
        ("Ida Moor, Tom Fell", ["Ida Moor", "Tom Fell"]),
        ("Ida Moor, CNN", ["Ida Moor"]),
        ("Moor, Ida", ["Ida Moor"]),
        ("Ludwig von Moor", ["Ludwig von Moor"]),
        ("undefined", []),
        ("https://www.facebook.com/quay", []),
    ],
)
def test_names_of_the_metadata(byline: str, names: list[str]) -> None:
    assert names_in(byline, is_label=False) == names


@pytest.mark.parametrize("byline", ["By", "Posted on", "December", "Staff", "Updated 2 May 2025"])
def test_what_is_no_name_is_no_author(byline: str) -> None:
    assert names_in(byline) == []


def test_the_name_of_the_site_gives_way_to_the_byline() -> None:
    head = DATED + '<meta name="author" content="The Quay">'
    head += '<meta property="og:site_name" content="The Quay">'
    assert read(head, '<p class="byline">By Ida Moor</p>').authors == ("Ida Moor",)
    assert read(head).authors == ("The Quay",)


@pytest.mark.parametrize(
    ("head", "section", "tags"),
    [
        ('<meta property="article:section" content="undefined">', "", ()),
        ('<meta property="article:section" content="Uncategorized">', "", ()),
        ('<meta property="article:section" content="Food, Wine &amp; Sea">',
         "Food, Wine & Sea", ()),
        (('<meta property="article:section" content="Town, Sea, Money">'
         '<meta property="article:tag" content="crane,rails">'),
         "Town", ("crane", "rails", "Sea", "Money")),
        (('<script type="application/ld+json">{"@type":"NewsArticle","articleSection":"Town,Sea",'
         '"keywords":["crane,rails","null"]}</script>'), "Town", ("crane", "rails", "Sea")),
    ],
)  # fmt: skip
def test_sections_and_tags(head: str, section: str, tags: tuple[str, ...]) -> None:
    found = read(DATED + head)
    assert (found.section, found.tags) == (section, tags)


def test_a_list_of_names_in_one_text() -> None:
    assert split_names("a, b; c") == ["a, b", "c"]
    assert split_names("a,b,c") == ["a", "b", "c"]


@pytest.mark.parametrize(
    "post",
    [
        {"coauthors": [{"display_name": "Ida Moor"}, {"display_name": "Tom Fell"}]},
        {"_embedded": {"wp:term": [[{"id": 1, "name": "Ida Moor", "taxonomy": "author"},
                                    {"id": 2, "name": "Tom Fell", "taxonomy": "author"}]],
                       "author": [{"id": 3, "name": "Ida Moor"}]}},
    ],
)  # fmt: skip
def test_all_coauthors_of_a_post_are_read(post: dict[str, object]) -> None:
    assert _coauthors(post) == ["Ida Moor", "Tom Fell"]


def test_a_word_for_none_gives_way_to_the_next_section() -> None:
    given = {"id": "1", "title": "Crane", "published": "2026-03-02", "expires": "never"}
    found = article_of(given | {"section": ["Uncategorized", "Town", "Sea"]}, UTC)
    assert (found.section, found.tags, found.expires) == ("Town", ("Sea",), None)
    assert found.flags == (Flag.DATE_LEFT_OUT,)


@pytest.mark.parametrize(
    ("path", "day"),
    [
        ("2026/3/2/crane", "2026-03-02"),
        ("crane-20260302.html", "2026-03-02"),
        ("2026/03/2-questions-on-a-crane", ""),
        ("blog/191211_crane", ""),
        ("crane-207643", ""),
    ],
)
def test_a_day_in_an_address_is_whole(path: str, day: str) -> None:
    fields = page_fields(f"https://quay.example/{path}", PLAIN, "utf-8", UTC)
    assert fields["published"][:10] == day


PLAIN = f"<html lang='en'><body><article><h1>{TITLE}</h1>{TEXT}</article></body></html>".encode()


@pytest.mark.parametrize(
    ("line", "lang"),
    [
        (
            "This entry was posted on Monday, March 2nd, 2026 at 9:00 am and is filed",
            "en",
        ),
        ("Dieser Beitrag wurde am 2. März 2026 um 09:00 veröffentlicht", "de"),
        ("Letzte Änderung: 5.3.2026<br>Erschienen am: 2.3.2026", "de"),
        ("<b>Quay</b><br>Posted: 2 March 2026", "en"),
    ],
)
def test_a_date_below_the_text_has_a_label(line: str, lang: str) -> None:
    html = (
        f"<html lang='{lang}'><body><div class='hentry'><div><h1>{TITLE}</h1>{TEXT}</div>"
        f"<div class='foot'><p>{line}</p></div></div></body></html>"
    )
    found = page_fields("https://quay.example/crane", html.encode(), "utf-8", UTC)
    assert found["published"][:10] == "2026-03-02"
