"""The tokenizer: texts become integers once, and each distinct word is processed once."""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from models.arrays import Mask, Offsets

_WORD = re.compile(r"\w\w+")
"""At least two letters or digits, the token pattern of scikit-learn."""


@dataclass(frozen=True)
class Tokens:
    """The words of n texts, concatenated.

    Attributes
    ----------
    words : the distinct words in lower case.
    word_ids : int32, shape (t,), position in ``words`` of each token.
    starts : int64, shape (n + 1,); text i is ``word_ids[starts[i] : starts[i + 1]]``.
    """

    words: list[str]
    word_ids: NDArray[np.int32]
    starts: Offsets

    def owner(self) -> NDArray[np.int32]:
        """Return the text of each token: int32, shape (t,)."""
        texts = np.arange(len(self.starts) - 1, dtype=np.int32)
        return np.repeat(texts, np.diff(self.starts))

    def joined(self, first: Offsets) -> Tokens:
        """Merge consecutive texts; ``first``: where each merged text begins, and the number n."""
        return Tokens(self.words, self.word_ids, self.starts[first])

    def without(self, removed: Mask) -> Tokens:
        """Remove tokens; ``removed``: which of the distinct words, shape (len(words),)."""
        kept = ~removed[self.word_ids]
        starts = np.append(0, np.cumsum(kept, dtype=np.int64))[self.starts]
        return Tokens(self.words, self.word_ids[kept], starts)


class _Vocabulary(dict[str, int]):
    """Assigns the next id to a word at its first look-up."""

    def __missing__(self, word: str) -> int:
        word_id = self[word] = len(self)
        return word_id


def tokenize(texts: Sequence[str]) -> Tokens:
    """Split texts into words in lower case."""
    vocabulary, word_ids, starts = _Vocabulary(), array("i"), array("q", [0])
    for text in texts:
        word_ids.extend(map(vocabulary.__getitem__, _WORD.findall(text.lower())))
        starts.append(len(word_ids))
    tokens = np.frombuffer(word_ids, dtype=np.int32) if word_ids else np.zeros(0, dtype=np.int32)
    return Tokens(list(vocabulary), tokens, np.frombuffer(starts, dtype=np.int64))


def count_words(tokens: Tokens) -> csr_matrix:
    """Count the words of each text: sparse float32, shape (n, len(tokens.words))."""
    return _counts(tokens.word_ids, np.diff(tokens.starts), len(tokens.words))


def count_ngrams(tokens: Tokens, length: int) -> tuple[csr_matrix, NDArray[np.int64]]:
    """Count the n-grams of each text.

    Returns
    -------
    counts : sparse float32, shape (n, g), a column for each distinct n-gram.
    ngrams : int64, shape (g,), ascending. The ids of an n-gram's words are the digits of one
        number to the base ``len(tokens.words)``. Beyond 64 bits (three words of two million) it
        is a hash.
    """
    places = max(len(tokens.word_ids) - length + 1, 0)
    digits = np.zeros(places, dtype=np.int64)
    for step in range(length):
        digits *= len(tokens.words)
        digits += tokens.word_ids[step : step + places]
    owner = tokens.owner()
    within = owner[:places] == owner[length - 1 : length - 1 + places]
    ngrams, columns = np.unique(digits[within], return_inverse=True)
    sizes = np.bincount(owner[:places][within], minlength=len(tokens.starts) - 1)
    return _counts(columns.astype(np.int32), sizes, len(ngrams)), ngrams


def _counts(columns: NDArray[np.int32], sizes: NDArray[np.int64], width: int) -> csr_matrix:
    """Count the columns of each row; ``sizes``: how many of ``columns`` belong to each row."""
    starts = np.append(0, np.cumsum(sizes)).astype(np.int32)
    ones = np.ones(len(columns), dtype=np.float32)
    counts = csr_matrix((ones, columns.copy(), starts), shape=(len(sizes), width))
    counts.sum_duplicates()
    return counts
