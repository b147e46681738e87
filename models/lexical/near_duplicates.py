"""Near-duplicates: articles with mostly the same text, such as updates and reprints.

Texts are compared as sets of three-word shingles (Broder 1997). Pairs of duplicates are joined
into clusters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csr_matrix, diags, hstack
from scipy.sparse.csgraph import connected_components

from models.arrays import Mask, Offsets, Positions, Rows, Vectors, sorted_distinct
from models.lexical.tokenizer import (
    Tokens,
    count_ngrams,
    ngram_sizes,
    text_blocks,
    tokenize,
    within_texts,
)
from models.lexical.vocabulary import text_keys
from models.sparse import with_columns

WORDS_PER_SHINGLE = 3

MAX_ARTICLES = 4
"""Greatest number of texts with a distinctive shingle. Shingles of more texts come from guides,
notices and calls to subscribe. They do not make two articles near-duplicates."""

MIN_DISTINCTIVE_SHARE = 0.4
"""Share of the smaller set of distinctive shingles from which two texts are near-duplicates."""

MIN_SHARE = 0.8
"""Share of the smaller set of all shingles from which two texts are near-duplicates."""

MIN_SIZE = 10
"""Smallest denominator of these shares: two shingles shared by two short titles could be chance."""

MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
"""Odd, so that no bit of a hash is lost: 2**64 divided by the golden ratio (Knuth 1973)."""

HALF = np.uint64(32)

Pairs = tuple[NDArray[np.int64], NDArray[np.int64]]


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

    def common(self) -> NDArray[np.uint32]:
        """Return the shingles of too many texts to be distinctive, ascending."""
        # A text has each of its shingles once.
        return sorted_distinct(self.keys.copy(), least=MAX_ARTICLES + 1)


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


def is_near_duplicate(
    one: NDArray[np.uint32], other: NDArray[np.uint32], common: NDArray[np.uint32]
) -> bool:
    """Compare two texts by their shingles, see :class:`KeySets`.

    Parameters
    ----------
    common : shingles that are not distinctive, ascending.
    """
    shared = np.intersect1d(one, other, assume_unique=True)
    if len(shared) >= MIN_SHARE * max(min(len(one), len(other)), MIN_SIZE):
        return True
    distinctive = [np.setdiff1d(keys, common, assume_unique=True) for keys in (shared, one, other)]
    smaller = max(min(len(distinctive[1]), len(distinctive[2])), MIN_SIZE)
    return len(distinctive[0]) >= MIN_DISTINCTIVE_SHARE * smaller


def cluster_ids(sets: csr_matrix, candidates: Rows) -> NDArray[np.int32]:
    """Assign each article to a cluster of near-duplicates.

    Articles joined by a chain of near-duplicates are in one cluster.

    Parameters
    ----------
    sets : sparse, shape (n, s), see :func:`shingles_of`.
    candidates : int32, shape (n, c), rows; -1 pads. Texts without distinctive shingles are only
        compared with these.

    Returns
    -------
    int32, shape (n,), cluster ids from 0.
    """
    first, text_of = _distinct_texts(sets)
    texts = sets if len(first) == sets.shape[0] else sets[first]
    frequency = np.bincount(texts.indices, minlength=texts.shape[1])
    distinctive = frequency <= MAX_ARTICLES
    shared = with_columns(texts, distinctive & (frequency > 1))  # few, so all pairs cost little
    sizes = set_sizes(with_columns(texts, distinctive))
    repeated = np.flatnonzero(2 * sizes < set_sizes(texts))
    pool = candidates[first[repeated]]
    pool = np.where(pool >= 0, text_of[pool], -1).astype(np.int32)
    pairs = _distinctive_pairs(shared, sizes), _repeated_pairs(texts, repeated, pool)
    ones, others = (np.concatenate(part) for part in zip(*pairs, strict=True))
    edges = (np.ones(len(ones), dtype=bool), (ones, others))
    size = len(first)
    _, labels = connected_components(coo_matrix(edges, shape=(size, size)), directed=False)
    return np.asarray(labels[text_of], dtype=np.int32)


def duplicates_among(sets: csr_matrix, rows: Rows, since: int) -> Mask:
    """Compare r articles with one another.

    Parameters
    ----------
    sets : sparse, shape (n, s), rows from the newest, see :func:`shingles_of`.
    rows : int32, shape (r,).
    since : first known row; older rows are known, too. The number of articles with a shingle is
        counted among the known rows only.

    Returns
    -------
    bool, shape (r, r), whether two articles are near-duplicates.
    """
    frequency = np.bincount(sets.indices[sets.indptr[since] :], minlength=sets.shape[1])
    texts = sets[rows]
    distinctive = with_columns(texts, frequency <= MAX_ARTICLES)
    similar = _shared_shares(distinctive) >= MIN_DISTINCTIVE_SHARE
    return np.asarray(similar | (_shared_shares(texts) >= MIN_SHARE))


def _distinct_texts(sets: csr_matrix) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Group equal texts of at least :data:`MIN_SIZE` shingles.

    Returns
    -------
    tuple of int64 arrays
        The first row of each text, shape (t,), and the text of each row, shape (n,).
    """
    sets.sort_indices()
    texts: dict[bytes | int, int] = {}  # by digest, because the shingles of all texts are many
    text_of = np.zeros(sets.shape[0], dtype=np.int64)
    first: list[int] = []
    for row, (start, end) in enumerate(pairwise(sets.indptr.tolist())):
        key = blake2b(sets.indices[start:end]).digest() if end - start >= MIN_SIZE else row
        if key not in texts:
            texts[key] = len(first)
            first.append(row)
        text_of[row] = texts[key]
    return np.array(first, dtype=np.int64), text_of


