"""TF-IDF: terms are counted once and weighted as of a point in time.

A count depends on a single text. Only the weights (inverse document frequencies) depend on the
corpus. They are computed from the articles known at a point in time, so that an evaluation uses
nothing of the future.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from models.arrays import AnyRows, Mask, Offsets, Positions, Rows, Vectors
from models.lexical.ngrams import count_ngrams
from models.lexical.scripts import is_letter_pair
from models.lexical.stop_words import stop_tokens
from models.lexical.tokenizer import Tokens, count_words, joined_blocks, text_blocks
from models.lexical.vocabulary import UNKNOWN, Vocabulary
from models.sparse import column_sizes, renumbered, row_blocks, scaled_unit_rows, stacked
from models.storage import IN_MEMORY, Storage

MIN_TEXTS = 2
"""Texts of a term; one of a single text says nothing about similarity."""

IDF_EXPONENT = 1.25
"""Exponent of the inverse document frequency. On four sites 1.25 found more of the editors' links
than 1 (the usual) or 1.5."""

STEM_LENGTH = 6
"""Letters used as the stem of a word: crude, but works alike for inflected languages."""


@dataclass(frozen=True)
class Terms:
    """Words and word pairs. Each is put together when it is read: millions take gigabytes.

    Attributes
    ----------
    words : distinct words.
    firsts, seconds : int32, shape (v,), the words of each term; -1 stands for no second one.
    """

    words: Sequence[str]
    firsts: Rows
    seconds: Rows

    def __len__(self) -> int:
        """Count the terms."""
        return len(self.firsts)

    def __getitem__(self, place: int) -> str:
        """Return a term."""
        return self._term(self.firsts.item(place), self.seconds.item(place))

    def __iter__(self) -> Iterator[str]:
        """Iterate over all terms."""
        return map(self._term, self.firsts.data, self.seconds.data)

    def take(self, places: AnyRows) -> Terms:
        """Return some of the terms."""
        return Terms(self.words, self.firsts[places], self.seconds[places])

    def _term(self, first: int, second: int) -> str:
        word = self.words[first]
        return word if second < 0 else f"{word} {self.words[second]}"


class CountedTerms(NamedTuple):
    """The counts of words and word pairs, and what the columns stand for.

    Attributes
    ----------
    counts : sparse float32, shape (n, v).
    names : the v terms as texts spell them, most in lower case.
    folded : the v terms as they are compared, ascending.
    """

    counts: csr_matrix
    names: Terms
    folded: Terms


def without_stop_words(
    tokens: Tokens,
    languages: Sequence[str],
    frequent: Mapping[str, frozenset[str]],
    storage: Storage = IN_MEMORY,
) -> Tokens:
    """Remove the stop words of n texts.

    Parameters
    ----------
    tokens : of n texts.
    languages : ISO 639 code of the language of each text.
    frequent : words of most texts, see :func:`models.lexical.stop_words.frequent_words`.
    storage : where the tokens are kept.
    """
    masks = stop_tokens(tokens, languages, frequent)
    kept = (block.without(mask) for block, mask in zip(text_blocks(tokens), masks, strict=True))
    return joined_blocks(tokens, kept, storage)


def count_shared_terms(tokens: Tokens, storage: Storage = IN_MEMORY) -> CountedTerms:
    """Count the words and word pairs of each text, as square roots.

    A word pair has only stop words between its two words. Terms of a single text are left out.

    Letter pairs, see :func:`models.lexical.scripts.is_letter_pair`, form no word pairs: a long
    phrase would count twice. Their counts have no root: a letter pair that a text repeats belongs
    to a name or topic, others meet by chance.

    Parameters
    ----------
    tokens : of n texts, see :func:`without_stop_words`.
    storage : where the counts are kept.
    """
    return _counted(tokens, MIN_TEXTS, storage)


class LaterTerms(NamedTuple):
    """The terms of one later text that a vocabulary has.

    Attributes
    ----------
    counts : sparse float32, shape (1, w).
    names : the w terms as the text spells them.
    columns : intp, shape (w,), their columns in the corpus.
    new_words : share of the distinct words that the vocabulary does not have.
    """

    counts: csr_matrix
    names: Terms
    columns: Positions
    new_words: float


def count_later_terms(tokens: Tokens, language: str, vocabulary: Vocabulary) -> LaterTerms:
    """Count the terms of one later text as :func:`count_shared_terms` does."""
    counted = _counted(without_stop_words(tokens, [language], vocabulary.stop_words), 1, IN_MEMORY)
    columns = vocabulary.terms.of_texts(list(counted.folded))
    known = np.flatnonzero(columns != UNKNOWN)
    words = counted.folded.seconds < 0
    new_words = float((columns[words] == UNKNOWN).sum() / max(words.sum(), 1))
    return LaterTerms(
        counted.counts[:, known], counted.names.take(known), columns[known], new_words
    )


def _counted(tokens: Tokens, least: int, storage: Storage) -> CountedTerms:
    """Count the terms that at least some texts have, without stop words."""
    words = stacked(map(count_words, text_blocks(tokens)), len(tokens.words), storage)
    pairs, codes = count_ngrams(tokens, 2, least, storage)
    firsts, seconds = np.divmod(codes, max(len(tokens.words), 1))
    lettered = np.fromiter(map(is_letter_pair, tokens.words), bool, len(tokens.words))
    kept_words = np.flatnonzero(_columns_of_texts(words, least))
    shared = _columns_of_texts(pairs, least) & ~(lettered[firsts] & lettered[seconds])
    kept_pairs = np.flatnonzero(shared)
    folded, columns = _in_order(tokens.words, kept_words, firsts[kept_pairs], seconds[kept_pairs])
    del codes, firsts, seconds
    word_places = _places(len(lettered), kept_words, columns[: len(kept_words)])
    pair_places = _places(len(shared), kept_pairs, columns[len(kept_words) :])
    blocks = (
        renumbered(_word_weights(some_words, lettered), word_places, len(columns))
        + renumbered(np.sqrt(some_pairs), pair_places, len(columns))
        for some_words, some_pairs in zip(row_blocks(words), row_blocks(pairs), strict=True)
    )
    counts = stacked(blocks, len(columns), storage)
    spelled = [tokens.spellings.get(word, word) for word in tokens.words]
    return CountedTerms(counts, replace(folded, words=spelled), folded)


def _in_order(
    words: Sequence[str], single: Positions, firsts: Offsets, seconds: Offsets
) -> tuple[Terms, Rows]:
    """Sort w words and p pairs of words.

    Parameters
    ----------
    single : shape (w,), positions in ``words``.
    firsts, seconds : shape (p,), positions in ``words`` of both words of a pair.

    Returns
    -------
    terms : all of them, ascending.
    columns : int32, shape (w + p,), place of each word and then of each pair among them.
    """
    one = np.append(single, firsts).astype(np.int32)
    other = np.append(np.full(len(single), -1), seconds).astype(np.int32)
    # A space sorts before all characters of words, so pairs sort by their first word.
    rank = np.append(np.argsort(np.argsort(np.array(words, dtype=object))), -1)
    order = np.argsort(rank[one] * len(rank) + rank[other])
    columns = np.empty(len(order), dtype=np.int32)
    columns[order] = np.arange(len(order), dtype=np.int32)
    return Terms(words, one[order], other[order]), columns


def _word_weights(counts: csr_matrix, lettered: Mask) -> csr_matrix:
    """Take the root of the counts of words that are no letter pairs."""
    data = np.where(lettered[counts.indices], counts.data, np.sqrt(counts.data))
    return csr_matrix((data, counts.indices, counts.indptr), shape=counts.shape)


def _places(size: int, kept: Positions, columns: Rows) -> Rows:
    """Return the new place of each of so many columns, -1 for those that are not kept."""
    places = np.full(size, -1, dtype=np.int32)
    places[kept] = columns
    return places


def _columns_of_texts(counts: csr_matrix, least: int) -> Mask:
    """Return which columns occur in at least so many texts."""
    return np.asarray(column_sizes(counts) >= least)


def weigh_by_count(tfidf: csr_matrix, counts: csr_matrix) -> csr_matrix:
    """Weight terms by their full count instead of its root: sparse, shape (n, v).

    The root is better for similarity. For the keywords of a single text it would prefer rare
    words that occur once.
    """
    return tfidf.multiply(counts).tocsr()


def top_terms(weights: csr_matrix, row: int, count: int) -> tuple[Rows, Vectors]:
    """Return the columns of the greatest weights in a text, greatest first, and the weights.

    Parameters
    ----------
    weights : sparse float32, shape (n, v).
    row : the text.
    count : how many terms at most.
    """
    part = slice(weights.indptr[row], weights.indptr[row + 1])
    values, columns = weights.data[part], weights.indices[part]
    if len(values) > count:
        best = np.argpartition(-values, count - 1)[:count]
        values, columns = values[best], columns[best]
    order = np.argsort(-values, kind="stable")
    return columns[order], values[order]


def stem(word: str) -> str:
    """Return the first letters of a word, which are equal for most of its inflected forms."""
    return word[:STEM_LENGTH]


def document_frequency(counts: csr_matrix, known: Mask) -> NDArray[np.int64]:
    """Count the known rows that have each column: int64, shape (v,); ``known``: shape (n,)."""
    if known.all():
        return column_sizes(counts)
    frequency, first = np.zeros(counts.shape[1], dtype=np.int64), 0
    for rows in row_blocks(counts):
        np.add.at(frequency, rows[known[first : first + rows.shape[0]]].indices, 1)
        first += rows.shape[0]
    return frequency


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


def tfidf_weighted(
    counts: csr_matrix, weights: Vectors, storage: Storage = IN_MEMORY
) -> csr_matrix:
    """Weight counts and scale each row to length 1; an empty row stays empty.

    The result shares the positions of its elements with ``counts``.

    Parameters
    ----------
    counts : sparse, shape (n, v).
    weights : float32, shape (v,), see :func:`idf`.
    storage : where the result is kept.
    """
    return scaled_unit_rows(counts, weights, storage)
