"""The tokenizer: texts become integers once, and each distinct word is processed once."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from models.arrays import Mask, Offsets, Positions
from models.lexical.prefixes import without_prefixes
from models.lexical.scripts import fold, runs, words_of


@dataclass(frozen=True)
class Tokens:
    """The words of n texts, concatenated.

    Attributes
    ----------
    words : the distinct words, folded by :func:`models.lexical.scripts.fold`.
    word_ids : int32, shape (t,), position in ``words`` of each token.
    starts : int64, shape (n + 1,); text i is ``word_ids[starts[i] : starts[i + 1]]``.
    spellings : how texts write a word, for words that no text has in this form.
    """

    words: list[str]
    word_ids: NDArray[np.int32]
    starts: Offsets
    spellings: Mapping[str, str] = field(default_factory=dict)

    def owner(self) -> NDArray[np.int32]:
        """Return the text of each token: int32, shape (t,)."""
        texts = np.arange(len(self.starts) - 1, dtype=np.int32)
        return np.repeat(texts, np.diff(self.starts))

    def joined(self, first: Offsets) -> Tokens:
        """Merge consecutive texts; ``first``: where each merged text begins, and the number n."""
        return replace(self, starts=self.starts[first])

    def without(self, removed: Mask) -> Tokens:
        """Remove tokens; ``removed``: shape (t,)."""
        kept = ~removed
        starts = np.append(0, np.cumsum(kept, dtype=np.int64))[self.starts]
        return replace(self, word_ids=self.word_ids[kept], starts=starts)


class _Vocabulary(dict[str, int]):
    """Assigns the next id to a word at its first look-up."""

    def __missing__(self, word: str) -> int:
        word_id = self[word] = len(self)
        return word_id


def tokenize(texts: Sequence[str]) -> Tokens:
    """Split texts into words, see :func:`models.lexical.scripts.words_of`.

    Prefixes of Hebrew and Arabic are removed, see :mod:`models.lexical.prefixes`.
    """
    distinct, run_ids, starts = _Vocabulary(), array("i"), array("q", [0])
    for text in texts:
        run_ids.extend(map(distinct.__getitem__, runs(text)))
        starts.append(len(run_ids))
    of_text = np.frombuffer(run_ids, dtype=np.int32) if run_ids else np.zeros(0, dtype=np.int32)
    words_of_runs = _words_of_runs(list(distinct), np.bincount(of_text, minlength=len(distinct)))
    word_ids, ends = words_of_runs.expand(of_text)
    return Tokens(
        words_of_runs.words,
        word_ids,
        ends[np.frombuffer(starts, dtype=np.int64)],
        words_of_runs.spellings,
    )


@dataclass(frozen=True)
class _RunWords:
    """The words of each distinct run.

    Attributes
    ----------
    words : the distinct words.
    word_ids : int32, the words of all runs.
    starts : int64; the words of run i are ``word_ids[starts[i] : starts[i + 1]]``.
    spellings : see :class:`Tokens`.
    """

    words: list[str]
    word_ids: NDArray[np.int32]
    starts: Offsets
    spellings: Mapping[str, str]

    def expand(self, run_ids: NDArray[np.int32]) -> tuple[NDArray[np.int32], Offsets]:
        """Replace runs by their words.

        Returns
        -------
        word_ids : int32, the words of all runs in ``run_ids``.
        starts : int64, shape (len(run_ids) + 1,), the first word of each.
        """
        sizes = np.diff(self.starts)[run_ids]
        starts = np.append(0, np.cumsum(sizes, dtype=np.int64))
        places = np.arange(starts[-1]) + np.repeat(self.starts[run_ids] - starts[:-1], sizes)
        return self.word_ids[places], starts


def _words_of_runs(distinct: Sequence[str], counts: Positions) -> _RunWords:
    """Split each distinct run into words; ``counts``: how often it occurs, shape (r,)."""
    vocabulary, split, starts = _Vocabulary(), array("i"), array("q", [0])
    for run in distinct:
        split.extend(map(vocabulary.__getitem__, words_of(run)))
        starts.append(len(split))
    word_ids = np.array(split, dtype=np.int32)
    ends = np.array(starts, dtype=np.int64)
    frequency = np.bincount(word_ids, np.repeat(counts, np.diff(ends)), len(vocabulary))
    rests = without_prefixes(dict(zip(vocabulary, frequency.tolist(), strict=True)))
    word_ids = _renamed(vocabulary, rests)[word_ids]
    words = list(vocabulary)
    return _RunWords(words, word_ids, ends, _spellings(distinct, counts, words, word_ids, ends))


def _renamed(vocabulary: _Vocabulary, names: Mapping[str, str]) -> NDArray[np.int32]:
    """Return the new id of each word: that of its new name, if it has one."""
    ids = np.arange(len(vocabulary), dtype=np.int32)
    for word, name in names.items():
        ids[vocabulary[word]] = vocabulary[name]
    return ids


def _spellings(
    distinct: Sequence[str],
    counts: Positions,
    words: Sequence[str],
    word_ids: NDArray[np.int32],
    starts: Offsets,
) -> dict[str, str]:
    """Return the most frequent run of each word, where this is not its folded form."""
    found: dict[str, str] = {}
    single = np.flatnonzero(np.diff(starts) == 1)
    order = single[np.argsort(-counts[single], kind="stable")]
    for place in order.tolist():
        run, word = distinct[place], words[word_ids[starts[place]]]
        if word not in found and (run.lower() == word or fold(run).endswith(word)):
            found[word] = run
    return {word: run for word, run in found.items() if run.lower() != word}


def count_words(tokens: Tokens) -> csr_matrix:
    """Count the words of each text: sparse float32, shape (n, len(tokens.words))."""
    return count_ids(tokens.word_ids, tokens.starts, len(tokens.words))


def count_ids(ids: NDArray[np.int32], starts: Offsets, width: int) -> csr_matrix:
    """Count the numbers below ``width`` that each text has: sparse float32, shape (n, width).

    Parameters
    ----------
    ids : int32, shape (t,), one for each token.
    starts : int64, shape (n + 1,), see :class:`Tokens`.
    """
    return _counts(ids, np.diff(starts), width)


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
