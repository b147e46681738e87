"""Texts cut into words once, and every distinct word looked at once."""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

_WORD = re.compile(r"\w\w+")
"""Two letters or digits at least, as scikit-learn cuts texts."""


@dataclass(frozen=True)
class Tokens:
    """The words of n texts end to end.

    ``words``: the distinct ones in lower case. ``numbers``: int32, shape (t,), which of them stands
    where. ``starts``: int64, shape (n + 1,); text i is ``numbers[starts[i] : starts[i + 1]]``.
    """

    words: list[str]
    numbers: NDArray[np.int32]
    starts: NDArray[np.int64]

    def owner(self) -> NDArray[np.int32]:
        """Tell which text each word stands in: int32, shape (t,)."""
        texts = np.arange(len(self.starts) - 1, dtype=np.int32)
        return np.repeat(texts, np.diff(self.starts))

    def joined(self, first: NDArray[np.int64]) -> Tokens:
        """Take several texts for one: ``first`` is where each begins, and the number of texts."""
        return Tokens(self.words, self.numbers, self.starts[first])

    def without(self, left_out: NDArray[np.bool_]) -> Tokens:
        """Take words out, as if no text had them. ``left_out``: which of the distinct ones."""
        kept = ~left_out[self.numbers]
        starts = np.append(0, np.cumsum(kept, dtype=np.int64))[self.starts]
        return Tokens(self.words, self.numbers[kept], starts)


class _Numbered(dict[str, int]):
    """Gives every word that it is asked for the first time the next number."""

    def __missing__(self, word: str) -> int:
        number = self[word] = len(self)
        return number


def tokenize(texts: Sequence[str]) -> Tokens:
    """Cut texts into words."""
    numbered, numbers, starts = _Numbered(), array("i"), array("q", [0])
    for text in texts:
        numbers.extend(map(numbered.__getitem__, _WORD.findall(text.lower())))
        starts.append(len(numbers))
    words = np.frombuffer(numbers, dtype=np.int32) if numbers else np.zeros(0, dtype=np.int32)
    return Tokens(list(numbered), words, np.frombuffer(starts, dtype=np.int64))


def count_words(tokens: Tokens) -> csr_matrix:
    """Count words: sparse float32, shape (n, len(tokens.words))."""
    return _counts(tokens.numbers, np.diff(tokens.starts), len(tokens.words))


def count_ngrams(tokens: Tokens, length: int) -> tuple[csr_matrix, NDArray[np.int64]]:
    """Count the runs of so many words one after the other, each within a text.

    Returns
    -------
    counts : sparse float32, shape (n, r), a column for each distinct run.
    runs : int64, shape (r,), ascending, the numbers of a run's words as the digits of one number to
        the base ``len(tokens.words)``. Beyond 64 bits (three words of two million) it is a hash.
    """
    places = max(len(tokens.numbers) - length + 1, 0)
    digits = np.zeros(places, dtype=np.int64)
    for step in range(length):
        digits *= len(tokens.words)
        digits += tokens.numbers[step : step + places]
    owner = tokens.owner()
    whole = owner[:places] == owner[length - 1 : length - 1 + places]
    runs, columns = np.unique(digits[whole], return_inverse=True)
    sizes = np.bincount(owner[:places][whole], minlength=len(tokens.starts) - 1)
    return _counts(columns.astype(np.int32), sizes, len(runs)), runs


def _counts(columns: NDArray[np.int32], sizes: NDArray[np.int64], width: int) -> csr_matrix:
    """Count how often each column stands in each row; ``sizes``: how many columns are a row's."""
    starts = np.append(0, np.cumsum(sizes)).astype(np.int32)
    ones = np.ones(len(columns), dtype=np.float32)
    counts = csr_matrix((ones, columns.copy(), starts), shape=(len(sizes), width))
    counts.sum_duplicates()
    return counts
