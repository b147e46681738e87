"""Titles, teasers and paragraphs of articles as words and stems: each text is cut once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack

from models.features.title_coverage import Passages
from models.lexical.tfidf import stem
from models.lexical.tokenizer import Tokens, count_words, tokenize
from recommender.articles.article import Article
from recommender.articles.model_inputs import LONGEST

AHEAD = 3
"""Parts before the lines of the body: the title, once more as in :func:`texts.for_words`, and the
teaser."""

SHORTEST_PARAGRAPH = 5
"""Words: what is shorter is a sub-heading, a byline or a caption."""


@dataclass(frozen=True)
class TokenizedFields:
    """n articles cut up.

    ``tokens``: the words of all their parts. ``first``: int64, shape (n + 1,), where each article's
    parts begin. ``long``: which parts are of words enough for a paragraph, shape (parts,).
    """

    tokens: Tokens
    first: NDArray[np.int64]
    long: NDArray[np.bool_]

    @property
    def whole(self) -> Tokens:
        """The words of each article: those of :func:`texts.for_words`."""
        return self.tokens.joined(self.first)


def tokenized_fields(articles: Sequence[Article]) -> TokenizedFields:
    """Cut articles into title, teaser and lines, and those into words."""
    parts = [[a.title, a.title, a.teaser, *a.body[:LONGEST].splitlines()] for a in articles]
    texts = [text for own in parts for text in own]
    long = np.array([len(text.split()) >= SHORTEST_PARAGRAPH for text in texts], dtype=bool)
    return TokenizedFields(tokenize(texts), np.cumsum([0, *(len(own) for own in parts)]), long)


def passages_of(parts: TokenizedFields) -> Passages:
    """Put titles, leads, bodies and paragraphs together from the stems of parts."""
    told, first = _stems_of(parts.tokens), parts.first[:-1]
    titles = told[first]
    leads = _either(titles + told[first + AHEAD - 1])
    rows, starts = _paragraphs(parts)
    return Passages(
        titles=titles,
        leads=leads,
        bodies=_stems_of(parts.whole),
        paragraphs=vstack([told, leads], format="csr")[rows],
        starts=starts,
    )


def _paragraphs(parts: TokenizedFields) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Find the paragraphs of each article; one without any has its title and teaser for one.

    Returns numbers of parts, or that of all parts and i for the lead of article i, and where each
    article's begin.
    """
    long, sizes = parts.long.copy(), np.diff(parts.first)
    for part in range(AHEAD):
        long[parts.first[:-1] + part] = False
    owner = np.repeat(np.arange(len(sizes)), sizes)[long]
    without = np.setdiff1d(np.arange(len(sizes)), owner)
    owner = np.append(owner, without)
    rows = np.append(np.flatnonzero(long), len(long) + without)
    starts = np.append(0, np.cumsum(np.bincount(owner, minlength=len(sizes))))
    return rows[np.argsort(owner, kind="stable")], starts


def _stems_of(tokens: Tokens) -> csr_matrix:
    """Tell which stems stand in each text: sparse 0 and 1."""
    stems, stem_of = np.unique([stem(word) for word in tokens.words], return_inverse=True)
    numbers = stem_of[tokens.numbers].astype(np.int32)
    named = stems.tolist() or [""]  # not a word anywhere
    return _either(count_words(Tokens(named, numbers, tokens.starts)))


def _either(sums: csr_matrix) -> csr_matrix:
    """Tell what stands in any of the parts that were added up."""
    sums = sums.tocsr().astype(np.float32)
    sums.data[:] = 1
    sums.sort_indices()
    return sums
