"""Prefixes of Hebrew, Arabic and Amharic, which are written without a space."""

import random
from collections.abc import Sequence

import numpy as np
import pytest

from models.lexical.prefixes import FittedPrefixes, without_prefixes
from models.lexical.shingles import key_sets
from models.lexical.tfidf import count_shared_terms
from models.lexical.tokenizer import Tokens, tokenize
from models.lexical.vocabulary import Columns

HEBREW = [
    "ראש הממשלה נפגש בירושלים עם הנשיא ודיבר על הסכם השלום החדש ועל הכלכלה",
    "ירושלים קיבלה אתמול תקציב חדש מהממשלה לטיפול בתחבורה ובתשתיות של העיר",
    "הנשיא אמר כי שלום הוא המטרה וכי כלכלה חזקה דורשת תשתיות ותחבורה",
    "ממשלה חדשה הושבעה בירושלים לאחר הסכם בין המפלגות על תקציב המדינה",
]
ARABIC = [
    "اجتمع رئيس الحكومة في القاهرة مع الوزير وتحدث عن الاقتصاد وعن السلام",
    "قالت حكومة القاهرة للوزير إن اقتصاد البلاد بحاجة إلى سلام والى اتفاق",
    "وزير الاقتصاد زار بيروت وبحث بالقاهرة الاتفاق مع الحكومة الجديدة",
]
AMHARIC = [
    "የመንግሥት ስብሰባ በላሊበላ ስለኢኮኖሚ ተወያየ የከተማው ነዋሪዎች ተገኙ",
    "መንግሥት ለላሊበላ ከተማው በጀት መደበ የኢኮኖሚ እድገት ይጠበቃል",
    "ላሊበላ የቱሪስት ከተማ ናት ከመንግሥት ድጋፍ አገኘች ስብሰባ ተካሄደ",
]


def stems(text: str) -> list[str]:
    return words_of(tokenize([text]))


def words_of(tokens: Tokens, row: int = 0) -> list[str]:
    own = slice(tokens.starts[row], tokens.starts[row + 1])
    return [tokens.words[word] for word in tokens.word_ids[own]]


def fitted(texts: Sequence[str]) -> tuple[Tokens, FittedPrefixes]:
    tokens = tokenize(texts)
    terms = Columns.of(count_shared_terms(tokens).folded)
    return tokens, FittedPrefixes.of(tokens.words, tokens.rest_ids, terms)


def later(text: str, prefixes: FittedPrefixes) -> list[str]:
    return words_of(tokenize([text], prefixes.rests))


def test_a_hebrew_name_is_one_word_with_and_without_prefixes() -> None:
    assert set(stems("בירושלים לירושלים ומירושלים שבירושלים ירושלים")) == {"ירושלים"}


def test_a_name_that_never_occurs_alone_loses_its_prefixes() -> None:
    assert set(stems("בירושלים לירושלים")) == {"ירושלים"}


def test_the_first_letter_of_a_root_stays() -> None:
    assert stems("לבנון לבנון מדינה שלום") == ["לבנון", "לבנון", "מדינה", "שלום"]


def test_a_rare_word_does_not_shorten_a_frequent_one() -> None:
    assert without_prefixes({"ממשלה": 100, "משלה": 2}) == {}


def test_an_arabic_name_is_one_word_with_and_without_prefixes() -> None:
    text = "القاهرة بالقاهرة للقاهرة والقاهرة لبيروت بيروت وبيروت"
    assert set(stems(text)) == {"قاهره", "بيروت"}
    assert tokenize([text]).spellings["قاهره"] == "القاهرة"


def test_a_prefix_before_a_root_is_no_evidence_for_a_second_one() -> None:
    assert set(stems("بيروت وبيروت مكتب ومكتب المدينة")) == {"بيروت", "مكتب", "المدينه"}
    assert set(stems("מכבי ומכבי שמכבי")) == {"מכבי"}