def _shared_shares(texts: csr_matrix) -> Vectors:
    """Return the share of the smaller set that two texts have in common, for all pairs: (r, r)."""
    sizes = _sizes(texts)
    return np.asarray((texts @ texts.T).toarray() / np.minimum(sizes[:, None], sizes))


def _distinctive_pairs(shared: csr_matrix, sizes: Positions) -> Pairs:
    """Return the near-duplicates by distinctive shingles, among all articles.

    Parameters
    ----------
    shared : the distinctive shingles of more than one text, shape (t, s).
    sizes : shape (t,), number of all distinctive shingles of each text.
    """
    common, sizes = (shared @ shared.T).tocoo(), np.maximum(sizes, MIN_SIZE)
    smaller = np.minimum(sizes[common.row], sizes[common.col])
    similar = (common.data >= MIN_DISTINCTIVE_SHARE * smaller) & (common.row < common.col)
    return common.row[similar].astype(np.int64), common.col[similar].astype(np.int64)


def _repeated_pairs(sets: csr_matrix, rows: Positions, pool: Rows) -> Pairs:
    """Return the near-duplicates of texts of mostly repeated shingles, among their candidates.

    Parameters
    ----------
    rows : shape (m,), the texts.
    pool : int32, shape (m, c), the candidates of each; -1 pads.
    """
    sizes = _sizes(sets)
    smaller = np.minimum(sizes[rows, None], sizes[pool])
    similar = (_pair_products(sets, rows, pool) >= MIN_SHARE * smaller) & (pool >= 0)
    found, columns = np.nonzero(similar)
    return rows[found], pool[found, columns].astype(np.int64)


def _sizes(sets: csr_matrix) -> NDArray[np.int32]:
    """Return the sizes of sets as denominators."""
    return np.asarray(np.maximum(set_sizes(sets), MIN_SIZE), dtype=np.int32)


def _pair_products(vectors: csr_matrix, rows: Positions, candidates: Rows) -> Vectors:
    """Return the products of sparse rows with each of their candidates; 0 for a -1."""
    products = np.zeros(candidates.shape, dtype=np.float32)
    dense = np.zeros(vectors.shape[1], dtype=np.float32)
    for place, (row, others) in enumerate(zip(rows, candidates, strict=True)):
        known = np.flatnonzero(others >= 0)
        own = slice(vectors.indptr[row], vectors.indptr[row + 1])
        columns = vectors.indices[own]
        dense[columns] = vectors.data[own]
        products[place, known] = vectors[others[known]] @ dense
        dense[columns] = 0
    return products
