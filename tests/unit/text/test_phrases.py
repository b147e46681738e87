"""Phrases of letter pairs: whole words and names."""

from itertools import pairwise

import pytest

from recommender.text.phrases import phrases


def test_a_word_beside_a_name_is_no_part_of_it() -> None:
    pairs = {"佩尔": (3, 2.0), "尔港": (3, 2.0), "港改": (2, 3.0), "改造": (18, 1.0)}
    assert phrases("佩尔港改造", pairs) == {"佩尔港": 2.0, "改造": 1.0}


def test_words_of_a_sentence_that_texts_share_are_phrases_of_their_own() -> None:
    sentence = "通過改造計劃之後居民在廣場等候最後決定"
    pairs = {one + other: (5, 1.0) for one, other in pairwise(sentence)}
    assert {"居民", "決定"} <= phrases(sentence, pairs).keys()


def test_a_particle_beside_a_name_is_no_part_of_it() -> None:
    pairs = {"在佩": (3, 1.0), "佩尔": (3, 2.0), "尔港": (3, 2.0), "港的": (3, 3.0)}
    assert phrases("在佩尔港的", pairs, {"在", "的"}) == {"佩尔港": 2.0}


def test_a_run_of_katakana_is_one_word() -> None:
    word = "ゾルミックションフェスタ"  # ICU divides it: its dictionary lacks it
    pairs = {one + other: (9, 1.0) for one, other in pairwise(word)} | {"クシ": (90, 1.0)}
    assert phrases(f"新しい{word}", pairs) == {word: 1.0}


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("사이트를", "사이트"),
        ("사이트였다", "사이트"),
        ("사이트", "사이트"),
        ("사이트였던가", ""),  # pairs that no other text has, and no known ending
        ("사이입니다", "사이"),
        ("됩니다", ""),
    ],
)
def test_of_korean_only_endings_are_cut_off(text: str, word: str) -> None:
    pairs = {"사이": (100, 1.0), "이트": (40, 2.0), "트를": (39, 1.0), "됩니": (50, 1.0)}
    pairs |= {"니다": (50, 1.0)}
    assert list(phrases(text, pairs)) == [word] * bool(word)


def test_a_noun_that_ends_as_a_particle_does_is_whole() -> None:
    pairs = {"재시": (18, 1.0), "시도": (30, 1.0), "도는": (2, 1.0)}
    assert list(phrases("재시도는", pairs)) == ["재시도"]
    assert list(phrases("재시도", pairs | {"시도": (9, 1.0)})) == [
        "재시"
    ]  # told by frequency alone


def test_pairs_across_words_are_no_phrase() -> None:
    pairs = {"北桥": (90, 1.0), "桥大": (10, 2.0), "大学": (80, 1.0)}
    assert phrases("北桥大学", pairs) == {"北桥": 1.0, "大学": 1.0}


def test_a_word_of_an_indian_script_is_whole() -> None:
    pairs = {"চাঁদ": (2, 1.0), "দপু": (2, 1.0), "পুর": (9, 1.0)}
    assert phrases("চাঁদপুরে", pairs) == {"চাঁদপুরে": 1.0}
    assert phrases("চাঁদপুর চাঁদা", pairs) == {"চাঁদপুর": 1.0}
