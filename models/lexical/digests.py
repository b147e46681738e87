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

MIN_STORY_RATIO = 2.0
"""A text is a digest unless its main story is so many times as long as all its others together."""

Keys = NDArray[Any]
"""Shingles of a text, ascending: hashes, or columns of a sparse matrix."""

Pairs = NDArray[np.int64]
"""Pairs of texts, shape (2, p)."""


class Story(NamedTuple):
    """What a text is a version of.

    Attributes
    ----------
    same : bool, shape (o,), which of its smaller near-duplicates are versions of it.
    is_digest : whether it has several stories.
    """

    same: Mask
    is_digest: bool


def story_versions(own: Keys, size: int, others: Sequence[Keys], is_digest: Mask) -> Story:
    """Find of which smaller near-duplicates a text is a version.

    A digest, which contains several stories, is a version of none. But where one story is most of
    what it contains, a text is a version of that one: it only quotes the others.

    Parameters
    ----------
    own, size : shingles of the text, and their number.
    others : of its smaller near-duplicates.
    is_digest : bool, shape (o,), which of these are digests. A digest may be a version of them.
    """
    shared = [np.intersect1d(own, other, assume_unique=True) for other in others]
    lengths = np.array([len(part) for part in shared], dtype=np.int64)
    copied = is_digest & (lengths >= MIN_STORY_RATIO * (size - lengths))
    stories = [part for part, several in zip(shared, is_digest, strict=True) if not several]
    main = max(stories, key=len, default=own[:0])
    common = [len(np.intersect1d(part, main, assume_unique=True)) for part in shared]
    apart = ~is_digest & (2 * np.array(common, dtype=np.int64) < lengths)
    rest = [part for part, other in zip(shared, apart, strict=True) if other]
    others_size = len(np.setdiff1d(np.concatenate([own[:0], *rest]), main))
    if copied.any() or len(main) < MIN_STORY_RATIO * others_size:
        return Story(copied, is_digest=True)
    return Story(~is_digest & ~apart, is_digest=False)


def story_of(
    own: Keys, size: int, others: Sequence[Keys], sizes: AnyRows, is_digest: Mask
) -> Story:
    """Find the versions of a text among all its near-duplicates, also among larger ones.

    Parameters are those of :func:`story_versions`, and ``sizes``, shape (o,), of the others.
    """
    smaller = np.asarray(sizes) <= size
    keys = [key for key, is_smaller in zip(others, smaller, strict=True) if is_smaller]
    story = story_versions(own, size, keys, is_digest[smaller])
    same = is_digest == story.is_digest
    same[smaller] = story.same
    return Story(same, story.is_digest)


def without_digests(texts: csr_matrix, pairs: Pairs) -> tuple[Mask, Mask]:
    """Find the digests among t texts.

    Parameters
    ----------
    texts : sparse, shape (t, s).
    pairs : near-duplicates, p of them.

    Returns
    -------
    tuple of bool arrays
        Which pairs are of one story, shape (p,), and which texts are digests, shape (t,).
    """
    sizes, is_digest = set_sizes(texts), np.zeros(texts.shape[0], dtype=bool)
    place = np.empty(len(sizes), dtype=np.int64)
    place[np.argsort(sizes, kind="stable")] = np.arange(len(sizes))
    smaller, larger = np.where(place[pairs[0]] < place[pairs[1]], pairs, pairs[::-1])
    of_story = np.ones(len(smaller), dtype=bool)
    order = np.argsort(place[larger], kind="stable")  # a text after its smaller near-duplicates
    for own in np.split(order, np.flatnonzero(np.diff(larger[order])) + 1):
        others = smaller[own]
        if len(own) > 1 or is_digest[others].any():
            text = int(larger[own[0]])
            keys = [_columns_of(texts, row) for row in others.tolist()]
            story = story_versions(_columns_of(texts, text), sizes[text], keys, is_digest[others])
            of_story[own], is_digest[text] = story
    return of_story, is_digest


def _columns_of(texts: csr_matrix, row: int) -> Keys:
    return np.asarray(texts.indices[texts.indptr[row] : texts.indptr[row + 1]])