def test_persian_has_no_prefixes() -> None:
    assert stems("فروش روش بازار ازار کتاب") == ["فروش", "روش", "بازار", "ازار", "كتاب"]


def test_an_amharic_name_is_one_word_with_and_without_prefixes() -> None:
    assert set(stems("በላሊበላ የላሊበላ ስለላሊበላ ከላሊበላ ላሊበላ")) == {"ላሊበላ"}
    for pair in ("ስለላሊበላ ለላሊበላ", "ወደላሊበላ እንደላሊበላ", "ከላሊበላ እስከላሊበላ"):
        assert set(stems(pair)) == {"ላሊበላ"}
    assert stems("የመንግሥት በቀለ") == ["የመንግስት", "በቀለ"]  # no other word shows that it is a prefix


def test_no_other_script_is_changed() -> None:
    assert without_prefixes({"hat": 5, "at": 5, "ба": 5}) == {}


@pytest.mark.parametrize("texts", [HEBREW, ARABIC, AMHARIC, HEBREW + ARABIC + AMHARIC])
def test_a_later_text_is_read_as_in_the_full_run(texts: list[str]) -> None:
    tokens, prefixes = fitted(texts)
    assert [later(text, prefixes) for text in texts] == [
        words_of(tokens, row) for row in range(len(texts))
    ]
    assert words_of(tokens) != words_of(tokenize(texts[:1]))  # one text alone shows no prefix
    again = key_sets(tokenize(texts[:1], prefixes.rests))
    assert np.array_equal(again[0], key_sets(tokens)[0])


@pytest.mark.parametrize(
    ("letters", "written"),
    [("אבהוכלמשת", "ובלמהש"), ("ابتلوفكر", "وبلكا"), ("ለመበከየሰወ", "የበለከ")],
)
def test_words_of_the_full_run_that_break_the_rule_are_known(letters: str, written: str) -> None:
    chance = random.Random(7)
    roots = ["".join(chance.choices(letters, k=chance.randint(3, 5))) for _ in range(60)]
    roots += ["ال" + root for root in roots if root[0] < "ሀ" and root[0] > "ת"]
    texts = [
        " ".join(
            "".join(chance.choices(written, k=chance.choice([0, 0, 1, 2]))) + root
            for root in chance.choices(roots, [1 / (n + 1) for n in range(len(roots))], k=30)
        )
        for _ in range(40)
    ]
    tokens, prefixes = fitted(texts)
    assert len(prefixes.exceptions.keys)
    for row, text in enumerate(texts):
        assert later(text, prefixes) == words_of(tokens, row)


def test_a_later_word_loses_a_prefix_before_a_term_of_the_corpus() -> None:
    _, prefixes = fitted(HEBREW)
    assert later("לירושלים שבירושלים ירושלים", prefixes) == ["ירושלים"] * 3
    assert later("לחיפה בחיפה חיפה", prefixes) == ["לחיפה", "בחיפה", "חיפה"]  # new to the corpus


def test_a_frequent_word_keeps_its_first_letter_in_later_texts() -> None:
    tokens, prefixes = fitted(["ממשלה " * 50, "ממשלה משלה", "משלה"])
    assert words_of(tokens, 1) == later("ממשלה משלה", prefixes) == ["ממשלה", "משלה"]


def test_later_texts_in_persian_have_no_prefixes() -> None:
    _, prefixes = fitted(["فروش روش بازار", "ازار روش کتاب", "روش ازار"])
    assert not prefixes.has_arabic
    assert later("بازار فروش کروش", prefixes) == ["بازار", "فروش", "كروش"]


def test_other_scripts_leave_nothing_to_store() -> None:
    _, prefixes = fitted(["the old harbour", "the old port", "стара порт"])
    assert len(prefixes.exceptions.keys) == 0
    assert prefixes.rests(["harbour", "порт", "港口"]) == {}
