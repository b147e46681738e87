"""Copies: near-duplicates of which a text contains the greater part.

Near-duplicates also join a short report and a long one that contains it. A decision about the long
one applies to the short one, which is nothing but an earlier version. A decision about the short
one does not apply to the long one, which may only quote it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from models.arrays import Floats, Mask, Rows, Timestamps, Vectors
from models.lexical.digests import TextDuplicates, text_duplicates
from models.lexical.near_duplicates import (
    MIN_DISTINCTIVE_SHARE,
    MIN_SHARE,
    MIN_SIZE,
    Duplicates,
    distinctive_shingles,
    document_frequency,
)
from models.lexical.shingles import set_sizes

MIN_COPIED_SHARE = 0.5
"""Share of the shingles of a copy that the other text has."""

MIN_COPIED_SHARE_OF_SHORT = 0.75
"""The same for short texts: two announcements may have all but their titles in common."""

SHORT_SIZE = 40
"""Shingles of a text from which on it is not short."""

MAX_CLUSTER = 1_000
"""Rows of a cluster whose pairs are compared. In larger ones all articles count as copies."""

MAX_REPETITIONS = 64
"""Texts with a shingle that makes others comparable to it. More texts share only phrases."""

BATCH = 64

Pairs = tuple[Rows, Rows]


def non_copies(sets: csr_matrix, cluster_id: Rows) -> Pairs:
    """Find the near-duplicates that are no copies.

    Parameters
    ----------
    sets : sparse, shape (n, s), see :func:`models.lexical.shingles.shingles_of`.
    cluster_id : int32, shape (n,), see :class:`models.lexical.near_duplicates.Duplicates`.

    Returns
    -------
    tuple of int32 arrays
        Pairs of rows of one cluster, sorted: the second is no copy of the first.
    """
    order = np.argsort(cluster_id, kind="stable")
    sizes = np.bincount(cluster_id)
    found = [np.zeros((0, 2), dtype=np.int64)]
    for rows in np.split(order, np.cumsum(sizes)[:-1]):
        if 1 < len(rows) <= MAX_CLUSTER:
            texts = sets[rows]
            copied = (texts @ texts.T).toarray() >= _needed(texts)
            np.fill_diagonal(copied, val=True)
            found.append(rows[np.argwhere(~copied)])
    pairs = np.concatenate(found)
    return _columns_of(pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))])


def is_copy_of(one: NDArray[np.uint32], other: NDArray[np.uint32]) -> bool:
    """Return whether the first of two near-duplicates is a copy of the second.

    Parameters
    ----------
    one, other : their shingles, see :class:`models.lexical.shingles.KeySets`.
    """
    shared = len(np.intersect1d(one, other, assume_unique=True))
    share = MIN_COPIED_SHARE_OF_SHORT if len(one) < SHORT_SIZE else MIN_COPIED_SHARE
    return shared >= share * max(len(one), MIN_SIZE)


class CopiesOfTexts(NamedTuple):
    """The copies of t texts that are in no cluster themselves.

    Attributes
    ----------
    pairs : pairs of a text and a row that is a copy of it, sorted.
    is_digest : bool, shape (t,), see :func:`models.lexical.digests.smaller_duplicates`.
    """

    pairs: Pairs
    is_digest: Mask


def copies_of_texts(
    texts: csr_matrix, sets: csr_matrix, published: Timestamps, duplicates: Duplicates
) -> CopiesOfTexts:
    """Find the copies of texts that are in no cluster themselves.

    Those of a digest are versions of it. Other texts are the greater part of some digests, too.

    Parameters
    ----------
    texts : sparse, shape (t, s).
    sets : sparse, shape (n, s).
    published : shape (n,), in seconds since 1970 UTC.
    duplicates : among the n articles.
    """
    found, is_digest = [np.zeros((0, 2), dtype=np.int64)], np.zeros(texts.shape[0], dtype=bool)
    if not texts.shape[0]:
        return CopiesOfTexts(_columns_of(found[0]), is_digest)
    frequency = document_frequency(sets, duplicates.variant_id)
    distinctive = distinctive_shingles(sets, duplicates.variant_id, published)
    comparable = _columns(sets, frequency <= MAX_REPETITIONS).T.tocsr()
    for start in range(0, texts.shape[0], BATCH):
        batch = texts[start : start + BATCH]
        rows = np.unique((batch @ comparable).indices)
        others = sets[rows]
        shared = (batch @ others.T).toarray()
        similar = _near_duplicates(batch, others, shared, distinctive)
        for text, among in enumerate(similar):
            several = duplicates.is_digest[rows[among]]
            story = _duplicates_of(batch[text], others[among], several)
            is_digest[start + text] = story.is_digest
            if story.is_digest:
                among[among] = story.same
        pairs = np.argwhere(_is_copy(shared, others, similar, duplicates.cluster_id[rows]))
        pairs[:, 1] = rows[pairs[:, 1]]
        pairs[:, 0] += start
        found.append(pairs)
    return CopiesOfTexts(_columns_of(np.concatenate(found)), is_digest)


def _columns_of(pairs: NDArray[np.int64]) -> Pairs:
    return np.asarray(pairs[:, 0], dtype=np.int32), np.asarray(pairs[:, 1], dtype=np.int32)


def _near_duplicates(
    texts: csr_matrix, sets: csr_matrix, shared: Vectors, distinctive: Mask
) -> Mask:
    """Return which rows are near-duplicates of which texts: bool, shape (t, n).

    Parameters
    ----------
    shared : shape (t, n), shingles that they have in common.
    """
    own, others = _columns(texts, distinctive), _columns(sets, distinctive)
    similar = (own @ others.T).toarray() >= MIN_DISTINCTIVE_SHARE * _smaller(own, others)
    similar |= shared >= MIN_SHARE * _smaller(texts, sets)
    return np.asarray(similar, dtype=np.bool_)


def _duplicates_of(text: csr_matrix, sets: csr_matrix, is_digest: Mask) -> TextDuplicates:
    """Compare a text with its near-duplicates, of which some are digests."""
    keys = [one.indices for one in sets]
    return text_duplicates(text.indices, int(text.sum()), keys, set_sizes(sets), is_digest)


def _is_copy(shared: Vectors, sets: csr_matrix, similar: Mask, cluster_id: Rows) -> Mask:
    """Return which rows are copies of which texts: bool, shape (t, n)."""
    # A near-duplicate of a near-duplicate belongs to the cluster.
    clusters = [np.isin(cluster_id, cluster_id[one]) for one in similar]
    return np.asarray(np.array(clusters) & (shared >= _needed(sets)), dtype=np.bool_)


def _columns(sets: csr_matrix, selected: Mask) -> csr_matrix:
    return sets.multiply(selected[None, :]).tocsr()


def _smaller(ones: csr_matrix, others: csr_matrix) -> NDArray[np.int64]:
    """Return the size of the smaller set of each pair, at least :data:`MIN_SIZE`."""
    sizes = np.minimum(set_sizes(ones)[:, None], set_sizes(others))
    return np.asarray(np.maximum(sizes, MIN_SIZE))


def _needed(sets: csr_matrix) -> Floats:
    """Return how many shingles a text shares with each of some texts if these are its copies."""
    sizes = set_sizes(sets)
    share = np.where(sizes < SHORT_SIZE, MIN_COPIED_SHARE_OF_SHORT, MIN_COPIED_SHARE)
    return np.asarray(share * np.maximum(sizes, MIN_SIZE))
