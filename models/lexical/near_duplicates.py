"""Near-duplicates: articles with mostly the same text, such as updates and reprints.

Texts are compared as sets of three-word shingles (Broder 1997). Pairs of duplicates are joined
into clusters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csr_matrix, diags, hstack
from scipy.sparse.csgraph import connected_components

from models.arrays import AnyRows, Floats, Mask, Offsets, Positions, Rows, Vectors, sorted_distinct
from models.lexical.tokenizer import (
    Tokens,
    count_ngrams,
    ngram_sizes,
    text_blocks,
    tokenize,
    within_texts,
)
from models.lexical.vocabulary import text_keys
from models.sparse import column_sizes, with_columns

WORDS_PER_SHINGLE = 3

MAX_ARTICLES = 4
"""Greatest number of texts with a distinctive shingle. Shingles of more texts come from guides,
notices and calls to subscribe. They do not make two articles near-duplicates."""

MIN_VARIANT_SHARE = 0.95
"""Share of the smaller set of shingles from which two texts are variants. Variants count as one
text, or the shingles of a text that is published five times would not be distinctive. At a share
of .9 announcements from a template count as one, and what they share joins others to them."""

MAX_VARIANTS = 16
"""Variants of one text, the newest, that are compared with all other texts."""

MIN_DISTINCTIVE_SHARE = 0.4
"""Share of the smaller set of distinctive shingles from which two texts are near-duplicates."""

MIN_SHARE = 0.8
"""Share of the smaller set of all shingles from which two texts are near-duplicates."""

MIN_SIZE = 10
"""Smallest denominator of these shares: two shingles shared by two short titles could be chance."""

MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
"""Odd, so that no bit of a hash is lost: 2**64 divided by the golden ratio (Knuth 1973)."""

HALF = np.uint64(32)

Pairs = NDArray[np.int64]
"""Pairs of texts, shape (2, p)."""


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

    def common(self, variant_id: Rows) -> NDArray[np.uint32]:
        """Return the shingles of too many texts to be distinctive, ascending.

        Parameters
        ----------
        variant_id : int32, shape (n,), see :class:`Duplicates`.
        """
        # A text has each of its shingles once; its variants may repeat them.
        owner = np.repeat(variant_id, np.diff(self.starts))
        several = (np.bincount(variant_id) > 1)[owner]
        pairs = sorted_distinct(owner[several].astype(np.uint64) << HALF | self.keys[several])
        keys = np.concatenate([self.keys[~several], pairs.astype(np.uint32)])
        return sorted_distinct(keys, least=MAX_ARTICLES + 1)


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


class Duplicates(NamedTuple):
    """The near-duplicates among n articles.

    Attributes
    ----------
    cluster_id : int32, shape (n,), from 0. Articles joined by a chain of near-duplicates are in one
        cluster.
    variant_id : int32, shape (n,), from 0. Variants of one text have the same number.
    """

    cluster_id: NDArray[np.int32]
    variant_id: NDArray[np.int32]


def find_duplicates(sets: csr_matrix, candidates: Rows) -> Duplicates:
    """Find the variants and near-duplicates of each article.

    Parameters
    ----------
    sets : sparse, shape (n, s), see :func:`shingles_of`.
    candidates : int32, shape (n, c), rows; -1 pads. Texts without distinctive shingles are only
        compared with these.
    """
    first, text_of = _distinct_texts(sets)
    texts = sets if len(first) == sets.shape[0] else sets[first]
    pool = candidates[first]
    pool = np.where(pool >= 0, text_of[pool], -1).astype(np.int32)
    pairs, shares = _repeated_pairs(texts, pool)
    variants = _joined(np.arange(len(first)), pairs[:, shares >= MIN_VARIANT_SHARE])
    compared = np.flatnonzero(_places_within(variants) < MAX_VARIANTS)
    distinctive = document_frequency(texts, variants) <= MAX_ARTICLES
    found = compared[_distinctive_pairs(with_columns(texts, distinctive)[compared])]
    clusters = _joined(variants, np.hstack([pairs[:, shares >= MIN_SHARE], found]))
    return Duplicates(clusters[text_of].astype(np.int32), variants[text_of].astype(np.int32))


def document_frequency(sets: csr_matrix, variant_id: AnyRows) -> NDArray[np.int64]:
    """Count the texts that have each shingle: shape (s,).

    Parameters
    ----------
    sets : sparse, shape (n, s), see :func:`shingles_of`.
    variant_id : shape (n,), see :class:`Duplicates`; variants count as one text.
    """
    sizes = np.bincount(variant_id)
    rows = np.flatnonzero(sizes[variant_id] > 1)
    variants, ones = sets[rows], np.ones(len(rows), dtype=np.float32)
    places = variant_id[rows], np.arange(len(rows))
    texts = csr_matrix((ones, places), shape=(len(sizes), len(rows))) @ variants
    return column_sizes(sets) - column_sizes(variants) + column_sizes(texts)


def duplicates_among(sets: csr_matrix, rows: Rows, since: int) -> Mask:
    """Compare r articles with one another.

    Parameters
    ----------
    sets : sparse, shape (n, s), rows from the newest, see :func:`shingles_of`.
    rows : int32, shape (r,), known ones.
    since : first known row; older rows are known, too. The texts with a shingle are counted among
        the known rows only, and variants are joined among the r articles only.

    Returns
    -------
    bool, shape (r, r), whether two articles are near-duplicates.
    """
    frequency = np.bincount(sets.indices[sets.indptr[since] :], minlength=sets.shape[1])
    texts = sets[rows]
    shares = _shared_shares(texts)
    variants = connected_components(csr_matrix(shares >= MIN_VARIANT_SHARE), directed=False)[1]
    frequency += document_frequency(texts, variants) - column_sizes(texts)
    distinctive = with_columns(texts, frequency <= MAX_ARTICLES)
    similar = _shared_shares(distinctive) >= MIN_DISTINCTIVE_SHARE
    return np.asarray(similar | (shares >= MIN_SHARE))


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


def _distinctive_pairs(texts: csr_matrix) -> Pairs:
    """Return the near-duplicates by distinctive shingles, which are all that ``texts`` has."""
    common, sizes = (texts @ texts.T).tocoo(), _sizes(texts)
    smaller = np.minimum(sizes[common.row], sizes[common.col])
    similar = (common.data >= MIN_DISTINCTIVE_SHARE * smaller) & (common.row < common.col)
    return np.array([common.row[similar], common.col[similar]], dtype=np.int64)


def _repeated_pairs(texts: csr_matrix, pool: Rows) -> tuple[Pairs, Floats]:
    """Compare texts of mostly repeated shingles with their candidates.

    Parameters
    ----------
    pool : int32, shape (t, c), the candidates of each text; -1 pads.

    Returns
    -------
    The pairs, and the share of the smaller set of shingles that each has in common: shape (p,).
    """
    distinctive = with_columns(texts, column_sizes(texts) <= MAX_ARTICLES)
    rows = np.flatnonzero(2 * set_sizes(distinctive) < set_sizes(texts))
    pool, sizes = pool[rows], _sizes(texts)
    shares = _pair_products(texts, rows, pool) / np.minimum(sizes[rows, None], sizes[pool])
    found, columns = np.nonzero((shares > 0) & (pool >= 0))
    pairs = np.array([rows[found], pool[found, columns]], dtype=np.int64)
    return pairs, shares[found, columns].astype(np.float64)


def _joined(labels: AnyRows, pairs: Pairs) -> AnyRows:
    """Join the groups of pairs of texts.

    Parameters
    ----------
    labels : shape (t,), the group of each text.
    """
    size, (ones, others) = int(labels.max(initial=-1)) + 1, labels[pairs]
    edges = coo_matrix((np.ones(len(ones), dtype=bool), (ones, others)), shape=(size, size))
    joined = connected_components(edges, directed=False)[1]
    return np.asarray(joined[labels])


def _places_within(labels: AnyRows) -> Positions:
    """Return how many elements with the same label come before each one: shape (t,)."""
    order, sizes = np.argsort(labels, kind="stable"), np.bincount(labels)
    places = np.empty(len(labels), dtype=np.intp)
    places[order] = np.arange(len(labels)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return places


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
