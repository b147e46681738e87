"""Stop words, by the list and by the texts of each language."""

import numpy as np
import pytest

from models.lexical.scripts import fold
from models.lexical.stop_words import (
    MIN_TEXTS,
    filler_words,
    frequent_words,
    listed_words,
    stop_tokens,
)
from models.lexical.tokenizer import tokenize
from recommender.language_tags import primary_language
from term_counts import count_named_terms


def stopped(texts: list[str], languages: list[str]) -> list[set[str]]:
    """The stop words of each text."""
    tokens = tokenize(texts)
    stop = np.concatenate([*stop_tokens(tokens, languages, frequent_words(tokens, languages))])
    owner = tokens.owner()
    words = np.array(tokens.words, dtype=object)[tokens.word_ids]
    return [set(words[stop & (owner == text)]) for text in range(len(texts))]


def test_each_language_has_its_own_list() -> None:
    german, english = stopped(
        ["die Minister und das Wasser", "die of thirst and das"], ["de", "en"]
    )
    assert german == {"die", "und", "das"}
    assert english == {"of", "and"}


def test_a_language_without_a_list_has_none() -> None:
    assert stopped(["und the da"], ["und"]) == [set()]
    assert listed_words("xx") == frozenset()


@pytest.mark.parametrize(
    ("language", "word"),
    [
        ("uk", "його"),
        ("sr", "који"),
        ("sr", "koji"),
        ("bs", "već"),
        ("ka", "რომელიც"),
        ("ta", "என்று"),
    ],
)
def test_pronouns_and_conjunctions_are_no_topic(language: str, word: str) -> None:
    assert fold(word) in filler_words(language)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("da", "siger ifølge kroner"),
        ("ro", "spus potrivit lei"),
        ("el", "δήλωσε σύμφωνα ευρώ"),
        ("hi", "बताया अनुसार रुपये"),
        ("ur", "کہا مطابق روپے اپنے گیا"),
        ("mr", "सांगितले रुपये आहे"),
        ("sr", "rekla izjavio казала"),
        ("tr", "dedi göre den lar ini"),
        ("et", "pärast rohkem üle kolm"),
        ("hr", "više dvije tijekom"),
        ("ne", "गर्छन् मात्र तीन"),
    ],
)
def test_words_of_any_report_are_no_topic(language: str, words: str) -> None:
    assert set(map(fold, words.split())) <= filler_words(language)


@pytest.mark.parametrize("tag", ["tl", "fil", "fil-PH"])
def test_both_codes_of_filipino_have_its_stop_words(tag: str) -> None:
    assert {"isang", "mula", "dalawang", "sinabi"} <= listed_words(primary_language(tag))


def test_words_of_most_texts_are_learned_by_language() -> None:
    polish = [f"sejm głosował{n} ustawa{n}" for n in range(MIN_TEXTS)]
    english = [f"senate vote{n} bill{n}" for n in range(3 * MIN_TEXTS)]
    found = stopped([*polish, *english], ["pl"] * len(polish) + ["en"] * len(english))
    assert all(words == {"sejm"} for words in found[: len(polish)])
    assert all(words == {"senate"} for words in found[len(polish) :])
    assert stopped(polish[:-1], ["pl"] * (MIN_TEXTS - 1)) == [set()] * (MIN_TEXTS - 1)


def test_stop_words_are_no_terms_and_do_not_separate_a_word_pair() -> None:
    texts = ["minister der Finanzen", "minister der Finanzen"]
    _, names = count_named_terms(tokenize(texts), ["de", "de"])
    assert list(names) == ["finanzen", "minister", "minister finanzen"]
    _, names = count_named_terms(tokenize(texts))
    assert "der" in names
