"""Text cleaning: what people wrote stays, markup and control characters go."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from recommender.text.markup.plain_text import MARKUP, body, line, text


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("1 < 2 and <3", "1 < 2 and <3"),
        ("AT&amp;T &lt;b&gt;wins&lt;/b&gt;", "AT&T wins"),
        ("R&amp;amp;D", "R&D"),
        ("<script>alert(1)</script>Hello", "Hello"),
        ("<img src=x onerror=alert(1)>Hello", "Hello"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;Hello", "Hello"),
        ("Zażółć\u00ad gęślą\u200b", "Zażółć gęślą"),
        ("\x93quoted\x94 \x96 dash", "“quoted” – dash"),
        ("e\u0301te\u0301", "été"),
        ("“Smart” ‘quotes’…", "“Smart” ‘quotes’…"),
        ("👩\u200d👧", "👩\u200d👧"),
        ("a\u202etxt.exe", "atxt.exe"),
        ("a\ud800b\x00c", "abc"),
    ],
)
def test_a_single_line_of_text(raw: str, expected: str) -> None:
    assert line(raw) == expected


def test_html_loses_its_markup_and_text_keeps_its_characters() -> None:
    assert body("<p>One &amp; two</p><h2>Sub</h2><p>Three</p>") == "One & two\nSub\nThree"
    assert body("if a <b and c> d:\n    print(1)") == "if a <b and c> d:\n    print(1)"


BODIES = {
    "<!-- wp:paragraph -->\n<p>The mill\nturns.</p>\n<!-- /wp:paragraph -->\n\n<p>It hums.</p>": (
        "The mill turns.\nIt hums."
    ),
    "The <em>mill</em> of old turns&nbsp;&amp; hums.\n\nIt is <a href='x'>old</a>.\nVery old.": (
        "The mill of old turns & hums.\nIt is old.\nVery old."
    ),
    "A first line.\n<p>The mill of the town turns.</p>\n\nA last line.": (
        "A first line.\nThe mill of the town turns.\nA last line."
    ),
    "Write this:\n\n<p class='a'> by </p>\n\nIt works.": (
        "Write this:\n\n<p class='a'> by </p>\n\nIt works."
    ),
    "&lt;p&gt;The mill&lt;/p&gt;\n&lt;p&gt;turns.&lt;/p&gt;": "The mill\nturns.",
    "The mill<br>turns<br />and hums.": "The mill\nturns\nand hums.",
    "M&amp;S: the mill&#8217;s wheel": "M&S: the mill’s wheel",
    "<p>Type &lt;b&gt;x&lt;/b&gt; for bold.</p>": "Type <b>x</b> for bold.",
    "<IBM> rose, <A> fell": "<IBM> rose, <A> fell",
    "let m: Map<K, Vec<T>> = f::<T>();\n</T>": "let m: Map<K, Vec<T>> = f::<T>();\n</T>",
}


@pytest.mark.parametrize("raw", BODIES)
def test_bodies_of_editors_and_exports(raw: str) -> None:
    assert body(raw) == BODIES[raw]


def test_tags_in_a_converted_body_are_program_code() -> None:
    assert (
        body("Write <b>x</b>, then\n<i>y</i>.", is_text=True) == "Write <b>x</b>, then\n<i>y</i>."
    )
    assert body("<p>Escaped twice.</p>", is_text=True) == "Escaped twice."


@given(st.text())
def test_cleaning_is_idempotent(raw: str) -> None:
    once = line(raw)
    assert line(once) == once
    assert text(text(raw)) == text(raw)


PIECES = [
    "<",
    ">",
    "&",
    "&lt;",
    "&gt;",
    "&amp;",
    "&#60;",
    "script",
    "/",
    "b",
    " ",
    "!--",
    "x=",
    '"',
]


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
@example("<</")
def test_a_cleaned_line_cannot_become_markup(raw: str) -> None:
    cleaned = line(raw)
    assert not MARKUP.search(cleaned)
    assert "&lt;" not in cleaned


@given(st.text())
def test_a_line_is_one_line_of_printable_nfc(raw: str) -> None:
    cleaned = line(raw)
    assert cleaned == " ".join(cleaned.split())
    assert unicodedata.is_normalized("NFC", cleaned)
    assert not any(unicodedata.category(c) in {"Cc", "Cs"} for c in cleaned)
    cleaned.encode()
