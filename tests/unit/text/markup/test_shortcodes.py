"""Shortcodes of page builders are removed; brackets that people write stay."""

from datetime import UTC

import pytest

from recommender.articles.article import Article, Record, article_from
from recommender.articles.enrich import enrich
from recommender.text.markup.html import content_of
from recommender.text.markup.shortcodes import without_shortcodes


def article(body: str, title: str = "Ferry", teaser: str = "") -> Article:
    record = Record(id=1, title=title, published="2026-05-01", body=body, teaser=teaser)
    return enrich(article_from(record, UTC))


@pytest.mark.parametrize(
    "written",
    [
        "She called it [sic] a triumph",
        "OSLO [Reuters] The ferry",
        "He said [the minister] would go",
        "As shown before [1], [2]",
        "Read [the report](https://site.example/a_b) here",
        "[report_a]: https://site.example/a",
        "grid[row_index] = values[k]",
        "matrix[[name]]",
        "A pause […] and [...] more",
        "the [co-founder] and [he's] gone",
        "[where n=5] holds",
        "[mean age=34] [n=20 m=30]",
        "In C /*! is a comment. */ The ferry {of 1934} sails.",
        "[śmiech]",
        "[Editor's note] The ferry",
        "[Reuters] The ferry",
        "[VIDEO] The ferry",
        "He sings [video] and jumps [youtube clip]",
        "The [gallery] has [section 12345] and a [row]?",
        "[gallery](https://site.example/g)",
        "[see https://site.example/a]",
        '#![crate_name="ferry"] and #[path="a.rs" x="y"]',
        "Is input[type=text] [n=20] or [k=v]",
        "https://site.example/?filter[post_type]=x",
        "rows = data[row]",
        "names = data[tabs]",
        "Sort the keys by [column]",
        "Then press [gallery]",
        "The [row]",
        "[section] 12 of the act",
        "He quoted [twitter InfluencerX1] as",
        "[poll Biden2024] showed",
    ],
)
def test_brackets_that_people_write_stay(written: str) -> None:
    assert without_shortcodes(written) == written


@pytest.mark.parametrize(
    ("code", "left"),
    [
        ('[vc_row full_width="yes"][vc_column][vc_text]A.[/vc_text][/vc_column][/vc_row]', "A."),
        ('[et_pb_section fb_built="1" x="a|[b]"][et_pb_text]A.[/et_pb_text][/et_pb_section]', "A."),
        ("[vc_column width=”1/2″]A.", "A."),
        ("[vc_column width=&#8221;1/2&#8243;]A.", "A."),
        ("[fusion_text columns='' rule]A [sic] b.[/fusion_text]", "A [sic] b."),
        ("[tabs][tab title='x']A.[/tab][/tabs]", "A."),
        ("[dropcap]T[/dropcap]he ferry", "The ferry"),
        ('The [su_mark color="red"]new[/su_mark] ferry', "The new ferry"),
        ("A. [vc_raw_html]JTNDaWZyYW1lJTNF[/vc_raw_html]", "A."),
        ("[embed]https://video.example/1[/embed]A.", "A."),
        ("A.\n[gallery]\n[ad-slot] [newsletter]", "A."),
        ('A. [elementor-template id="7"] [gallery ids=1,2]', "A."),
        ("[jwplayer AbCd1234] A.", "A."),
        ("[youtube https://video.example/watch?v=abc] A.", "A."),
        ("[youtube=https://video.example/watch?v=abc&w=640] A.", "A."),
        ("[vimeo 123456 w=640 h=360] A.", "A."),
        ("[tweet https://social.example/x/status/1] A.", "A."),
        ("[instagram https://social.example/p/1] A.", "A."),
        ("[videopress AbC123] A.", "A."),
        ("[polldaddy poll=123] A.", "A."),
        ("[ad] [gallery] A. [ad]", "A."),
        ("A. [ad] [gallery] ", "A."),
        ("大桥开工。[gallery]", "大桥开工。"),
        ("[wpvideo kUJmAcSf] A. [poll 1234567] [kaltura 0_ab12cd34]", "A."),
        ("See [url=https://site.example/a]A.[/url]", "See A."),
        ("[signupform id=3 title=false]A. [map id=12 /] [poster id=7]", "A."),
        (
            "/*! kit - v3.6.4 */ .kit-title{margin:0;top:1px}.kit>a[x*=y]{}\nThe {old} ferry.",
            "The {old} ferry.",
        ),
        (
            "/*! kit */@media (max-width:9px){.kit{top:0}.b{}} The ferry. So {it} is.",
            "The ferry. So {it} is.",
        ),
        ("A. /*! kit - v3 */ .kit-title{margin:0;to…", "A."),
        ("A. [/et_pb_text]", "A."),
        ('A. [et_pb_row _builder="4.9" theme_bui…', "A."),
        ("A. [vc_col", "A."),
        ('[vc_row el="x" A.', "A."),
        ('<!-- wp:quote {"a":1} -->A.<!-- /wp:quote -->', "A."),
    ],
)
def test_shortcodes_are_removed(code: str, left: str) -> None:
    assert without_shortcodes(code).strip() == left


def test_columns_separate_paragraphs() -> None:
    assert without_shortcodes("One.[/vc_column][vc_column]Two.").split() == ["One.", "Two."]


def test_no_source_brings_shortcodes_into_an_article() -> None:
    codes = "[vc_row][vc_column]<p>The ferry sails &amp; returns.</p>[/vc_column][/vc_row]"
    made = article(codes, "[su_new]Ferry[/su_new] sails", "[et_pb_text a='b']A lead.[/et_pb_text]")
    assert (made.title, made.teaser) == ("Ferry sails", "A lead.")
    assert made.body == "The ferry sails & returns."
    chrome = content_of("<p>[vc_text]See also: <a href='/b'>B</a>[/vc_text]</p><p>[vc_x]End.</p>")
    assert chrome.text == "End."


def test_a_tutorial_keeps_its_codes_but_not_in_the_teaser() -> None:
    markup = (
        "<p>Write <code>[vc_row]</code> first.</p><pre>[gallery ids='1']\nrow[i]</pre>"
        "<p>The page then shows a row of pictures.</p>"
    )
    for body in (markup, content_of(markup).text):
        made = article(body)
        assert made.body.startswith("Write [vc_row] first.\n[gallery ids='1'] row[i]\n")
        assert made.teaser == "The page then shows a row of pictures."
    assert article("Write [[gallery]] to show pictures.").body == (
        "Write [gallery] to show pictures."
    )


@pytest.mark.parametrize(
    "piece", ["[a ", "[embed]", "[a_b", '[a b="', "[[a]", "<!-- wp:", "[/a]", "[ad] ", "[a="]
)
def test_the_time_grows_with_the_length_only(piece: str) -> None:
    # Quadratic time would take minutes, and the test would run into its timeout.
    without_shortcodes(piece * 50_000)
