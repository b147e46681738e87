"""Near-duplicates: articles with mostly the same text, such as updates and reprints.

Texts are compared as sets of shingles (Broder 1997). Pairs of duplicates are joined into clusters.
A digest is no version of what it repeats, see :mod:`models.lexical.digests`.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import connected_components

from models.arrays import AnyRows, Floats, Mask, Positions, Rows, Timestamps, Vectors
from models.editions import came_out_together
from models.lexical.digests import Pairs, without_digests
from models.lexical.shingles import KEY_PARTS, KeySets, set_sizes
from models.sparse import (
    ROWS_AT_ONCE,
    column_sizes,
    row_blocks,
    taken_rows,
    transposed,
    with_columns,
)
from models.storage import IN_MEMORY, Storage

MAX_ARTICLES = 4
"""Greatest number of texts with a distinctive shingle. Shingles of more texts come from guides,
notices and calls to subscribe. They do not make two articles near-duplicates."""

MAX_EDITIONS = 100
"""The same of texts that all came out together, see :mod:`models.editions`."""

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


def is_near_duplicate(
    one: NDArray[np.uint32], other: NDArray[np.uint32], common: NDArray[np.uint32]
) -> bool:
    """Compare two texts by their shingles, see :class:`models.lexical.shingles.KeySets`.

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


def common_shingles(keys: KeySets, variant_id: Rows, published: Timestamps) -> NDArray[np.uint32]:
    """Return the shingles of too many texts to be distinctive, ascending.

    Parameters
    ----------
    variant_id : int32, shape (n,), see :class:`Duplicates`.
    published : shape (n,), in seconds since 1970 UTC.
    """
    frequent = keys.frequent(variant_id, MAX_ARTICLES + 1)
    too_many = keys.frequent(variant_id, MAX_EDITIONS + 1)
    few = np.setdiff1d(frequent, too_many, assume_unique=True)
    for some in np.array_split(few, KEY_PARTS):  # their occurrences take memory
        ids, rows = keys.occurrences(some)
        together = came_out_together(ids, published[rows], len(some), published)
        frequent = np.setdiff1d(frequent, some[together], assume_unique=True)
    return frequent


def distinctive_shingles(
    sets: csr_matrix, variant_id: AnyRows, published: Timestamps, storage: Storage = IN_MEMORY
) -> Mask:
    """Return which shingles few texts have, or only the editions of a story: shape (s,).

    Parameters
    ----------
    sets : sparse, shape (n, s), see :func:`models.lexical.shingles.shingles_of`.
    variant_id, published : see :func:`common_shingles`.
    storage : where large arrays are kept.
    """
    frequency = document_frequency(sets, variant_id)
    distinctive = frequency <= MAX_ARTICLES
    some = with_columns(sets, ~distinctive & (frequency <= MAX_EDITIONS), storage)
    times = np.repeat(published, np.diff(some.indptr))
    return distinctive | came_out_together(some.indices, times, sets.shape[1], published)


class Duplicates(NamedTuple):
    """The near-duplicates among n articles.

    Attributes
    ----------
    cluster_id : int32, shape (n,), from 0. Articles joined by a chain of near-duplicates are in one
        cluster.
    variant_id : int32, shape (n,), from 0. Variants of one text have the same number.
    is_digest : bool, shape (n,), see :mod:`models.lexical.digests`.
    """

    cluster_id: NDArray[np.int32]
    variant_id: NDArray[np.int32]
    is_digest: Mask


def find_duplicates(
    sets: csr_matrix, candidates: Rows, published: Timestamps, storage: Storage = IN_MEMORY
) -> Duplicates:
    """Find the variants and near-duplicates of each article.

    Parameters
    ----------
    sets : sparse, shape (n, s), see :func:`models.lexical.shingles.shingles_of`.
    candidates : int32, shape (n, c), rows; -1 pads. Texts without distinctive shingles are only
        compared with these.
    published : shape (n,), in seconds since 1970 UTC.
    storage : where large arrays are kept.
    """
    first, text_of = _distinct_texts(sets)
    texts = taken_rows(sets, first, storage)

    def pool_of(rows: Positions) -> Rows:
        pool = candidates[first[rows]]
        return np.where(pool >= 0, text_of[pool], -1).astype(np.int32)

    pairs, shares = _repeated_pairs(texts, pool_of, storage)
    pairs, shares = pairs[:, shares >= MIN_SHARE], shares[shares >= MIN_SHARE]
    shared, same = _shared_counts(texts, pairs, shares), shares >= MIN_VARIANT_SHARE
    if same.any():
        same &= without_digests(texts, pairs, shared)[0]
    variants = _joined(np.arange(len(first)), pairs[:, same])
    compared = np.flatnonzero(_places_within(variants) < MAX_VARIANTS)
    distinctive = distinctive_shingles(texts, variants, published[first], storage)
    few = with_columns(taken_rows(texts, compared, storage), distinctive, storage)
    few_pairs, few_shared = _distinctive_pairs(few, storage)
    pairs, shared = np.hstack([pairs, compared[few_pairs]]), np.append(shared, few_shared)
    are_joined, is_digest = without_digests(texts, pairs, shared)
    clusters = _joined(np.arange(len(first)), pairs[:, are_joined])
    return Duplicates(
        clusters[text_of].astype(np.int32), variants[text_of].astype(np.int32), is_digest[text_of]
    )


