"""The tokenizer: texts become integers once, and each distinct word is processed once."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from models.arrays import Mask, Offsets, Positions, occurrences, starts_of_kept
from models.lexical.prefixes import FindRests, without_prefixes
from models.lexical.scripts import fold, runs, words_of
from models.storage import IN_MEMORY, Storage

RUNS_AT_ONCE = 1_000_000
"""Runs that are replaced by their words together."""

TEXTS_AT_ONCE = 2_000
"""Texts whose tokens are processed together."""


@dataclass(frozen=True)
class Tokens:
    """The words of n texts, concatenated.

    Attributes
    ----------
    words : the distinct words, folded by :func:`models.lexical.scripts.fold`.
    word_ids : int32, shape (t,), position in ``words`` of each token.
    starts : int64, shape (n + 1,); text i is ``word_ids[starts[i] : starts[i + 1]]``.
    rest_ids : int32, shape (len(words),), position in ``words`` of what remains of each word
        without its prefixes. Tokens have these positions only.
    spellings : how texts write a word, for words that no text has in this form.
    """

    words: list[str]
    word_ids: NDArray[np.int32]
    starts: Offsets
    rest_ids: NDArray[np.int32]
    spellings: Mapping[str, str] = field(default_factory=dict)

    def owner(self) -> NDArray[np.int32]:
        """Return the text of each token: int32, shape (t,)."""
        texts = np.arange(len(self.starts) - 1, dtype=np.int32)
        return np.repeat(texts, np.diff(self.starts))

    def take(self, texts: Positions) -> Tokens:
        """Return some of the texts."""
        places = [slice(*self.starts[text : text + 2]) for text in texts.tolist()]
        ids = [self.word_ids[place] for place in places]
        starts = np.append(0, np.cumsum([len(part) for part in ids], dtype=np.int64))
        return replace(self, word_ids=np.concatenate([self.word_ids[:0], *ids]), starts=starts)

    def joined(self, first: Offsets) -> Tokens:
        """Merge consecutive texts; ``first``: where each merged text begins, and the number n."""
        return replace(self, starts=self.starts[first])

    def without(self, removed: Mask) -> Tokens:
        """Remove tokens; ``removed``: shape (t,)."""
        kept = ~removed
        starts = starts_of_kept(self.starts, kept)
        return replace(self, word_ids=self.word_ids[kept], starts=starts)


class _Vocabulary(dict[str, int]):
    """Assigns the next id to a word at its first look-up."""

    def __missing__(self, word: str) -> int:
        word_id = self[word] = len(self)
        return word_id


def tokenize(
    texts: Iterable[str],
    find_rests: FindRests = without_prefixes,
    storage: Storage = IN_MEMORY,
) -> Tokens:
    """Split texts into words, see :func:`models.lexical.scripts.words_of`.

    Prefixes of Hebrew, Arabic and Amharic are removed, see :mod:`models.lexical.prefixes`.

    Parameters
    ----------
    texts : all texts of a corpus. Which words lose a prefix depends on all of them.
    find_rests : finds what remains of words. For texts that came after the corpus it is
        :meth:`models.lexical.prefixes.FittedPrefixes.rests` of that corpus.
    storage : where the tokens are kept.
    """
    distinct, starts = _Vocabulary(), array("q", [0])
    run_ids = storage.joined(_run_ids(texts, distinct, starts), np.int32)
    found = _words_of_runs(list(distinct), occurrences(run_ids, len(distinct)), find_rests)
    first = np.frombuffer(starts, dtype=np.int64)
    word_ids, first = found.expand(run_ids, first, storage)
    return Tokens(found.words, word_ids, first, found.rest_ids, found.spellings)


def _run_ids(
    texts: Iterable[str], distinct: _Vocabulary, starts: array[int]
) -> Iterator[NDArray[np.int32]]:
    """Yield the numbers of the runs of consecutive texts; append the end of each text."""
    done, ids = 0, array("i")
    for text in texts:
        ids.extend(map(distinct.__getitem__, runs(text)))
        starts.append(done + len(ids))
        if len(ids) >= RUNS_AT_ONCE:
            yield np.frombuffer(ids, dtype=np.int32)
            done, ids = done + len(ids), array("i")
    if ids:
        yield np.frombuffer(ids, dtype=np.int32)


@dataclass(frozen=True)
class _RunWords:
    """The words of each distinct run.

    Attributes
    ----------
    words : the distinct words.
    word_ids : int32, the words of all runs.
    starts : int64; the words of run i are ``word_ids[starts[i] : starts[i + 1]]``.
    rest_ids, spellings : see :class:`Tokens`.
    """

    words: list[str]
    word_ids: NDArray[np.int32]
    starts: Offsets
    rest_ids: NDArray[np.int32]
    spellings: Mapping[str, str]

    def expand(
        self, run_ids: NDArray[np.int32], texts: Offsets, storage: Storage
    ) -> tuple[NDArray[np.int32], Offsets]:
        """Replace runs by their words.

        Parameters
        ----------
        texts : int64, shape (n + 1,), the first run of each text.

        Returns
        -------
        word_ids : int32, the words of all runs in ``run_ids``.
        starts : int64, shape (n + 1,), the first word of each text.
        """
        starts = np.zeros_like(texts)
        return storage.joined(self._expanded(run_ids, texts, starts), np.int32), starts

    def _expanded(
        self, run_ids: NDArray[np.int32], texts: Offsets, starts: Offsets
    ) -> Iterator[NDArray[np.int32]]:
        """Yield the words of consecutive runs; fill in the first word of each text."""
        sizes, done = np.diff(self.starts), 0
        for first in range(0, len(run_ids), RUNS_AT_ONCE):
            part = run_ids[first : first + RUNS_AT_ONCE]
            ends = np.append(0, np.cumsum(sizes[part], dtype=np.int64))
            places = np.arange(ends[-1]) + np.repeat(self.starts[part] - ends[:-1], sizes[part])
            yield self.word_ids[places]
            own = slice(*np.searchsorted(texts, [first, first + len(part)]))
            starts[own] = done + ends[texts[own] - first]
            done += int(ends[-1])
        starts[texts == len(run_ids)] = done


def _words_of_runs(distinct: Sequence[str], counts: Positions, find_rests: FindRests) -> _RunWords:
    """Split each distinct run into words; ``counts``: how often it occurs, shape (r,)."""
    vocabulary, split, starts = _Vocabulary(), array("i"), array("q", [0])
    for run in distinct:
        split.extend(map(vocabulary.__getitem__, words_of(run)))
        starts.append(len(split))
    word_ids = np.array(split, dtype=np.int32)
    ends = np.array(starts, dtype=np.int64)
    frequency = np.bincount(word_ids, np.repeat(counts, np.diff(ends)), len(vocabulary))
    rests = find_rests(dict(zip(vocabulary, frequency.tolist(), strict=True)))
    rest_ids = _rest_ids(vocabulary, rests)
    word_ids, words = rest_ids[word_ids], list(vocabulary)
    spellings = _spellings(distinct, counts, words, word_ids, ends)
    return _RunWords(words, word_ids, ends, rest_ids, spellings)


def _rest_ids(vocabulary: _Vocabulary, rests: Mapping[str, str]) -> NDArray[np.int32]:
    """Return the id of what remains of each word; rests that are no words yet become words."""
    new = {word: vocabulary[rest] for word, rest in rests.items()}
    ids = np.arange(len(vocabulary), dtype=np.int32)
    for word, rest_id in new.items():
        ids[vocabulary[word]] = rest_id
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
    return count_ids(tokens.word_ids.copy(), tokens.starts, len(tokens.words))


def count_ids(ids: NDArray[np.int32], starts: Offsets, width: int) -> csr_matrix:
    """Count the numbers below ``width`` that each text has: sparse float32, shape (n, width).

    Parameters
    ----------
    ids : int32, shape (t,), one for each token; it is sorted in place.
    starts : int64, shape (n + 1,), see :class:`Tokens`.
    """
    ones = np.ones(len(ids), dtype=np.float32)
    counts = csr_matrix((ones, ids, starts.astype(np.int32)), shape=(len(starts) - 1, width))
    counts.sum_duplicates()
    return counts


def text_blocks(tokens: Tokens) -> Iterator[Tokens]:
    """Divide texts into blocks of :data:`TEXTS_AT_ONCE`: one number a token takes gigabytes."""
    for first in range(0, len(tokens.starts) - 1, TEXTS_AT_ONCE):
        starts = tokens.starts[first : first + TEXTS_AT_ONCE + 1]
        yield replace(
            tokens, word_ids=tokens.word_ids[starts[0] : starts[-1]], starts=starts - starts[0]
        )


def joined_blocks(tokens: Tokens, blocks: Iterable[Tokens], storage: Storage) -> Tokens:
    """Concatenate the blocks of texts into which ``tokens`` were divided, with other tokens."""
    sizes = [np.zeros(1, dtype=np.int64)]

    def word_ids() -> Iterator[NDArray[np.int32]]:
        for block in blocks:
            sizes.append(np.diff(block.starts))
            yield block.word_ids

    joined = storage.joined(word_ids(), np.int32)
    return replace(tokens, word_ids=joined, starts=np.cumsum(np.concatenate(sizes)))
