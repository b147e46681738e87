"""The background of an article: what it has in common with random articles in its language.

A cosine says little by itself. That of two reports full of common words is greater than that of two
short ones on one topic. Its z-score against the background is comparable. Long texts also share
more words by chance, and the background estimates how much.
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

FEW_ARTICLES = 110
"""Articles of a background up to which shared words fully limit z-scores, see
:mod:`models.features.evidence`. The limit fades to none at twice as many: there more random pairs
share a word."""

CHANCE_QUANTILE = 0.6
"""Quantile of the sums of rarities that an article shares with others, up to which they are chance.
A greater one would count the words of a story with many articles as chance."""

MAX_CHANCE_SHARE = 0.1
"""Largest part of the rarity of an article's terms that counts as shared by chance. Otherwise, in
an archive on one topic, the words of the topic would."""

ROWS_AT_ONCE = 2_000
"""Articles whose cosines with a sample are in memory at once: 13 MB in double precision."""

BACKGROUND_SAMPLE = 400
"""Articles from which the mean and deviation of an article's cosines are estimated."""

ALL_LANGUAGES = -1
"""Stands for the sample of all articles."""


@dataclass(frozen=True)
class Background:
    """What n articles have in common with random known articles.

    Attributes
    ----------
    mean, std : shape (n,), of the TF-IDF cosines.
    chance_rarity : shape (n,), sum of the log rarities of the terms that an article shares with
        others by chance. It is 0 where ``size`` is 0 or at least twice :data:`FEW_ARTICLES`.
    size : int64, shape (n,), number of random articles that an article was compared with.
    samples : TF-IDF vectors of these articles, sparse, shape (s, v), by language code and
        :data:`ALL_LANGUAGES`.
    """

    mean: Floats
    std: Floats
    chance_rarity: Floats
    size: Positions
    samples: dict[int, csr_matrix]

    def log_rarity(self, language: int, terms: Rows) -> Floats:
        """Return the log rarity of terms in a language, ``log(n / df)``: shape (m,).

        Parameters
        ----------
        language : its code.
        terms : shape (m,), columns of the TF-IDF vectors.
        """
        return _log_rarity(self.samples.get(language, self.samples[ALL_LANGUAGES]), terms)


def _log_rarity(sample: csr_matrix, terms: Rows) -> Floats:
    """Return the log rarity of terms in a sample: shape (m,).

    A shared term has a document frequency of at least two. The n articles are those of the sample,
    and :data:`PRIOR_SIZE` others without the terms.
    """
    frequency = np.bincount(sample.indices, minlength=sample.shape[1])[terms]
    rarity = np.log((sample.shape[0] + PRIOR_SIZE) / np.maximum(frequency, 2))
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
    mean, std, chance = np.zeros((3, tfidf.shape[0]))
    size = np.zeros(tfidf.shape[0], dtype=np.intp)
    for code in np.unique(language).tolist():
        rows = np.flatnonzero(language == code)
        key = code if code in samples else ALL_LANGUAGES
        sample = tfidf[samples[key]]
        for first in range(0, len(rows), ROWS_AT_ONCE):
            own = rows[first : first + ROWS_AT_ONCE]
            is_self = own[:, None] == samples[key]
            texts = tfidf[own]
            mean[own], std[own] = _mean_and_std(texts, sample, is_self)
            chance[own] = _chance_rarity(texts, sample, is_self)
        size[rows] = len(samples[key])
    return Background(mean, std, chance, size, {key: tfidf[own] for key, own in samples.items()})


def background_of_later(
    later: csr_matrix, language: Rows, samples: dict[int, csr_matrix]
) -> Background:
    """Compare articles that are not in the corpus with its samples.

    An edited article is compared with its earlier version, too, until the next full run.

    Parameters
    ----------
    later : sparse, shape (m, v), unit rows.
    language : int32, shape (m,), codes as in the corpus.
    samples : see :class:`Background`.
    """
    mean, std, chance = np.zeros((3, later.shape[0]))
    size = np.zeros(later.shape[0], dtype=np.intp)
    for row, code in enumerate(language.tolist()):
        sample = samples.get(code, samples[ALL_LANGUAGES])
        own, size[row] = slice(row, row + 1), sample.shape[0]
        is_self = np.zeros((1, sample.shape[0]), dtype=bool)
        mean[own], std[own] = _mean_and_std(later[own], sample, is_self)
        chance[own] = _chance_rarity(later[own], sample, is_self)
    return Background(mean, std, chance, size, samples)


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


def _chance_rarity(tfidf: csr_matrix, others: csr_matrix, is_self: Mask) -> Floats:
    """Return the rarity that articles share with others by chance, see :class:`Background`.

    It is a quantile of what they share with the others, themselves, and :data:`PRIOR_SIZE` articles
    more. With the last two they share nothing.
    """
    if not 0 < others.shape[0] < 2 * FEW_ARTICLES:
        return np.zeros(tfidf.shape[0])
    rarity = _with_values(tfidf, _log_rarity(others, tfidf.indices))
    shared = (rarity @ _with_values(others, np.ones(others.nnz)).T).toarray()
    shared[is_self] = 0
    unlike = np.zeros((tfidf.shape[0], PRIOR_SIZE))
    usual = np.quantile(np.hstack([shared, unlike]), CHANCE_QUANTILE, axis=1)
    most = MAX_CHANCE_SHARE * np.asarray(rarity.sum(axis=1)).ravel()
    return np.asarray(np.minimum(usual, most), dtype=np.float64)


def _with_values(tfidf: csr_matrix, values: Floats) -> csr_matrix:
    """Return a matrix with the same positions and other values."""
    return csr_matrix((values, tfidf.indices, tfidf.indptr), shape=tfidf.shape)
