"""Shingles: runs of three words. Texts are compared as sets of them (Broder 1997).

Where the tokens are pairs of letters, a shingle is about as long: three pairs may be one name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags, hstack

from models.arrays import Offsets, Positions, Rows, sorted_distinct
from models.lexical.ngrams import counts_of_known, distinct_ngrams, ngram_sizes, within_texts
from models.lexical.scripts import is_letter_pair
from models.lexical.tokenizer import TEXTS_AT_ONCE, Tokens, text_blocks, tokenize
from models.lexical.vocabulary import text_keys
from models.sparse import stacked
from models.storage import IN_MEMORY, Storage

WORDS_PER_SHINGLE = 3

PAIRS_PER_SHINGLE = 9
"""Pairs of adjacent letters in about three words of Thai, Tamil or Telugu."""

EAST_ASIAN_PAIRS_PER_SHINGLE = 6
"""The same of Chinese, Japanese and Korean, whose words have fewer letters."""

EAST_ASIAN = "\u3000"
"""First character of their scripts; other letter pairs begin with a lower one."""

MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
"""Odd, so that no bit of a hash is lost: 2**64 divided by the golden ratio (Knuth 1973)."""

HALF = np.uint64(32)

KEY_PARTS = 16
"""Parts of all hashes that are counted one after the other, to bound memory."""

KEYS_OF_PART = np.uint32(2**32 // KEY_PARTS)
"""Hashes of 32 bits in a part."""


def shingles(texts: Sequence[str]) -> csr_matrix:
    """Return the shingles of each text; see :func:`shingles_of`."""
    return shingles_of(tokenize(texts))


def shingles_of(tokens: Tokens, storage: Storage = IN_MEMORY) -> csr_matrix:
    """Return the sets of shingles of n texts: sparse, shape (n, s + n).

    A shingle that occurs more than once has a column with 0 and 1. All others of text i are counted
    in column s + i: no other text shares them, and a column for each would take gigabytes.
    So the sum of a row is the size of the set.

    Parameters
    ----------
    tokens : of n texts.
    storage : where the sets are kept.
    """
    lengths, size = _lengths(tokens.words), len(tokens.starts) - 1
    used = sorted({one for block in text_blocks(tokens) for one, _ in _by_length(block, lengths)})
    known = {
        one: distinct_ngrams(partial(_blocks_of, tokens, lengths, one), one, 2) for one in used
    }
    width = sum(map(len, known.values())) + size
    return stacked(_set_blocks(tokens, lengths, known), width, storage)


def _blocks_of(tokens: Tokens, lengths: NDArray[np.int8], length: int) -> Iterator[Tokens]:
    """Yield the texts whose shingles have this length; the others are empty."""
    for block in text_blocks(tokens):
        yield from (part for one, part in _by_length(block, lengths) if one == length)


def _set_blocks(
    tokens: Tokens, lengths: NDArray[np.int8], known: Mapping[int, NDArray[np.int64]]
) -> Iterator[csr_matrix]:
    """Yield the sets of consecutive texts; ``known``: the repeated shingles, by their length."""
    first, after = 0, len(tokens.starts) - 1
    for block in text_blocks(tokens):
        count, parts = len(block.starts) - 1, dict(_by_length(block, lengths))
        after -= count
        counts = [
            counts_of_known(parts[one], one, ngrams)
            if one in parts
            else csr_matrix((count, len(ngrams)), dtype=np.float32)
            for one, ngrams in known.items()
        ]
        sets = hstack(counts, format="csr")
        sizes = sum(ngram_sizes(part, one) for one, part in parts.items()) - set_sizes(sets)
        single = csr_matrix(diags(sizes.astype(np.float32)))
        single.eliminate_zeros()
        sets.data[:] = 1
        around = [csr_matrix((count, width), dtype=np.float32) for width in (first, after)]
        yield hstack([sets, around[0], single, around[1]], format="csr")
        first += count


def set_sizes(sets: csr_matrix) -> NDArray[np.int64]:
    """Return the size of each set: shape (n,); see :func:`shingles_of`."""
    return np.asarray(sets.sum(axis=1), dtype=np.int64).ravel()


@dataclass(frozen=True)
class KeySets:
    """The shingles of n texts as hashes, which later texts have, too.

    Attributes
    ----------
    keys : uint32, ascending within a text.
    starts : int64, shape (n + 1,); those of text i are ``keys[starts[i] : starts[i + 1]]``.
    """

    keys: NDArray[np.uint32]
    starts: Offsets

    def __getitem__(self, row: int) -> NDArray[np.uint32]:
        """Return the shingles of a text."""
        return self.keys[self.starts[row] : self.starts[row + 1]]

    def frequent(self, group: Rows, least: int) -> NDArray[np.uint32]:
        """Return the shingles of at least so many groups of texts, ascending.

        Parameters
        ----------
        group : int32, shape (n,).
        """
        several, found = np.bincount(group) > 1, [np.zeros(0, dtype=np.uint32)]
        for part in range(KEY_PARTS):  # by the highest bits, so that the parts are in order
            owner, keys = self._part(group, part)
            # A text has each of its shingles once; others of its group may repeat them.
            repeated = several[owner]
            pairs = sorted_distinct(owner[repeated].astype(np.uint64) << HALF | keys[repeated])
            keys = np.concatenate([keys[~repeated], pairs.astype(np.uint32)])
            found.append(sorted_distinct(keys, least))
        return np.concatenate(found)

    def occurrences(self, some: NDArray[np.uint32]) -> tuple[Positions, Positions]:
        """Return the positions in ``some``, ascending shingles, and the rows of the texts."""
        found = [np.zeros((2, 0), dtype=np.intp)]
        for first in range(0, len(self.starts) - 1 if len(some) else 0, TEXTS_AT_ONCE):
            starts = self.starts[first : first + TEXTS_AT_ONCE + 1]
            keys = self.keys[starts[0] : starts[-1]]
            within = np.flatnonzero((keys >= some[0]) & (keys <= some[-1]))
            places = np.searchsorted(some, keys[within])
            same = some[places] == keys[within]
            rows = np.repeat(np.arange(first, first + len(starts) - 1), np.diff(starts))
            found.append(np.array([places[same], rows[within[same]]]))
        ids, rows = np.hstack(found)
        return ids, rows

    def _part(self, group: Rows, part: int) -> tuple[Rows, NDArray[np.uint32]]:
        """Return the group of each shingle, and the shingles, of one part of all hashes."""
        owners, found = [np.zeros(0, dtype=np.int32)], [np.zeros(0, dtype=np.uint32)]
        for first in range(0, len(group), TEXTS_AT_ONCE):
            starts = self.starts[first : first + TEXTS_AT_ONCE + 1]
            keys = self.keys[starts[0] : starts[-1]]
            own = keys // KEYS_OF_PART == part
            owners.append(np.repeat(group[first : first + TEXTS_AT_ONCE], np.diff(starts))[own])
            found.append(keys[own])
        return np.concatenate(owners), np.concatenate(found)


def key_sets(tokens: Tokens, storage: Storage = IN_MEMORY) -> KeySets:
    """Return the set of shingles of each of n texts as hashes of 32 bits.

    ``storage`` is where they are kept.
    """
    words, lengths = text_keys(tokens.words), _lengths(tokens.words)
    keys, sizes = storage.writer(np.uint32), [np.zeros(1, dtype=np.int64)]
    for block in text_blocks(tokens):
        parts = [_hashed(words, part, length) for length, part in _by_length(block, lengths)]
        pairs = sorted_distinct(np.concatenate(parts))
        keys.append(pairs.astype(np.uint32))
        owner = (pairs >> HALF).astype(np.intp)
        sizes.append(np.bincount(owner, minlength=len(block.starts) - 1))
    return KeySets(keys.array(), np.cumsum(np.concatenate(sizes)).astype(np.int64))


def _hashed(words: NDArray[np.uint64], tokens: Tokens, length: int) -> NDArray[np.uint64]:
    """Return the shingles of texts: the number of the text, and half of a hash.

    ``words`` is a hash of each word: shape (len(tokens.words),). One sort orders the result by
    text and then by hash.
    """
    hashed, within = words[tokens.word_ids], within_texts(tokens, length)
    hashes = np.zeros(len(within), dtype=np.uint64)
    for step in range(length):
        hashes = hashes * MULTIPLIER + hashed[step : step + len(within)]
    owner = tokens.owner()[: len(within)].astype(np.uint64)
    return np.asarray(owner[within] << HALF | hashes[within] >> HALF)


def _lengths(words: Sequence[str]) -> NDArray[np.int8]:
    """Return how many words like each one a shingle has: shape (v,)."""
    return np.array([_length(word) for word in words], dtype=np.int8)


def _length(word: str) -> int:
    if not is_letter_pair(word):
        return WORDS_PER_SHINGLE
    return EAST_ASIAN_PAIRS_PER_SHINGLE if word >= EAST_ASIAN else PAIRS_PER_SHINGLE


def _by_length(tokens: Tokens, lengths: NDArray[np.int8]) -> Iterator[tuple[int, Tokens]]:
    """Divide texts by the length of their shingles: that of most of their words.

    Each length comes with all texts, of which those of other lengths are empty.
    """
    known = np.unique(lengths)
    if len(known) < 2:
        yield int(known[0]) if len(known) else WORDS_PER_SHINGLE, tokens
        return
    owner, of_word = tokens.owner(), lengths[tokens.word_ids]
    counts = [np.bincount(owner[of_word == one], minlength=len(tokens.starts) - 1) for one in known]
    of_text = known[np.argmax(counts, axis=0)]
    used = np.unique(of_text).tolist()
    for one in used:
        yield one, (tokens if len(used) == 1 else tokens.without((of_text != one)[owner]))