def document_frequency(sets: csr_matrix, variant_id: AnyRows) -> NDArray[np.int64]:
    """Count the texts that have each shingle: shape (s,).

    Parameters
    ----------
    sets : sparse, shape (n, s), see :func:`models.lexical.shingles.shingles_of`.
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
    sets : sparse, shape (n, s), from the newest, :func:`models.lexical.shingles.shingles_of`.
    rows : int32, shape (r,), known ones.
    since : first known row; older rows are known, too. The texts with a shingle are counted among
        the known rows only, and variants are joined among the r articles only. More than
        :data:`MAX_ARTICLES` editions are near-duplicates only if they have :data:`MIN_SHARE`.

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
    pairs = np.argwhere(np.triu(similar | (shares >= MIN_SHARE), 1)).T
    shared = _shared_counts(texts, pairs, shares[pairs[0], pairs[1]])
    ones, others = pairs[:, without_digests(texts, pairs, shared)[0]]
    found = np.eye(len(rows), dtype=bool)
    found[ones, others] = found[others, ones] = True
    return found


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


def _shared_counts(texts: csr_matrix, pairs: Pairs, shares: Floats | Vectors) -> Floats:
    """Return the numbers of shingles that p pairs have in common, given the shares of them."""
    sizes = _sizes(texts)
    return np.asarray(np.rint(shares * np.minimum(sizes[pairs[0]], sizes[pairs[1]])))


def _distinctive_pairs(texts: csr_matrix, storage: Storage) -> tuple[Pairs, Floats]:
    """Find the near-duplicates by distinctive shingles, which are all that ``texts`` has.

    Returns
    -------
    The pairs, and the number of shingles that each has in common: shape (p,).
    """
    by_shingle, sizes = transposed(texts, storage), _sizes(texts)
    found, shared, first = [np.zeros((2, 0), dtype=np.int64)], [np.zeros(0)], 0
    for rows in row_blocks(texts):
        common = (rows @ by_shingle).tocoo()
        one, other = common.row + first, common.col
        least = MIN_DISTINCTIVE_SHARE * np.minimum(sizes[one], sizes[other])
        similar = (common.data >= least) & (one < other)
        found.append(np.array([one[similar], other[similar]], dtype=np.int64))
        shared.append(common.data[similar].astype(np.float64))
        first += rows.shape[0]
    return np.hstack(found), np.concatenate(shared)


def _repeated_pairs(
    texts: csr_matrix, pool_of: Callable[[Positions], Rows], storage: Storage
) -> tuple[Pairs, Floats]:
    """Compare texts of mostly repeated shingles with their candidates.

    Parameters
    ----------
    pool_of : returns the candidates of r texts: int32, shape (r, c); -1 pads.

    Returns
    -------
    The pairs, and the share of the smaller set of shingles that each has in common: shape (p,).
    """
    distinctive = with_columns(texts, column_sizes(texts) <= MAX_ARTICLES, storage)
    repeated, sizes = np.flatnonzero(2 * set_sizes(distinctive) < set_sizes(texts)), _sizes(texts)
    pairs, found_shares = [np.zeros((2, 0), dtype=np.int64)], [np.zeros(0)]
    for first in range(0, len(repeated), ROWS_AT_ONCE):
        rows = repeated[first : first + ROWS_AT_ONCE]
        pool = pool_of(rows)
        shares = _pair_products(texts, rows, pool) / np.minimum(sizes[rows, None], sizes[pool])
        found, columns = np.nonzero((shares > 0) & (pool >= 0))
        pairs.append(np.array([rows[found], pool[found, columns]], dtype=np.int64))
        found_shares.append(shares[found, columns].astype(np.float64))
    return np.hstack(pairs), np.concatenate(found_shares)


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
