"""Tokenise the fields of articles: title, teaser and the lines of the body, each once."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack

from models.arrays import Mask
from models.features.title_coverage import Passages
from models.lexical.prefixes import FindRests, without_prefixes
from models.lexical.tfidf import stem
from models.lexical.tokenizer import Tokens, count_ids, tokenize
from models.lexical.vocabulary import UNKNOWN, Columns, text_keys
from models.storage import IN_MEMORY, Storage
from recommender.articles.article import Article
from recommender.articles.model_inputs import LONGEST
from recommender.text.word_count import word_count

LEADING_FIELDS = 3
"""Fields before the lines of the body: the title twice, as in
:func:`recommender.articles.model_inputs.for_words`, and the teaser."""

NEW_STEMS = 2**14
"""Columns for stems that a later article is the first to have."""

ARTICLES_AT_ONCE = 2_000
"""Articles whose passages are built together: the steps in between take twice their memory."""

MIN_PARAGRAPH_WORDS = 5
"""Shorter lines are sub-headings, bylines or captions."""


@dataclass(frozen=True)
class TokenizedFields:
    """The tokenised fields of n articles, m fields in all."""

    tokens: Tokens
    """Tokens of all fields."""
    first: NDArray[np.int64]
    """First field of each article, and m at the end; shape (n + 1,)."""
    long: Mask
    """Whether a field has enough words for a paragraph; shape (m,)."""

    @property
    def full_text(self) -> Tokens:
        """Tokens of each whole article."""
        return self.tokens.joined(self.first)

    def part(self, start: int, stop: int) -> TokenizedFields:
        """Return the fields of some consecutive articles; the words of all articles are kept."""
        first = self.first[start : stop + 1]
        starts = self.tokens.starts[first[0] : first[-1] + 1]
        ids = self.tokens.word_ids[starts[0] : starts[-1]]
        tokens = replace(self.tokens, word_ids=ids, starts=starts - starts[0])
        return TokenizedFields(tokens, first - first[0], self.long[first[0] : first[-1]])


def tokenized_fields(
    articles: Iterable[Article],
    find_rests: FindRests = without_prefixes,
    storage: Storage = IN_MEMORY,
) -> TokenizedFields:
    """Split articles into fields, and tokenise these.

    Parameters
    ----------
    articles, find_rests : a whole corpus; or later articles and the prefixes of the corpus, see
        :func:`models.lexical.tokenizer.tokenize`.
    storage : where the tokens are kept.
    """
    sizes, long = array("q"), bytearray()

    def texts() -> Iterator[str]:
        for a in articles:
            fields = [a.title, a.title, a.teaser, *a.body[:LONGEST].splitlines()]
            sizes.append(len(fields))
            long.extend(word_count(text) >= MIN_PARAGRAPH_WORDS for text in fields)
            yield from fields

    tokens = tokenize(texts(), find_rests, storage)
    first = np.append(0, np.cumsum(sizes, dtype=np.int64))
    return TokenizedFields(tokens, first, np.frombuffer(long, dtype=bool))


def named_passages_of(
    fields: TokenizedFields, storage: Storage = IN_MEMORY
) -> tuple[Passages, list[str]]:
    """Build the stem matrices of titles, leads, bodies and paragraphs, and name their stems.

    ``storage`` is where the matrices are kept.
    """
    names, stem_of = _stems(fields.tokens)
    return _passages(fields, stem_of, len(names), storage), names


def later_passages_of(fields: TokenizedFields, stems: Columns) -> Passages:
    """Build the stem matrices of later articles, with the columns of the fitted ones.

    A stem that is not known gets one of :data:`NEW_STEMS` columns. Two later articles with the same
    new name have the same one.
    """
    names, stem_of = _stems(fields.tokens)
    size = len(stems.keys)
    new = size + (text_keys(names) % np.uint64(NEW_STEMS)).astype(np.int64)
    columns = stems.of_texts(names)
    columns = np.where(columns == UNKNOWN, new, columns)
    return _passages(fields, columns[stem_of], size, IN_MEMORY)


def _passages(
    fields: TokenizedFields, stem_of: NDArray[np.int64], size: int, storage: Storage
) -> Passages:
    """Build the matrices from the column of each word, for one block of articles at a time."""
    width, number = size + NEW_STEMS, len(fields.first) - 1
    columns = stem_of.astype(np.int32)
    blocks = (
        _passages_of_block(fields.part(first, first + ARTICLES_AT_ONCE), columns, width)
        for first in range(0, max(number, 1), ARTICLES_AT_ONCE)
    )
    return Passages.joined(blocks, width, storage)


def _passages_of_block(fields: TokenizedFields, stem_of: NDArray[np.int32], width: int) -> Passages:
    stems, first = _stem_sets(fields.tokens, stem_of, width), fields.first[:-1]
    titles = stems[first]
    leads = _binary(titles + stems[first + LEADING_FIELDS - 1])
    rows, starts = _paragraphs(fields)
    return Passages(
        titles=titles,
        leads=leads,
        bodies=_stem_sets(fields.full_text, stem_of, width),
        paragraphs=vstack([stems, leads], format="csr")[rows],
        starts=starts,
    )


def _paragraphs(fields: TokenizedFields) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Find the paragraphs of each article; the lead is the paragraph of one without any.

    Returns
    -------
    tuple of int64 arrays
        Field numbers of the paragraphs, where m + i is the lead of article i; and the first
        paragraph of each article, shape (n + 1,).
    """
    long, sizes = fields.long.copy(), np.diff(fields.first)
    for part in range(LEADING_FIELDS):
        long[fields.first[:-1] + part] = False
    owner = np.repeat(np.arange(len(sizes)), sizes)[long]
    without = np.setdiff1d(np.arange(len(sizes)), owner)
    owner = np.append(owner, without)
    rows = np.append(np.flatnonzero(long), len(long) + without)
    starts = np.append(0, np.cumsum(np.bincount(owner, minlength=len(sizes))))
    return rows[np.argsort(owner, kind="stable")], starts


def _stems(tokens: Tokens) -> tuple[list[str], NDArray[np.int64]]:
    """Return the stems, and the number of the stem of each word."""
    stems, stem_of = np.unique([stem(word) for word in tokens.words], return_inverse=True)
    return stems.tolist(), stem_of


def _stem_sets(tokens: Tokens, stem_of: NDArray[np.int32], width: int) -> csr_matrix:
    """Return which stems each text has, as a sparse binary matrix."""
    return _binary(count_ids(stem_of[tokens.word_ids], tokens.starts, width))


def _binary(sums: csr_matrix) -> csr_matrix:
    """Set every non-zero count to 1."""
    sums = sums.tocsr().astype(np.float32, copy=False)
    sums.data[:] = 1
    sums.sort_indices()
    return sums
