"""Prefixes of Hebrew, Arabic and Amharic, which are written without a space."""

from models.lexical.prefixes import without_prefixes
from models.lexical.tokenizer import tokenize


def stems(text: str) -> list[str]:
    tokens = tokenize([text])
    return [tokens.words[word] for word in tokens.word_ids]


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
