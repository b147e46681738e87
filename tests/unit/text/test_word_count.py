"""Lengths in words, also without spaces."""

import pytest

from recommender.text.word_count import letters_of, word_count


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 0),
        ("one two — three", 4),
        ("zażółć gęślą", 2),
        ("한강 다리가 열렸다", 3),
        ("नदी के किनारे", 3),
        ("港口今天开放", 3),
        ("港口今天开放，iPhone 6 点。", 5),
        ("ท่าเรือเปิด", 2),
        ("ក្រសួងបានប្រកាសតម្លៃ ២", 6),
        ("လောင်စာဆီဈေးနှုန်းများ", 5),
    ],
)
def test_words(text: str, expected: int) -> None:
    assert word_count(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("港口今天开放", 160),
        ("“港口今天开放”", 160),
        ("《2026港口》", 160),
        ("「ท่าเรือเปิด", 320),
        ("ท่าเรือเปิด", 320),
    ],
)
def test_letters_of_eighty_words_whatever_mark_precedes(text: str, expected: int) -> None:
    assert letters_of(80, text) == expected
