"""Any page, feed or export gives articles, rejected records or one clear error."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from read_page import article_of_page
from recommender.articles.article import Article
from recommender.dates import read_date, write_date
from recommender.errors import ArticleError, SourceError
from recommender.ingest.detect import kind_of
from recommender.ingest.readers import feed
from recommender.ingest.readers.charset import decode
from recommender.ingest.web import wordpress_export
from recommender.text.markup.html import content_of
from source_documents import ATOM, HEAD, RSS, item, page

EXPORT = HEAD + item(1) + item(2) + "</channel></rss>"
NASTY = [
    "<", ">", "&", '"', "'", "\0", "\ud7ff", "]]>", "<![CDATA[", "<!--", "-->", "<?xml", "&#0;",
    "&x;", "<script>", "</article>", "<h1>", "{", "}", "[", ",", "\\u0000", "\\", "null", "<p",
    "datePublished", "0001-01-01", "2099-12-31", "http://[", "javascript:", "\n" * 50, "é" * 40,
]  # fmt: skip


def mangled(text: str) -> st.SearchStrategy[bytes]:
    """Cut a good document somewhere, and put something nasty there."""
    cuts = st.tuples(
        st.integers(0, len(text)), st.integers(0, 60), st.sampled_from(NASTY), st.booleans()
    )

    def apply(given_cuts: list[tuple[int, int, str, bool]]) -> bytes:
        made = text
        for place, length, nasty, end in given_cuts:
            made = made[:place] + nasty + ("" if end and place > 500 else made[place + length :])
        return made.encode("utf-8", "replace")

    return st.lists(cuts, min_size=1, max_size=4).map(apply)


def one_line(error: Exception) -> None:
    assert "\n" not in str(error)


fuzz = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def sound(article: Article) -> None:
    assert article.id
    assert article.title
    assert article.published.tzinfo is UTC
    for shown in (article.title, article.teaser, article.section, *article.tags, *article.authors):
        assert "<script" not in shown
        assert "\n" not in shown


@fuzz
@given(mangled(page(above="<p>Last Updated: 2 Jun 2025</p>")))
@example(b"")
@example(b"<" * 10_000)
def test_pages(data: bytes) -> None:
    try:
        sound(article_of_page("https://site.example/a", data, None, UTC))
    except ArticleError as error:
        one_line(error)


@fuzz
@given(st.sampled_from([RSS, ATOM]).flatmap(mangled))
def test_feeds(data: bytes) -> None:
    try:
        for found in feed.articles("feed", data, UTC):
            if isinstance(found, Article):
                sound(found)
            else:
                assert "\n" not in str(found)
    except SourceError as error:
        one_line(error)


@fuzz
@given(data=mangled(EXPORT))
def test_exports(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.xml"
    path.write_bytes(data)
    try:
        for found in wordpress_export.read(str(path), UTC):
            if isinstance(found, Article):
                sound(found)
    except SourceError as error:
        one_line(error)


@given(st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    text = decode(data, "utf-8").text
    assert content_of(text).text is not None
    assert kind_of(data) in {"feed", "sitemap", "json", "page"}


@pytest.mark.slow
@given(st.text(max_size=60))
def test_any_text_is_a_date_or_an_error(text: str) -> None:
    try:
        date = read_date(text)
    except ArticleError as error:
        one_line(error)
    else:
        assert date.tzinfo is UTC
        assert date.year >= 1000


LATEST = 253402214400  # the last day of 9999
EARLIEST = -30610137600  # the second day of 1000


@given(st.integers(EARLIEST, LATEST).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)))
def test_dates_are_read_back_in_every_form(date: datetime) -> None:
    date = date.replace(microsecond=0)
    forms = [
        write_date(date),
        date.isoformat(sep=" "),
        f"{date:%Y-%m-%d %H:%M:%S}-0000".replace("-0000", " +0000"),
    ]
    if date.year > 1900:
        forms += [
            f"{date:%a, %d %b %Y %H:%M:%S} GMT",
            f"{date:%B} {date.day}, {date:%Y %H:%M:%SZ}",
        ]
    for form in forms:
        assert read_date(form) == date, form
