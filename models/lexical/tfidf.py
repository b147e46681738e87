"""Words of a site: counted once, weighed as of a moment.

Counting looks at single texts; only the weights (inverse document frequencies) know the archive.
They are taken from the articles that were known at a moment, so that nothing of the future leaks
into a ranking that is judged as of then.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags, hstack
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS
from sklearn.preprocessing import normalize
from sklearn.utils.extmath import randomized_svd

from models.lexical.tokenizer import Tokens, count_ngrams, count_words, tokenize

COMMON = 0.5
"""A word of more than this share of the texts says nothing of any; it is left out of pairs, too."""

ASKED = 5_000
"""Texts, evenly from all, that tell which words are as common: of more nobody learns more."""

SHARPNESS = 1.25
"""Exponent of the inverse document frequency: 1.25 found more of the editors' links on four sites
than 1 (the usual) or 1.5."""

DIMENSIONS = 128
"""Main directions of words that say which cards tell the same."""

DIRECTED = 6_000
"""Articles of which one at least has a word that gives the main directions. Of 33,151 articles it
is six, a fifth of all words and pairs: half the time, a quarter of the memory, and cosines that
correlate by .9995 with those of all words, where another random start gives .987."""

STEM = 6
"""Letters that stand for a word's stem: crude, but the same for every inflected language."""


def count_terms(texts: Sequence[str]) -> csr_matrix:
    """Count words and word pairs: the first of what :func:`count_named_terms` returns."""
    return count_named_terms(tokenize(texts))[0]


def count_named_terms(tokens: Tokens) -> tuple[csr_matrix, NDArray[np.object_]]:
    """Count words and word pairs, as square roots; those of one text alone are left out.

    A pair is of two words with none but common ones between them.

    Returns
    -------
    counts : float32 sparse, shape (n, v); v is 0 where no word is shared.
    names : the words and pairs in lower case, ascending, shape (v,).
    """
    words = count_words(tokens)
    common = _common(words, tokens.words)
    pairs, both = count_ngrams(tokens.without(common), 2)
    told, paired = _told_twice(words) & ~common, _told_twice(pairs)
    names = [tokens.words[word] for word in np.flatnonzero(told)]
    firsts, seconds = np.divmod(both[paired], max(len(tokens.words), 1))
    names += [
        f"{tokens.words[first]} {tokens.words[second]}"
        for first, second in zip(firsts.tolist(), seconds.tolist(), strict=True)
    ]
    order = np.argsort(np.array(names, dtype=object))
    counts = hstack([words[:, told], pairs[:, paired]], format="csr")[:, order]
    counts.data = np.sqrt(counts.data)
    return counts, np.array(names, dtype=object)[order]


def _told_twice(counts: csr_matrix) -> NDArray[np.bool_]:
    """Tell which columns stand in two texts at least."""
    return np.asarray(np.bincount(counts.indices, minlength=counts.shape[1]) > 1)


def weigh_by_count(words: csr_matrix, counts: csr_matrix) -> csr_matrix:
    """Weigh words by their full count instead of its root: what a text comes back to.

    For a similarity the root is better; of a single text it would name rare words said once.
    """
    return words.multiply(counts).tocsr()


def top_terms(
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


def stem(word: str) -> str:
    """Cut a word to its first letters, which are the same for most of its inflected forms."""
    return word[:STEM]


def document_frequency(counts: csr_matrix, known: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Count in how many of the rows known each column stands: shape (v,)."""
    return np.asarray(np.bincount(counts[known].indices, minlength=counts.shape[1]))


def inverse_document_count(counts: csr_matrix, known: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Tell the chance that a random one of the rows known with a column is a certain one: (v,).

    1 where none of them has it, as for the first that will.
    """
    return np.asarray(1 / np.maximum(document_frequency(counts, known), 1), dtype=np.float32)


def idf(counts: csr_matrix, known: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Weigh each column by its rarity among the rows known: shape (v,).

    ``log((1 + n) / (1 + df)) + 1`` as in scikit-learn, raised to :data:`SHARPNESS`.
    """
    weight = np.log((1 + known.sum()) / (1 + document_frequency(counts, known))) + 1
    return np.asarray(weight**SHARPNESS, dtype=np.float32)


def tfidf_weighted(counts: csr_matrix, weights: NDArray[np.float32]) -> csr_matrix:
    """Weigh counts and bring each row to length 1; an empty row stays empty."""
    if counts.shape[1] == 0:  # scikit-learn takes no matrix without columns
        return counts
    return normalize(counts @ diags(weights), copy=False).tocsr()


def _common(counts: csr_matrix, words: Sequence[str]) -> NDArray[np.bool_]:
    """Tell which words say nothing of any text: shape (len(words),)."""
    stop = np.fromiter((word in ENGLISH_STOP_WORDS for word in words), dtype=bool, count=len(words))
    size = counts.shape[0]
    if size < 20:  # in so few texts half of them is no evidence
        return stop
    asked = counts[:: max(size // ASKED, 1)]
    document_frequency = np.bincount(asked.indices, minlength=len(words))
    return np.asarray(stop | (document_frequency > COMMON * asked.shape[0]))


def lsa_projection(words: csr_matrix, known: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Project word vectors onto the main directions of those known (latent semantic analysis).

    Returns
    -------
    float32, shape (n, k), see :func:`lsa_components`. Rows keep the length that the projection
    leaves: what a text shares with none is gone.
    """
    often = words[:, frequent_columns(words, known)]
    return np.asarray(often @ lsa_components(often, known), dtype=np.float32)


def frequent_columns(words: csr_matrix, known: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Find the columns that enough of the rows known have to give main directions: (w,)."""
    enough = max(known.sum() / DIRECTED, 1)
    return np.flatnonzero(document_frequency(words, known) >= enough)


def lsa_components(words: csr_matrix, known: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Find the main directions of the rows known of word vectors, (n, w): float32, (w, k).

    ``k`` is the least of :data:`DIMENSIONS`, known - 1 and w - 1; 0 where that is less than one.
    """
    width = min(DIMENSIONS, int(known.sum()) - 1, words.shape[1] - 1)
    if width < 1:
        return np.zeros((words.shape[1], 0), dtype=np.float32)
    _, _, directions = randomized_svd(words[known], width, n_iter=2, random_state=0)
    return np.asarray(directions.T, dtype=np.float32)
