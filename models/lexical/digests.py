"""Digests: articles that repeat several unrelated ones, such as a week in full.

A digest has most of each text in it, like a longer version. But the texts have nothing in common.
Joined with all of them, it would make them versions of one another.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from models.arrays import AnyRows, Mask
from models.lexical.shingles import set_sizes

MIN_MAIN_RATIO = 2.0
"""A text is a digest unless its main story is so many times as long as all its others together."""

MIN_DISTINCT = 3
"""Stories of a digest. An update that merges two earlier reports is a version of both."""

Keys = NDArray[Any]
"""Shingles of a text, ascending: hashes, or columns of a sparse matrix."""

Pairs = NDArray[np.int64]
"""Pairs of texts, shape (2, p)."""


class TextDuplicates(NamedTuple):
    """What a text is a version of.

    Attributes
    ----------
    same : bool, shape (o,), which of its smaller near-duplicates are versions of it.
    is_digest : whether it has several stories.
    """

    same: Mask
    is_digest: bool


def smaller_duplicates(
    own: Keys, size: int, others: Sequence[Keys], is_digest: Mask
) -> TextDuplicates:
    """Find of which smaller near-duplicates a text is a version.

    A digest, which contains several stories, is a version of none. But where one story is most of
    what it contains, a text is a version of that one: it only quotes the others.

    Parameters
    ----------
    own, size : shingles of the text, and their number.
    others : of its smaller near-duplicates.
    is_digest : bool, shape (o,), which of these are digests. Of them, the text may be a version
        even if it is a digest itself.
    """
    shared = _shared(own, others)
    lengths = shared.sum(axis=1)
    copied = is_digest & (lengths >= MIN_MAIN_RATIO * (size - lengths))
    stories = shared[~is_digest]
    main = stories[lengths[~is_digest].argmax()] if len(stories) else np.zeros(len(own), bool)
    apart = ~is_digest & (2 * shared[:, main].sum(axis=1) < lengths)
    others_size = int((shared[apart].any(axis=0) & ~main).sum())
    has_several = main.sum() < MIN_MAIN_RATIO * others_size
    if copied.any() or (has_several and _are_many(stories)):
        return TextDuplicates(copied, is_digest=True)
    return TextDuplicates(~is_digest & (~apart | has_several), is_digest=False)


def _shared(own: Keys, others: Sequence[Keys]) -> Mask:
    """Return which shingles of a text each of o others has: bool, shape (o, s)."""
    shared = np.zeros((len(others), len(own)), dtype=bool)
    if shared.size:
        keys, rows = np.concatenate(others), np.repeat(np.arange(len(others)), [*map(len, others)])
        own = np.sort(own)
        places = np.minimum(np.searchsorted(own, keys), len(own) - 1)
        same = own[places] == keys
        shared[rows[same], places[same]] = True
    return shared


def _are_many(parts: Mask) -> bool:
    """Return whether enough parts of a text, bool, shape (o, s), have little in common."""
    stories: list[Mask] = []
    for part in parts[np.argsort(parts.sum(axis=1), kind="stable")]:
        if all(2 * (part & story).sum() < story.sum() for story in stories):
            stories.append(part)
    return len(stories) >= MIN_DISTINCT


def text_duplicates(
    own: Keys, size: int, others: Sequence[Keys], sizes: AnyRows, is_digest: Mask
) -> TextDuplicates:
    """Find the versions of a text among all its near-duplicates, also among larger ones.

    Parameters are those of :func:`smaller_duplicates`, and ``sizes``, shape (o,), of the others.
    """
    smaller = np.asarray(sizes) <= size
    keys = [key for key, is_smaller in zip(others, smaller, strict=True) if is_smaller]
    story = smaller_duplicates(own, size, keys, is_digest[smaller])
    same = is_digest == story.is_digest
    same[smaller] = story.same
    return TextDuplicates(same, story.is_digest)


def without_digests(texts: csr_matrix, pairs: Pairs, shared: NDArray[Any]) -> tuple[Mask, Mask]:
    """Find the digests among t texts.

    Parameters
    ----------
    texts : sparse, shape (t, s).
    pairs : near-duplicates, p of them.
    shared : shape (p,), shingles that each pair has in common, at least. They spare most texts that
        share a template a comparison.

    Returns
    -------
    tuple of bool arrays
        Which pairs are of one story, shape (p,), and which texts are digests, shape (t,).
    """
    sizes, is_digest = set_sizes(texts), np.zeros(texts.shape[0], dtype=bool)
    place = np.empty(len(sizes), dtype=np.int64)
    place[np.argsort(sizes, kind="stable")] = np.arange(len(sizes))
    smaller, larger = np.where(place[pairs[0]] < place[pairs[1]], pairs, pairs[::-1])
    are_joined = np.ones(len(smaller), dtype=bool)
    order = np.argsort(place[larger], kind="stable")  # a text after its smaller near-duplicates
    for own in np.split(order, np.flatnonzero(np.diff(larger[order])) + 1):
        others, parts = smaller[own], shared[own]
        # Two parts of which less than half of the shorter is in the longer are no longer than that.
        fit = len(own) > 1 and parts.max() + parts.min() / 2 < sizes[larger[own[0]]]
        if fit or is_digest[others].any():
            text = int(larger[own[0]])
            keys = [_columns_of(texts, row) for row in others.tolist()]
            story = smaller_duplicates(
                _columns_of(texts, text), sizes[text], keys, is_digest[others]
            )
            are_joined[own], is_digest[text] = story
    return are_joined, is_digest


def _columns_of(texts: csr_matrix, row: int) -> Keys:
    return np.asarray(texts.indices[texts.indptr[row] : texts.indptr[row + 1]])
