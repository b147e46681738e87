"""The background of an article: its TF-IDF cosines with random articles in its language.

A cosine says little by itself. That of two reports full of common words is greater than that of two
short ones on one topic. Its z-score against the background is comparable.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from models.arrays import Floats, Mask, Positions, Rows
from models.features.evidence_weights import MAX_RARITY

MIN_BACKGROUND = 5
"""Known articles of a language below which those of all languages are the background."""

PRIOR_SIZE = 6
"""Size of an archive whose z-scores count as much as those of a usual archive. The rarity of terms
is that in an archive with so many more articles. Otherwise ten articles on one topic would have
nothing in common, as random ones among them have as much."""

ROWS_AT_ONCE = 2_000
"""Articles whose cosines with a sample are in memory at once: 13 MB in double precision."""

BACKGROUND_SAMPLE = 400
"""Articles from which the mean and deviation of an article's cosines are estimated."""

ALL_LANGUAGES = -1
"""Stands for the sample of all articles."""


@dataclass(frozen=True)
class Background:
    """Mean and deviation of the TF-IDF cosines of n articles with random known articles.

    Attributes
    ----------
    mean, std : shape (n,).
    size : int64, shape (n,), number of random articles that an article was compared with.
    samples : TF-IDF vectors of these articles, sparse, shape (s, v), by language code and
        :data:`ALL_LANGUAGES`.
    """

    mean: Floats
    std: Floats
    size: Positions
    samples: dict[int, csr_matrix]

    def log_rarity(self, language: int, terms: Rows) -> Floats:
        """Return the log rarity of terms in a language, ``log(n / df)``: shape (m,).

        A shared term has a document frequency of at least two. The n articles are those that an
        article of the language is compared with, and :data:`PRIOR_SIZE` others without the terms.

        Parameters
        ----------
        language : its code.
        terms : shape (m,), columns of the TF-IDF vectors.
        """
        sample = self.samples.get(language, self.samples[ALL_LANGUAGES])
        frequency = np.bincount(sample.indices, minlength=sample.shape[1])[terms]
        size = sample.shape[0] + PRIOR_SIZE
        rarity = np.log(size / np.maximum(frequency, 2))
        return np.asarray(np.minimum(rarity, MAX_RARITY), dtype=np.float64)


def background_by_language(tfidf: csr_matrix, known: Mask, language: Rows) -> Background:
    """Compare each article with known articles in its language.

    Texts in another language share hardly a word: among them every text would seem similar.

    Parameters
    ----------
    tfidf : sparse, shape (n, v), unit rows.
    known : bool, shape (n,).
    language : int32, shape (n,), codes.
    """
    samples = _samples(known, language)
    mean, std = np.zeros((2, tfidf.shape[0]))
    size = np.zeros(tfidf.shape[0], dtype=np.intp)
    for code in np.unique(language).tolist():
        rows = np.flatnonzero(language == code)
        key = code if code in samples else ALL_LANGUAGES
        sample = tfidf[samples[key]]
        for first in range(0, len(rows), ROWS_AT_ONCE):
            own = rows[first : first + ROWS_AT_ONCE]
            is_self = own[:, None] == samples[key]
            mean[own], std[own] = _mean_and_std(tfidf[own], sample, is_self)
        size[rows] = len(samples[key])
    return Background(mean, std, size, {key: tfidf[own] for key, own in samples.items()})


def background_of_later(
    later: csr_matrix, language: Rows, samples: dict[int, csr_matrix]
) -> Background:
    """Compare articles that are not in the corpus with its samples.

    Parameters
    ----------
    later : sparse, shape (m, v), unit rows.
    language : int32, shape (m,), codes as in the corpus.
    samples : see :class:`Background`.
    """
    mean, std = np.zeros((2, later.shape[0]))
    size = np.zeros(later.shape[0], dtype=np.intp)
    for row, code in enumerate(language.tolist()):
        sample = samples.get(code, samples[ALL_LANGUAGES])
        own, size[row] = slice(row, row + 1), sample.shape[0]
        is_self = np.zeros((1, sample.shape[0]), dtype=bool)
        mean[own], std[own] = _mean_and_std(later[own], sample, is_self)
    return Background(mean, std, size, samples)


def _samples(known: Mask, language: Rows) -> dict[int, Positions]:
    """Sample known articles evenly, of all and of each language that has enough."""
    found = {ALL_LANGUAGES: _evenly(np.flatnonzero(known))}
    for code in np.unique(language).tolist():
        rows = np.flatnonzero(known & (language == code))
        if len(rows) >= MIN_BACKGROUND:
            found[code] = _evenly(rows)
    return found


def _evenly(rows: Positions) -> Positions:
    places = np.linspace(0, len(rows) - 1, min(BACKGROUND_SAMPLE, len(rows)))
    return rows[places.astype(np.intp)]


def _mean_and_std(tfidf: csr_matrix, others: csr_matrix, is_self: Mask) -> tuple[Floats, Floats]:
    """Return mean and deviation of the cosines of articles with others, but not with themselves."""
    if others.shape[0] == 0:
        return np.zeros(tfidf.shape[0]), np.zeros(tfidf.shape[0])
    cosines = (tfidf @ others.T).toarray().astype(np.float64)
    cosines[is_self] = np.nan
    count = np.maximum((~np.isnan(cosines)).sum(axis=1), 1)
    mean = np.nansum(cosines, axis=1) / count
    return mean, np.sqrt(np.nansum((cosines - mean[:, None]) ** 2, axis=1) / count)
