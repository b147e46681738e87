"""TF-IDF: terms are counted once and weighted as of a point in time.

A count depends on a single text. Only the weights (inverse document frequencies) depend on the
corpus. They are computed from the articles known at a point in time, so that an evaluation uses
nothing of the future.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.preprocessing import normalize
from sklearn.utils.extmath import randomized_svd

from models.arrays import Mask, Positions, Vectors
from models.lexical.scripts import is_letter_pair
from models.lexical.stop_words import stop_tokens
from models.lexical.tokenizer import Tokens, count_ngrams, count_words
from models.lexical.vocabulary import UNKNOWN, Vocabulary
from models.sparse import renumbered, with_scaled_columns

MIN_TEXTS = 2
"""Texts of a term; one of a single text says nothing about similarity."""

IDF_EXPONENT = 1.25
"""Exponent of the inverse document frequency. On four sites 1.25 found more of the editors' links
than 1 (the usual) or 1.5."""

LSA_DIMENSIONS = 128
"""Dimensions of latent semantic analysis, for diversity vectors."""

ARTICLES_PER_LSA_TERM = 6_000
"""Latent semantic analysis uses terms that at least one in this many articles has. On 33,151
articles this leaves a fifth of all terms, halves the time and quarters the memory. The cosines
correlate by .9995 with the cosines of all terms."""

STEM_LENGTH = 6
"""Letters used as the stem of a word: crude, but works alike for inflected languages."""


class CountedTerms(NamedTuple):
    """The counts of words and word pairs, and what the columns stand for.

    Attributes
    ----------
    counts : sparse float32, shape (n, v).
    names : the terms as texts spell them, most in lower case, shape (v,).
    folded : the terms as they are compared, ascending, shape (v,).
    """

    counts: csr_matrix
    names: NDArray[np.object_]
    folded: NDArray[np.object_]


def without_stop_words(
    tokens: Tokens, languages: Sequence[str], frequent: Mapping[str, frozenset[str]]
) -> Tokens:
    """Remove the stop words of n texts.

    Parameters
    ----------
    tokens : of n texts.
    languages : ISO 639 code of the language of each text.
    frequent : words of most texts, see :func:`models.lexical.stop_words.frequent_words`.
    """
    return tokens.without(stop_tokens(tokens, languages, frequent))


def count_shared_terms(tokens: Tokens) -> CountedTerms:
    """Count the words and word pairs of each text, as square roots.

    A word pair has only stop words between its two words. Terms of a single text are left out.

    Letter pairs, see :func:`models.lexical.scripts.is_letter_pair`, form no word pairs: a long
    phrase would count twice. Their counts have no root: a letter pair that a text repeats belongs
    to a name or topic, others meet by chance.

    ``tokens`` are those of n texts, see :func:`without_stop_words`.
    """
    return _counted(tokens, MIN_TEXTS)


class LaterTerms(NamedTuple):
    """The terms of one later text that a vocabulary has.

    Attributes
    ----------
    counts : sparse float32, shape (1, w).
    names : the terms as the text spells them, shape (w,).
    columns : intp, shape (w,), their columns in the corpus.
    new_words : share of the distinct words that the vocabulary does not have.
    """

    counts: csr_matrix
    names: NDArray[np.object_]
    columns: Positions
    new_words: float


def count_later_terms(tokens: Tokens, language: str, vocabulary: Vocabulary) -> LaterTerms:
    """Count the terms of one later text as :func:`count_shared_terms` does."""
    counted = _counted(without_stop_words(tokens, [language], vocabulary.stop_words), 1)
    columns = vocabulary.terms.of_texts(counted.folded.tolist())
    known = np.flatnonzero(columns != UNKNOWN)
    words = np.array([" " not in term for term in counted.folded.tolist()], dtype=bool)
    new_words = float((columns[words] == UNKNOWN).sum() / max(words.sum(), 1))
    return LaterTerms(counted.counts[:, known], counted.names[known], columns[known], new_words)


def _counted(tokens: Tokens, least: int) -> CountedTerms:
    """Count the terms that at least some texts have, without stop words."""
    words = count_words(tokens)
    pairs, codes = count_ngrams(tokens, 2, least)
    firsts, seconds = np.divmod(codes, max(len(tokens.words), 1))
    lettered = np.fromiter(map(is_letter_pair, tokens.words), bool, len(tokens.words))
    kept_words = np.flatnonzero(_columns_of_texts(words, least))
    kept_pairs = _columns_of_texts(pairs, least) & ~(lettered[firsts] & lettered[seconds])
    words.data = np.where(lettered[words.indices], words.data, np.sqrt(words.data))
    pairs.data = np.sqrt(pairs.data)
    firsts = np.append(kept_words, firsts[kept_pairs])
    seconds = np.append(np.full(len(kept_words), -1), seconds[kept_pairs])
    folded = np.array(list(_terms(tokens.words, firsts, seconds)), dtype=object)
    order = np.argsort(folded)
    folded, columns = folded[order], np.argsort(order)
    words = renumbered(words, kept_words, columns[: len(kept_words)], len(order))
    pairs = renumbered(pairs, np.flatnonzero(kept_pairs), columns[len(kept_words) :], len(order))
    spelled = [tokens.spellings.get(word, word) for word in tokens.words]
    names = zip(_terms(spelled, firsts[order], seconds[order]), folded, strict=True)
    # Most terms are spelled as they are compared: one string for both.
    spellings = [fold if name == fold else name for name, fold in names]
    return CountedTerms(words + pairs, np.array(spellings, dtype=object), folded)


def _terms(words: Sequence[str], firsts: Positions, seconds: Positions) -> Iterator[str]:
    """Name words and word pairs, of which ``firsts`` and ``seconds`` are the ids; -1: no second."""
    pairs = zip(firsts.tolist(), seconds.tolist(), strict=True)
    return (words[one] if two < 0 else f"{words[one]} {words[two]}" for one, two in pairs)


def _columns_of_texts(counts: csr_matrix, least: int) -> Mask:
    """Return which columns occur in at least so many texts."""
    return np.asarray(np.bincount(counts.indices, minlength=counts.shape[1]) >= least)


def weigh_by_count(tfidf: csr_matrix, counts: csr_matrix) -> csr_matrix:
    """Weight terms by their full count instead of its root: sparse, shape (n, v).

    The root is better for similarity. For the keywords of a single text it would prefer rare
    words that occur once.
    """
    return tfidf.multiply(counts).tocsr()


def top_terms(
    weights: csr_matrix, names: NDArray[np.object_], row: int, count: int
) -> list[tuple[str, float]]:
    """Return the terms of the greatest weights in a text, greatest first, with their weights.

    Parameters
    ----------
    weights : sparse, shape (n, v).
    names : the terms, shape (v,).
    row : the text.
    count : how many terms at most.
    """
    part = slice(weights.indptr[row], weights.indptr[row + 1])
    values, columns = weights.data[part], weights.indices[part]
    if len(values) > count:
        best = np.argpartition(-values, count - 1)[:count]
        values, columns = values[best], columns[best]
    order = np.argsort(-values, kind="stable")
    return [(names[columns[i]], float(values[i])) for i in order.tolist()]


def stem(word: str) -> str:
    """Return the first letters of a word, which are equal for most of its inflected forms."""
    return word[:STEM_LENGTH]


def document_frequency(counts: csr_matrix, known: Mask) -> NDArray[np.int64]:
    """Count the known rows that have each column: int64, shape (v,); ``known``: shape (n,)."""
    rows = counts if known.all() else counts[known]
    return np.asarray(np.bincount(rows.indices, minlength=counts.shape[1]))


def inverse_document_count(counts: csr_matrix, known: Mask) -> Vectors:
    """Return one over the document frequency: float32, shape (v,).

    It is the probability of a certain row among the known rows that have a column. The value is 1
    for a column that no known row has.
    """
    return np.asarray(1 / np.maximum(document_frequency(counts, known), 1), dtype=np.float32)


def idf(counts: csr_matrix, known: Mask) -> Vectors:
    """Return the inverse document frequency of each column: float32, shape (v,).

    ``(log((1 + n) / (1 + df)) + 1) ** IDF_EXPONENT`` over the n known rows: the smoothed formula
    of scikit-learn, raised to a power.

    Parameters
    ----------
    counts : sparse, shape (n, v).
    known : bool, shape (n,).
    """
    weight = np.log((1 + known.sum()) / (1 + document_frequency(counts, known))) + 1
    return np.asarray(weight**IDF_EXPONENT, dtype=np.float32)


def tfidf_weighted(counts: csr_matrix, weights: Vectors) -> csr_matrix:
    """Weight counts and scale each row to length 1; an empty row stays empty.

    The result shares the positions of its elements with ``counts``.

    Parameters
    ----------
    counts : sparse, shape (n, v).
    weights : float32, shape (v,), see :func:`idf`.
    """
    if counts.shape[1] == 0:  # scikit-learn accepts no matrix without columns
        return counts
    return normalize(with_scaled_columns(counts, weights), copy=False)


def frequent_columns(tfidf: csr_matrix, known: Mask) -> Positions:
    """Return the columns that enough of the known rows have; see :data:`ARTICLES_PER_LSA_TERM`."""
    enough = max(known.sum() / ARTICLES_PER_LSA_TERM, 1)
    return np.flatnonzero(document_frequency(tfidf, known) >= enough)


def lsa_components(tfidf: csr_matrix, known: Mask) -> Vectors:
    """Return the first right singular vectors of the known rows: float32, shape (v, k).

    They are the components of latent semantic analysis (Deerwester et al. 1990). Projected rows are
    shorter than 1: the components leave out what a text does not share with others.

    ``k`` is the least of :data:`LSA_DIMENSIONS`, the known rows less 1 and v - 1, and at least 0.
    """
    width = min(LSA_DIMENSIONS, int(known.sum()) - 1, tfidf.shape[1] - 1)
    if width < 1:
        return np.zeros((tfidf.shape[1], 0), dtype=np.float32)
    rows = tfidf if known.all() else tfidf[known]
    _, _, components = randomized_svd(rows, width, n_iter=2, random_state=0)
    return np.asarray(components.T, dtype=np.float32)
