"""Finds the texts of the full run that a later article repeats."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models.arrays import Mask, Positions, Vectors
from models.lexical.copies import is_copy_of
from models.lexical.digests import TextDuplicates, text_duplicates
from models.lexical.near_duplicates import (
    MIN_DISTINCTIVE_SHARE,
    MIN_SIZE,
    is_near_duplicate,
)
from models.lexical.shingles import KeySets, key_sets
from recommender.articles.article import Article
from recommender.articles.fields import tokenized_fields
from recommender.incremental.fitted_state import FittedState

MIN_DUPLICATE_COSINE = 0.2
"""TF-IDF cosine below which two articles are compared word by word only if one may be a card of
the other."""

MIN_SHARED = int(MIN_DISTINCTIVE_SHARE * MIN_SIZE)
"""Shingles that two near-duplicates have in common at least."""

LAST_BITS = np.uint32(2**16 - 1)
"""The last 16 bits of a shingle."""


def duplicates_in_archive(
    shingles: NDArray[np.uint32], cosines: Vectors, compared: Mask, state: FittedState
) -> Positions:
    """Return the rows of the full run that are near-duplicates of a later article, ascending.

    Which articles may be its cards does not matter: a reprint in another language, or of an older
    post of a series, is a near-duplicate, too.

    Parameters
    ----------
    shingles : of the later article.
    cosines : shape (n,), TF-IDF cosine of each article with it.
    compared : bool, shape (n,), articles that are compared with it whatever their cosine.
    """
    rows = np.flatnonzero(compared | (cosines >= MIN_DUPLICATE_COSINE))
    return _near_duplicates(shingles, state.shingles, rows, state)


def duplicates_of_text(
    own: NDArray[np.uint32], others: Sequence[NDArray[np.uint32]], is_digest: Mask
) -> TextDuplicates:
    """Find the versions of a text among its near-duplicates; see :func:`text_duplicates`."""
    sizes = np.array([len(other) for other in others], dtype=np.intp)
    return text_duplicates(own, len(own), others, sizes, is_digest)


def is_copy_of_archived(
    shingles: NDArray[np.uint32], duplicates: Positions, row: int, state: FittedState
) -> bool:
    """Return whether a later article is a copy of an article of the full run.

    A copy of a digest is a version of it.

    Parameters
    ----------
    shingles : of the later article.
    duplicates : rows of its near-duplicates in the archive.
    row : of the article of the full run.
    """
    if row not in duplicates or not is_copy_of(shingles, state.shingles[row]):
        return False
    if not state.is_digest[row]:
        return True
    others = [state.shingles[other] for other in duplicates.tolist()]
    same = duplicates_of_text(shingles, others, state.is_digest[duplicates]).same
    return row in duplicates[same]


def digests_that_copy(row: int, state: FittedState) -> list[int]:
    """Return the digests of the full run of which another article is the greater part: rows."""
    if state.is_digest[row]:
        return []
    text, digests = state.shingles[row], np.flatnonzero(state.is_digest)
    similar = _near_duplicates(text, state.shingles, digests, state).tolist()
    return [other for other in similar if is_copy_of(state.shingles[other], text)]


def hidden_originals(
    shingles: NDArray[np.uint32], duplicates: Positions, state: FittedState
) -> Positions:
    """Return the hidden articles of the full run of which a later article is a copy, ascending.

    Parameters
    ----------
    shingles : of the later article.
    duplicates : rows of its near-duplicates in the archive.
    """
    texts = state.hidden.shingles
    rows = np.flatnonzero(_shared_counts(shingles, texts) >= MIN_SHARED)
    similar = _near_duplicates(shingles, texts, rows, state)
    is_version = ~state.hidden.is_digest[similar]
    if not is_version.all():
        is_version |= _are_duplicates(shingles, similar, duplicates, state)
    similar = similar[is_version]
    copied = [is_copy_of(shingles, texts[row]) for row in similar.tolist()]
    return np.asarray(similar[np.array(copied, dtype=bool)])


def _are_duplicates(
    shingles: NDArray[np.uint32], hidden: Positions, duplicates: Positions, state: FittedState
) -> Mask:
    """Return which hidden near-duplicates of a later article are of one story with it."""
    others = [state.hidden.shingles[row] for row in hidden.tolist()]
    others += [state.shingles[row] for row in duplicates.tolist()]
    is_digest = np.append(state.hidden.is_digest[hidden], state.is_digest[duplicates])
    return duplicates_of_text(shingles, others, is_digest).same[: len(hidden)]


def is_hidden_text(text: Article, state: FittedState) -> bool:
    """Return whether the full run has read a text of a hidden article under its present ID."""
    shingles = key_sets(tokenized_fields([text], state.prefixes.rests).full_text)[0]
    return any(
        ids[0] == text.id and np.array_equal(state.hidden.shingles[row], shingles)
        for row, ids in enumerate(state.hidden.ids)
    )


def _shared_counts(shingles: NDArray[np.uint32], texts: KeySets) -> NDArray[np.int64]:
    """Count the shingles that each of n texts has in common with another text: shape (n,).

    A table of the last bits of the shingles rules most of them out, which saves a search.
    """
    may_be_shared = np.zeros(LAST_BITS + 1, dtype=bool)
    may_be_shared[shingles & LAST_BITS] = True
    places = np.flatnonzero(may_be_shared[texts.keys & LAST_BITS])
    shared = places[np.isin(texts.keys[places], shingles)]
    owners = np.searchsorted(texts.starts, shared, side="right") - 1
    return np.bincount(owners, minlength=len(texts.starts) - 1)


def _near_duplicates(
    shingles: NDArray[np.uint32], texts: KeySets, rows: Positions, state: FittedState
) -> Positions:
    """Return which of some rows of ``texts`` are near-duplicates of a text."""
    same = [
        _share_some(shingles, texts[row])
        and is_near_duplicate(shingles, texts[row], state.common_shingles)
        for row in rows.tolist()
    ]
    return np.asarray(rows[np.array(same, dtype=bool)])


def _share_some(one: NDArray[np.uint32], other: NDArray[np.uint32]) -> bool:
    """Return whether two texts may be near-duplicates. Most are none, and this costs little."""
    if not len(one):
        return False
    places = np.minimum(np.searchsorted(one, other), len(one) - 1)
    return int((one[places] == other).sum()) >= MIN_SHARED
