"""Tokens and n-grams, against scikit-learn."""

import numpy as np
import pytest
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, CountVectorizer

from models.lexical.ngrams import count_ngrams
from models.lexical.tokenizer import tokenize
from term_counts import count_named_terms

TEXTS = [
    f"Peace talks of number{n % 7} in Vilnius,\na Łódź envoy said: 'talks'!"
    if n % 2
    else f"The goal_scorer of the league: number{n % 5}, x 2 the 42nd."
    for n in range(30)
]


@pytest.mark.parametrize("texts", [TEXTS, TEXTS[:9], ["same words"] * 2])
def test_words_and_bigrams_equal_scikit_learn(texts: list[str]) -> None:
    common = list(ENGLISH_STOP_WORDS)
    plain = CountVectorizer(binary=True).fit(texts)
    frequency = plain.transform(texts).sum(axis=0).A1 / len(texts)
    if len(texts) >= 20:
        common += plain.get_feature_names_out()[frequency > 0.5].tolist()
    vectorizer = CountVectorizer(ngram_range=(1, 2), min_df=2, stop_words=common)
    expected = np.sqrt(vectorizer.fit_transform(texts).toarray())
    counts, names = count_named_terms(tokenize(texts))
    assert list(names) == vectorizer.get_feature_names_out().tolist()
    np.testing.assert_allclose(counts.toarray(), expected, rtol=1e-6)


def test_ngrams_end_with_their_text() -> None:
    tokens = tokenize(["one two three four", "two three", "", "two three four two three four"])
    counts, runs = count_ngrams(tokens, 3)
    assert counts.toarray().sum(axis=1).tolist() == [2, 0, 0, 4]
    assert len(runs) == 4  # one two three, two three four, three four two, four two three
    assert counts.toarray().max() == 2


@pytest.mark.parametrize("texts", [[], [""], ["alone"]])
def test_no_ngrams_from_too_few_words(texts: list[str]) -> None:
    counts, runs = count_ngrams(tokenize(texts), 2)
    assert counts.shape == (len(texts), 0)
    assert len(runs) == 0


def test_stop_words_join_their_neighbours() -> None:
    tokens = tokenize(["peace of mind", "of", "mind of peace"])
    less = tokens.without(np.array([tokens.words[word] == "of" for word in tokens.word_ids]))
    assert less.starts.tolist() == [0, 2, 2, 4]
    assert [less.words[n] for n in less.word_ids] == ["peace", "mind", "mind", "peace"]


def test_a_word_is_spelled_as_most_texts_do() -> None:
    tokens = tokenize(["IŞIK", "Işık Işık", "мар'яна Straße KT가 2031年", "straße"])
    assert tokens.spellings == {"işik": "Işık", "маряна": "мар'яна", "strasse": "Straße"}


def test_a_run_of_many_words_keeps_their_order_and_text() -> None:
    tokens = tokenize(["旧港口", "a", "", "新港口 port"])
    found = [tokens.words[number] for number in tokens.word_ids]
    assert found == ["旧港", "港口", "新港", "港口", "port"]
    assert tokens.starts.tolist() == [0, 2, 2, 2, 5]


def test_letter_pairs_form_no_word_pairs_and_count_in_full() -> None:
    counts, names = count_named_terms(tokenize(["港口 港口 old town", "港口 港口 old town"]))
    assert list(names) == ["old", "old town", "town", "港口", "港口 old"]
    assert counts.toarray()[0].tolist() == [1, 1, 1, 2, 1]
