"""Shingles: runs of three words. Texts are compared as sets of them (Broder 1997)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags, hstack

from models.arrays import Offsets, Rows, sorted_distinct
from models.lexical.tokenizer import (
    Tokens,
    count_ngrams,
    ngram_sizes,
    text_blocks,
    tokenize,
    within_texts,
)
from models.lexical.vocabulary import text_keys

WORDS_PER_SHINGLE = 3

MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
"""Odd, so that no bit of a hash is lost: 2**64 divided by the golden ratio (Knuth 1973)."""

HALF = np.uint64(32)


def shingles(texts: Sequence[str]) -> csr_matrix:
    """Return the shingles of each text; see :func:`shingles_of`."""
    return shingles_of(tokenize(texts))


def shingles_of(tokens: Tokens) -> csr_matrix:
    """Return the sets of shingles of n texts: sparse, shape (n, s + n).

    A shingle that occurs more than once has a column with 0 and 1. All others of text i are counted
    in column s + i: no other text shares them, and a column for each would take gigabytes.
    So the sum of a row is the size of the set.
    """
    sets, _ = count_ngrams(tokens, WORDS_PER_SHINGLE, least=2)
    sizes = ngram_sizes(tokens, WORDS_PER_SHINGLE) - set_sizes(sets)
    single = csr_matrix(diags(sizes.astype(np.float32)))
    single.eliminate_zeros()
    sets.data[:] = 1
    return hstack([sets, single], format="csr")


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
        # A text has each of its shingles once; others of its group may repeat them.
        owner = np.repeat(group, np.diff(self.starts))
        several = (np.bincount(group) > 1)[owner]
        pairs = sorted_distinct(owner[several].astype(np.uint64) << HALF | self.keys[several])
        keys = np.concatenate([self.keys[~several], pairs.astype(np.uint32)])
        return sorted_distinct(keys, least)


def key_sets(tokens: Tokens) -> KeySets:
    """Return the set of shingles of each of n texts as hashes of 32 bits."""
    words = text_keys(tokens.words)
    blocks = [_block_of_keys(words, block) for block in text_blocks(tokens)]
    keys, sizes = zip(*blocks, strict=True) if blocks else ((), ())
    return KeySets(
        np.concatenate([np.zeros(0, dtype=np.uint32), *keys]),
        np.cumsum(np.concatenate([[0], *sizes])).astype(np.int64),
    )


def _block_of_keys(
    words: NDArray[np.uint64], tokens: Tokens
) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """Return the shingles of some texts, and the number of each text.

    ``words`` is a hash of each word: shape (len(tokens.words),).
    """
    hashed, within = words[tokens.word_ids], within_texts(tokens, WORDS_PER_SHINGLE)
    hashes = np.zeros(len(within), dtype=np.uint64)
    for step in range(WORDS_PER_SHINGLE):
        hashes = hashes * MULTIPLIER + hashed[step : step + len(within)]
    owner = tokens.owner()[: len(within)].astype(np.uint64)
    # One sort orders by text and then by the upper half of the hash.
    pairs = sorted_distinct(owner[within] << HALF | hashes[within] >> HALF)
    sizes = np.bincount((pairs >> HALF).astype(np.intp), minlength=len(tokens.starts) - 1)
    return pairs.astype(np.uint32), sizes
