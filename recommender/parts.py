"""Titles, teasers and paragraphs of articles as stems: each text is cut once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack
from sklearn.feature_extraction.text import CountVectorizer

from models.passages import Passages
from models.words import stems
from recommender.article import Article
from recommender.texts import LONGEST

SHORTEST_PARAGRAPH = 5
"""Words: what is shorter is a sub-heading, a byline or a caption."""


def passages_of(articles: Sequence[Article]) -> Passages:
    """Cut title, teaser and lines into stems, each once, and put them together from there."""
    parts = [[a.title, a.teaser, *a.body[:LONGEST].splitlines()] for a in articles]
    first = np.cumsum([0, *(len(own) for own in parts)])
    texts = [text for own in parts for text in own]
    told = _stems_of(texts)
    leads = _either(told[first[:-1]] + told[first[:-1] + 1])
    rows, starts = _paragraphs(texts, first)
    whole = (np.ones(len(texts)), np.arange(len(texts)), first)
    return Passages(
        titles=told[first[:-1]],
        leads=leads,
        bodies=_either(csr_matrix(whole, shape=(len(articles), len(texts))) @ told),
        paragraphs=vstack([told, leads], format="csr")[rows],
        starts=starts,
    )


def _paragraphs(
    texts: Sequence[str], first: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Find the paragraphs of each article; one without any has its title and teaser for one.

    ``first``: where the parts of each begin, title and teaser ahead. Returns numbers of parts, or
    ``len(texts) + i`` for the lead of article i, and where each article's begin.
    """
    sizes = np.diff(first)
    long = np.array([len(text.split()) >= SHORTEST_PARAGRAPH for text in texts], dtype=bool)
    long[first[:-1]] = long[first[:-1] + 1] = False
    owner = np.repeat(np.arange(len(sizes)), sizes)[long]
    without = np.setdiff1d(np.arange(len(sizes)), owner)
    owner = np.append(owner, without)
    rows = np.append(np.flatnonzero(long), len(texts) + without)
    starts = np.append(0, np.cumsum(np.bincount(owner, minlength=len(sizes))))
    return rows[np.argsort(owner, kind="stable")], starts


def _stems_of(texts: Sequence[str]) -> csr_matrix:
    vectorizer = CountVectorizer(analyzer=stems, binary=True, dtype=np.float32)
    try:
        return vectorizer.fit_transform(texts).tocsr()
    except ValueError:  # not a word anywhere
        return csr_matrix((len(texts), 1), dtype=np.float32)


def _either(sums: csr_matrix) -> csr_matrix:
    """Tell what stands in any of the parts that were added up."""
    sums = sums.tocsr().astype(np.float32)
    sums.data[:] = 1
    sums.sort_indices()
    return sums
