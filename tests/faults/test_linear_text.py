"""No function that reads the text of a site takes more than linear time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC
from pathlib import Path

import pytest

from growth import superlinear
from models.lexical.normalization import normalize
from models.lexical.scripts import fold, runs
from read_page import article_of_page
from recommender.articles.article import normalize_id
from recommender.articles.boilerplate import _sentences
from recommender.dates import read_date
from recommender.ingest.markdown.site_files import SiteFiles
from recommender.ingest.page_metadata.json_ld import _values
from recommender.ingest.readers import feed
from recommender.ingest.readers.jsonl import parse_article
from recommender.language_tags import canonical_tag, language_and_script
from recommender.names import name_key
from recommender.text.language import language_scores
from recommender.text.markup.html import content_of
from recommender.text.markup.plain_text import body, line, sentence
from recommender.text.markup.shortcodes import escape_shortcodes, without_shortcodes
from recommender.text.sentences import join_sentences, sentences
from recommender.text.teaser import MAX_CHARACTERS, make_teaser, remade_teaser
from recommender.urls import url_key, without_tracking
from recommender.written_dates import find_date

SIZE = 2_000

PIECES = [
    "\u0315\u0300", "\u0f73", "<", "<a ", "&", "&#1", "&amp;", "[a ", '[a b="', "[[", "{%", "{{",
    " ", "\n", "\n \n", ".)", "。」", "a. ", "2 May ", "10:00 ", "क", "...", "<!--", '"', "- ",
    "_", "en-", "?a=", "%", "<p>", "<div>", "a\u0301", "see also ", "//", "1 ", "]]>", "more on ",
    "3. Liga ",
]  # fmt: skip
"""What is repeated: each is the beginning of something, or was slow once."""

READ = ("\u0315\u0300", "<a ", "&", "...", "- ", "\n", "2 May ")
"""What is repeated in whole documents, which take longer."""

FUNCTIONS: dict[str, Callable[[str], object]] = {
    "normalize": lambda text: [normalize("NFC", text), normalize("NFKC", text)],
    "fold": lambda text: [fold(text), runs(text)],
    "plain text": lambda text: [body(text), line(text), sentence(text)],
    "shortcodes": lambda text: [without_shortcodes(text), escape_shortcodes(text)],
    "HTML": content_of,
    "sentences": lambda text: join_sentences(_sentences(text)),
    "language": language_scores,
    "dates": lambda text: [_attempt(read_date, text), find_date("2026-01-01 10:00" + text)],
    "names": lambda text: [name_key(text), normalize_id(text), canonical_tag(text)],
    "tags": lambda text: [language_and_script(text), canonical_tag("en" + text)],
    "addresses": lambda text: [url_key("http://a/" + text), without_tracking("http://a/" + text)],
    "JSON-LD": lambda text: list(_values(text)),
}

DOCUMENTS = {
    "page": "<html lang='{0}'><meta name=date content='2026-01-01{0}'><h1>{0}</h1><p>{0}</p>",
    "feed": "<rss version='2.0'><channel><item><guid>a</guid><title>{0}</title><author>{0}</author>"
    "<description>{0}</description></item></channel></rss>",
}
READERS: dict[str, Callable[[str], object]] = {
    "page": lambda text: article_of_page("http://a/b", text.encode(), None, UTC),
    "feed": lambda text: list(feed.articles("a.xml", text.encode(), UTC)),
}


def _attempt(function: Callable[[str], object], text: str) -> object:
    try:
        return function(text)
    except ValueError:
        return None


def repeated(piece: str, size: int) -> str:
    return "x" + piece * (size // len(piece)) + "\x01"


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
def test_function_is_linear(function: Callable[[str], object]) -> None:
    slow = [superlinear(lambda n, p=piece: repeated(p, n), function, SIZE) for piece in PIECES]
    assert list(filter(None, slow)) == []


def test_sentences_of_a_paragraph_are_linear() -> None:
    # The library takes quadratic time for marks without spaces, so its callers limit the text.
    pieces = [piece for piece in PIECES if piece != "。」"]
    slow = [
        superlinear(lambda n, p=piece: repeated(p, n), lambda text: sentences(text, "de"), SIZE)
        for piece in pieces
    ]
    assert list(filter(None, slow)) == []


@pytest.mark.parametrize(("size", "is_read"), [(100, True), (MAX_CHARACTERS, False)])
def test_a_teaser_is_made_of_a_limited_part(size: int, is_read: bool) -> None:
    text = "x" * size + ". The bridge opens tomorrow. Ferries"
    assert ("bridge" in make_teaser(text + " stop.")) == is_read
    assert ("bridge" in remade_teaser(text + " ...", "")) == is_read


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_reader_is_linear(kind: str) -> None:
    def document(size: int, piece: str) -> str:
        return DOCUMENTS[kind].format(repeated(piece, size))

    READERS[kind](document(10, "a"))  # imports what it needs
    slow = [superlinear(lambda n, p=piece: document(n, p), READERS[kind], SIZE) for piece in READ]
    assert list(filter(None, slow)) == []


def test_page_without_a_date_and_many_hidden_elements() -> None:
    assert not superlinear(
        lambda n: "<h1>a</h1>" + "<nav></nav>" * (n // 10), READERS["page"], 9_000
    )


def test_page_with_a_heading_of_many_pieces() -> None:
    assert not superlinear(
        lambda n: f"<title>b</title><h1>{'<b>a</b> ' * (n // 10)}</h1>", READERS["page"], 20_000
    )


@pytest.mark.parametrize("link", ["/_posts/weather.md", "/_posts/missing/weather.md"])
def test_links_to_posts_of_one_name(link: str) -> None:
    def targets(text: str) -> list[str]:
        paths = [Path(one) for one in text.split()]
        files = SiteFiles(Path("site"), paths, {})
        return [files.target(link, path) for path in paths]

    def paths(size: int) -> str:
        return " ".join(f"_posts/{number}/weather.md" for number in range(size // 20))

    assert not superlinear(paths, targets, SIZE)


def test_blank_lines_before_a_feed() -> None:
    start, rest = "<?xml version='1.0'?>", "<rss version='2.0'><channel></channel></rss>"
    assert not superlinear(lambda n: start + "\n" * n + rest, READERS["feed"], SIZE)


def test_record_of_the_native_format() -> None:
    def parse(text: str) -> object:
        return parse_article(b'{"id": "a", "title": "t", "published": "' + text.encode(), UTC)

    assert not superlinear(lambda n: "2026-01-01 10:00" + " " * n + 'x"}', parse, SIZE)
