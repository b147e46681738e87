"""N-grams: runs of words as numbers, counted in each text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from models.arrays import Mask, sorted_distinct, starts_of_kept
from models.lexical.tokenizer import Tokens, count_ids, text_blocks
from models.sparse import stacked
from models.storage import IN_MEMORY, Storage

NGRAMS_AT_ONCE = 10_000_000
"""N-grams that are sorted together: 80 MB, and as much for a copy."""

SAMPLE_STEP = 100
"""One n-gram in so many shows how all are distributed."""


def count_ngrams(
    tokens: Tokens, length: int, least: int = 1, storage: Storage = IN_MEMORY
) -> tuple[csr_matrix, NDArray[np.int64]]:
    """Count the n-grams of each text.

    Parameters
    ----------
    least : occurrences in all texts together that an n-gram needs for a column.

    Returns
    -------
    counts : sparse float32, shape (n, g), a column for each distinct n-gram.
    ngrams : int64, shape (g,), ascending. The ids of an n-gram's words are the digits of one
        number to the base ``len(tokens.words)``. Beyond 64 bits (three words of two million) it
        is a hash.
    """
    ngrams = distinct_ngrams(lambda: text_blocks(tokens), length, least)
    counts = (counts_of_known(block, length, ngrams) for block in text_blocks(tokens))
    return stacked(counts, len(ngrams), storage), ngrams


def ngram_sizes(tokens: Tokens, length: int) -> NDArray[np.int64]:
    """Return the number of n-grams of each text, equal ones included: shape (n,)."""
    return np.asarray(np.maximum(np.diff(tokens.starts) - length + 1, 0))


def within_texts(tokens: Tokens, length: int) -> Mask:
    """Return which runs of tokens are in one text: bool, one for each n-gram of all tokens."""
    owner, places = tokens.owner(), max(len(tokens.word_ids) - length + 1, 0)
    return np.asarray(owner[:places] == owner[length - 1 : length - 1 + places])


def distinct_ngrams(
    blocks: Callable[[], Iterator[Tokens]],
    length: int,
    least: int,
    at_once: int = NGRAMS_AT_ONCE,
    step: int = SAMPLE_STEP,
) -> NDArray[np.int64]:
    """Return the n-grams that occur at least so often, ascending; see :func:`count_ngrams`.

    Where they are too many for one sort, the lowest are sorted first, then the next higher ones.
    Each part makes all n-grams again, about 10 ns each.

    Parameters
    ----------
    blocks : returns all texts, in blocks.
    at_once : n-grams that are sorted together, about.
    step : one n-gram in so many shows how all are distributed.
    """
    nothing = np.zeros(0, dtype=np.int64)
    found = [nothing]
    for low, high in pairwise([None, *_bounds(blocks, length, at_once, step), None]):
        ngrams = (_between(_ngrams(block, length)[0], low, high) for block in blocks())
        found.append(sorted_distinct(np.concatenate([nothing, *ngrams]), least))
    return np.concatenate(found)


def _between(ngrams: NDArray[np.int64], low: int | None, high: int | None) -> NDArray[np.int64]:
    """Return those from ``low`` on and below ``high``, as far as these are given."""
    ngrams = ngrams if low is None else ngrams[ngrams >= low]
    return ngrams if high is None else ngrams[ngrams < high]


def _bounds(
    blocks: Callable[[], Iterator[Tokens]], length: int, at_once: int, step: int
) -> list[int]:
    """Return numbers that divide all n-grams into about equal parts of the size of one sort."""
    sizes = [int(ngram_sizes(block, length).sum()) for block in blocks()]
    parts = -(-sum(sizes) // at_once)
    if parts < 2:
        return []
    # A slice would keep all n-grams of its block.
    sample = np.concatenate([_ngrams(block, length)[0][::step].copy() for block in blocks()])
    sample.sort()
    places = np.linspace(0, len(sample), parts + 1)[1:-1].astype(np.intp)
    return sorted(set(sample[places].tolist()))


def _ngrams(tokens: Tokens, length: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the n-grams of all texts, see :func:`count_ngrams`, and how many each text has."""
    places = max(len(tokens.word_ids) - length + 1, 0)
    digits = np.zeros(places, dtype=np.int64)
    for step in range(length):
        digits *= len(tokens.words)
        digits += tokens.word_ids[step : step + places]
    return digits[within_texts(tokens, length)], ngram_sizes(tokens, length)


def counts_of_known(tokens: Tokens, length: int, known: NDArray[np.int64]) -> csr_matrix:
    """Count the n-grams that are among ``known``, ascending, whose positions are the columns."""
    ngrams, sizes = _ngrams(tokens, length)
    order = np.argsort(ngrams)  # neighbours are found in the same part of the known ones
    places = np.searchsorted(known, ngrams[order])
    found = known.take(places, mode="clip") == ngrams[order] if len(known) else order < 0
    columns = np.full(len(ngrams), -1, dtype=np.int32)
    columns[order[found]] = places[found]
    kept = columns >= 0
    starts = starts_of_kept(np.append(0, np.cumsum(sizes)), kept)
    return count_ids(columns[kept], starts, len(known))
