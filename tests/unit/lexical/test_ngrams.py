"""N-grams of many texts are the same, however few are sorted together."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.lexical.ngrams import count_ngrams, distinct_ngrams
from models.lexical.shingles import KeySets, key_sets, shingles
from models.lexical.tokenizer import TEXTS_AT_ONCE, text_blocks, tokenize

words = st.lists(st.sampled_from([f"town{n}" for n in range(8)]), max_size=12).map(" ".join)


@given(st.lists(words, max_size=8), st.integers(1, 3), st.integers(1, 3), st.integers(1, 9))
def test_sorted_in_parts_they_are_the_same(
    texts: list[str], length: int, least: int, at_once: int
) -> None:
    tokens = tokenize(texts)
    found = distinct_ngrams(lambda: text_blocks(tokens), length, least, at_once, step=1)
    split = [text.split() for text in texts]
    ngrams = Counter(
        tuple(one[place : place + length])
        for one in split
        for place in range(len(one) - length + 1)
    )
    numbers = {word: number for number, word in enumerate(tokens.words)}
    expected = [
        sum(numbers[word] * len(numbers) ** (length - 1 - n) for n, word in enumerate(ngram))
        for ngram, count in ngrams.items()
        if count >= least
    ]
    assert found.tolist() == sorted(expected)


def test_blocks_of_texts_are_counted_like_one() -> None:
    few = [f"word{n % 5} word{n % 7} word{n % 3}" for n in range(105)]
    many = few * (2 * TEXTS_AT_ONCE // len(few) + 1)
    one, ngrams = count_ngrams(tokenize(few), 2)
    counts, same = count_ngrams(tokenize(many), 2)
    assert same.tolist() == ngrams.tolist()
    np.testing.assert_array_equal(counts.toarray(), np.tile(one.toarray(), (len(many) // 105, 1)))


def test_shingles_of_blocks_with_several_scripts() -> None:
    # In the first block all texts are English, in the last one all are Thai.
    english = [f"the council of town{n} voted on tax{n % 3} today" for n in range(TEXTS_AT_ONCE)]
    thai = ["เทศบาลประกาศว่าสะพานปิดซ่อมตั้งแต่วันจันทร์"] * 3
    sets = shingles([*english, *thai])
    assert sets.shape[0] == TEXTS_AT_ONCE + 3
    assert (sets[-1] != sets[-2]).nnz == 0
    assert sets[0].sum() == 6
    assert sets[0].multiply(sets[3]).sum() == 3  # the council of, voted on tax0, on tax0 today
    assert sets[0].multiply(sets[1]).sum() == 1
    assert sets[0].multiply(sets[-1]).sum() == 0


@pytest.mark.parametrize("least", [1, 2, 4])
def test_frequent_keys_are_those_of_enough_groups(least: int) -> None:
    random = np.random.default_rng(least)
    keys = [np.unique(random.integers(0, 60, 12).astype(np.uint32) << 26) for _ in range(40)]
    sets = KeySets(np.concatenate(keys), np.append(0, np.cumsum(list(map(len, keys)))))
    group = random.integers(0, 25, 40).astype(np.int32)
    pairs = {
        (key, label)
        for own, label in zip(keys, group.tolist(), strict=True)
        for key in own.tolist()
    }
    found, counts = np.unique([key for key, _ in pairs], return_counts=True)
    assert sets.frequent(group, least).tolist() == found[counts >= least].tolist()


def test_keys_of_a_text_do_not_depend_on_the_others() -> None:
    texts = [f"the council of town{n} voted on a tax today" for n in range(TEXTS_AT_ONCE + 2)]
    together, alone = key_sets(tokenize(texts)), key_sets(tokenize(texts[-1:]))
    assert together[len(texts) - 1].tolist() == alone[0].tolist()
