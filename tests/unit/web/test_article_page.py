"""The article in the HTML of a page, without what surrounds it."""

from datetime import UTC, datetime

import pytest

from read_page import article_of_page
from recommender.articles.article import Article
from recommender.errors import ArticleError
from recommender.ingest.web.article_page import page_fields
from source_documents import BODY, LD, page


def read(html: str, address: str = "https://site.example/politics/plant?utm=1") -> Article:
    return article_of_page(address, html.encode(), None, UTC)


NEVER = (
    "Advertisement", "See also", "newsletter", "subscribers", "Related", "Other story", "teaser",
    "insights", "Another item", "Comments", "reader wrote", "cookies", "prywatność", "Akceptuję",
    "Home", "©", "Last Updated", "By Anna",
)  # fmt: skip


def test_a_page_with_json_ld_in_which_one_block_is_broken() -> None:
    found = read(page(above="<p class='byline'>By Anna Nowak</p><p>Last Updated: 2 Jun 2025</p>"))
    assert found.title == "Coast plant gets its licence"
    assert found.published == datetime(2025, 5, 30, 7, 15, tzinfo=UTC)
    assert found.updated == datetime(2025, 6, 2, 8, 20, 30, tzinfo=UTC)
    assert found.authors == ("Anna Nowak",)
    assert (found.section, found.tags, found.language) == ("politics", ("energy", "coast"), "en")
    assert found.teaser == "The regulator has granted the licence."
    assert found.image == "https://site.example/img/p.jpg"
    assert found.image_alt == "Coast plant gets its licence"
    assert set(found.links) <= {
        "https://site.example/politics/grid",
        "https://site.example/politics/old",
    }
    lines = found.body.split("\n")
    assert lines[0].startswith("The regulator granted")
    assert "What happens next" in lines
    assert lines[-1].startswith("Unions welcomed")
    assert not [word for word in NEVER if word in found.body]


@pytest.mark.parametrize(
    ("above", "lang", "published"),
    [
        ("<p>Last Updated: 2 Jun 2025</p>", "en", "2025-06-02T00:00"),
        ("<b>By <a>A. Nowak</a></b> <p>Published June 2, 2025, 8:05 pm", "en", "2025-06-02T20:05"),
        ('<time datetime="2025-06-02T08:05:00+02:00">2 June</time>', "en", "2025-06-02T06:05"),
        ("<div>Opublikowano: 2 czerwca 2025, 14:30</div>", "pl", "2025-06-02T14:30"),
        ("<div>Data publikacji: 02.06.2025</div>", "pl", "2025-06-02T00:00"),
    ],
)  # fmt: skip
def test_visible_dates_without_metadata(above: str, lang: str, published: str) -> None:
    found = read(page(head="", above=above, lang=lang))
    assert found.published == datetime.fromisoformat(published + "+00:00")
    assert not [word for word in NEVER if word in found.body]


@pytest.mark.parametrize(
    "above", ["", "<p>Last Updated: 02/03/2025</p>", "<p>Last updated: yesterday</p>"]
)
def test_a_page_without_a_clear_date_is_no_article(above: str) -> None:
    with pytest.raises(ArticleError, match="published"):
        read(page(head="", above=above))


def test_a_wrong_date_falls_back_to_other_metadata() -> None:
    head = LD.replace("2025-05-30T09:15:00+02:00", "soon")
    head += '<meta property="article:published_time" content="2025-05-30T09:00:00Z">'
    assert read(page(head=head)).published == datetime(2025, 5, 30, 9, tzinfo=UTC)


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-2", "windows-1250", "utf-16"])
@pytest.mark.parametrize("header", [None, "utf-8", "iso-8859-1", "nonsense"])
def test_polish_letters_survive_wrong_charset_headers(charset: str, header: str | None) -> None:
    text = "<p>Zażółć gęślą jaźń, powiedział minister w poniedziałek, po czterech latach.</p>"
    html = page(body=text * 3).replace('charset="utf-8"', f'charset="{charset}"')
    if header == "iso-8859-1" and charset not in {"utf-8", "utf-16"}:
        return  # two names that are both possible: the header comes first
    found = article_of_page("https://site.example/a", html.encode(charset, "replace"), header, UTC)
    assert "Zażółć gęślą jaźń" in found.body


ODD_LD = """<script type="application/ld+json">{"@type": "NewsArticle",
"author": {"name": [{"name": {}}]}, "datePublished": ["2025"], "image": {"url": {"url": []}},
"keywords": [1, null, {"x": 1}]}</script>"""


@pytest.mark.parametrize(
    "html",
    [
        "",
        "\0\0\0",
        "<h1>404</h1>",
        "<div>" * 50_000,
        "<a href='http://[::1'>x</a>" * 100,
        '<script type="application/ld+json">' + "[" * 100_000 + "</script>",
        ODD_LD,
    ],
)
def test_odd_pages_are_clear_errors(html: str) -> None:
    with pytest.raises(ArticleError):
        read(html)


def test_a_script_in_a_title_is_removed() -> None:
    head = LD.replace("Coast plant gets", "<b>Coast</b> plant<script>alert(1)<\\/script> gets")
    found = read(page(head=head).replace("<h1>Coast plant gets its licence</h1>", ""))
    assert "<" not in found.title
    assert "alert" not in found.title


def test_invalid_urls_are_ignored() -> None:
    odd = "http://[::1"
    head = LD + f'<link rel="canonical" href="{odd}"><meta property="og:image" content="{odd}">'
    html = page(head=head, body=BODY + f'<p>More <a href="{odd}">here</a> on it.</p>')
    assert read(html.replace("/img/p", odd)).title == "Coast plant gets its licence"


@pytest.mark.parametrize(
    ("html", "head", "language"),
    [
        ('lang="en_US"', "", "en"),
        ('lang="zh-HK"', "", "zh-Hant"),
        ('xml:lang="pl"', "", "pl"),
        ("", '<meta property="og:locale" content="pt_BR">', "pt"),
        ("", '<meta http-equiv="Content-Language" content="uk">', "uk"),
        ('lang=""', '<meta name="DC.language" content="cze">', "cs"),
        ('lang="und"', '<meta property="og:locale" content="sv_SE">', "sv"),
        ('lang="template"', "", ""),
        ("", "", ""),
    ],
)
def test_the_first_valid_language_counts(html: str, head: str, language: str) -> None:
    whole = page(head=LD + head).replace('lang="en"', html, 1)
    assert read(whole).language == language


def test_the_element_of_the_article_comes_before_the_page() -> None:
    whole = page().replace("<article", '<article lang="be"', 1)
    assert read(whole).language == "be"


@pytest.mark.parametrize(
    ("descriptions", "teaser"),
    [
        (["The wheel turns and…", "The wheel turns again."], "The wheel turns again."),
        (["The wheel turns. Flour is…"], "The wheel turns. Flour is…"),  # enrichment makes it whole
    ],
)
def test_a_description_that_is_cut_off_is_the_last_choice(
    descriptions: list[str], teaser: str
) -> None:
    metas = "".join(f'<meta name="description" content="{one}">' for one in descriptions)
    fields = page_fields("https://mill.example/a", f"{metas}<h1>Mill</h1>".encode(), None, UTC)
    assert fields["teaser"] == teaser
