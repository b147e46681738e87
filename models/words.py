"""Words of a site: counted once, weighed as of a moment.

Counting looks at single texts; only the weights (inverse document frequencies) know the archive.
They are taken from the articles that were known at a moment, so that nothing of the future leaks
into a ranking that is judged as of then.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import cast

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, CountVectorizer
from sklearn.preprocessing import normalize
from sklearn.utils.extmath import randomized_svd

from models.embedding import unit_rows

COMMON = 0.5
"""A word of more than this share of the texts says nothing of any; it is left out of pairs, too."""

ASKED = 5_000
"""Texts, evenly from all, that tell which words are as common: of more nobody learns more."""

SHARPNESS = 1.25
"""Exponent of the inverse document frequency: 1.25 found more of the editors' links on four sites
than 1 (the usual) or 1.5."""

DIMENSIONS = 128
"""Main directions of words that say which cards tell the same."""

STEM = 6
"""Letters that stand for a word's stem: crude, but the same for every inflected language."""

_WORD = re.compile(r"(?u)\b\w\w+\b")


def counted(texts: Sequence[str]) -> csr_matrix:
    """Count words and word pairs: the first of what :func:`counted_and_named` returns."""
    return counted_and_named(texts)[0]


def counted_and_named(texts: Sequence[str]) -> tuple[csr_matrix, NDArray[np.object_]]:
    """Count words and word pairs, as square roots; those of one text alone are left out.

    Returns
    -------
    counts : float32 sparse, shape (len(texts), v); v is 0 where no word is shared.
    names : the words and pairs in lower case, shape (v,).
    """
    try:
        frequent = _common_words(texts)
        vectorizer = CountVectorizer(
            ngram_range=(1, 2), min_df=2, stop_words=frequent, dtype=np.float32
        )
        counts = cast("csr_matrix", vectorizer.fit_transform(texts))
    except ValueError:  # scikit-learn's way to say that no word is left
        return csr_matrix((len(texts), 0), dtype=np.float32), np.zeros(0, dtype=object)
    counts.data = np.sqrt(counts.data)
    return counts, vectorizer.get_feature_names_out()


def insisted(words: csr_matrix, counts: csr_matrix) -> csr_matrix:
    """Weigh words by their full count instead of its root: what a text comes back to.

    For a similarity the root is better; of a single text it would name rare words said once.
    """
    return words.multiply(counts).tocsr()


def heaviest(
    words: csr_matrix, names: NDArray[np.object_], row: int, count: int
) -> list[tuple[str, float]]:
    """Name the words and pairs of the greatest weight in a text, heaviest first, with weights."""
    part = slice(words.indptr[row], words.indptr[row + 1])
    weights, columns = words.data[part], words.indices[part]
    if len(weights) > count:
        best = np.argpartition(-weights, count - 1)[:count]
        weights, columns = weights[best], columns[best]
    order = np.argsort(-weights, kind="stable")
    return [(names[columns[i]], float(weights[i])) for i in order.tolist()]


def stems(text: str) -> list[str]:
    """Cut a text into stems: the first letters of its words, in lower case."""
    return [word[:STEM] for word in _WORD.findall(text.lower())]


def idf(counts: csr_matrix, known: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Weigh each column by its rarity among the rows known: shape (v,).

    ``log((1 + n) / (1 + df)) + 1`` as in scikit-learn, raised to :data:`SHARPNESS`.
    """
    rows = counts[known]
    frequency = np.bincount(rows.indices, minlength=counts.shape[1])
    weight = np.log((1 + rows.shape[0]) / (1 + frequency)) + 1
    return np.asarray(weight**SHARPNESS, dtype=np.float32)


def weighted(counts: csr_matrix, weights: NDArray[np.float32]) -> csr_matrix:
    """Weigh counts and bring each row to length 1; an empty row stays empty."""
    if counts.shape[1] == 0:  # scikit-learn takes no matrix without columns
        return counts
    return normalize(counts @ diags(weights), copy=False).tocsr()


def _common_words(texts: Sequence[str]) -> list[str]:
    if len(texts) < 20:  # in so few texts half of them is no evidence
        return sorted(ENGLISH_STOP_WORDS)
    asked = texts[:: max(len(texts) // ASKED, 1)]
    vectorizer = CountVectorizer(binary=True, dtype=np.int32)
    frequency = np.asarray(vectorizer.fit_transform(asked).sum(axis=0)).ravel()
    words = vectorizer.get_feature_names_out()
    return sorted(ENGLISH_STOP_WORDS | set(words[frequency > COMMON * len(asked)]))


def reduced(words: csr_matrix, dimensions: int = DIMENSIONS) -> NDArray[np.float32]:
    """Project word vectors onto their main directions (latent semantic analysis).

    Returns
    -------
    float32, shape (n, min(dimensions, n - 1, vocabulary - 1)), unit rows.
    """
    width = min(dimensions, words.shape[0] - 1, words.shape[1] - 1)
    if width < 1:
        return np.asarray(words.toarray(), dtype=np.float32)
    left, strengths, _ = randomized_svd(words, width, n_iter=2, random_state=0)
    return unit_rows(np.asarray(left * strengths, dtype=np.float32))
