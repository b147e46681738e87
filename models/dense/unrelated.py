"""How similar two random texts are, and which cosines are evidence of a common topic.

An encoder gives unrelated texts of a language that it was trained on a cosine around 0.2. In other
languages the built-in ones give 0.4 to 0.999. There the TF-IDF cosine alone tells related articles
apart at least as well as both together (docs/research.md). So cosines of embeddings are no
evidence.
"""

from __future__ import annotations

import numpy as np

from models.arrays import Mask, Positions, Rows, Vectors

SAMPLE = 4_000
"""Pairs of articles that are compared for each language."""

RANDOM_SIMILARITY = 0.33
"""Median similarity of random pairs with an encoder whose languages are not known. English sites of
general news have .14 to .37."""


def unrelated_cosine(embeddings: Vectors, language: Rows, understood: Mask | None) -> Vectors:
    """Estimate the cosine that counts as no similarity, for the language of each article.

    Parameters
    ----------
    embeddings : float32, shape (n, d), unit rows.
    language : int32, shape (n,), a code of the language of each article.
    understood : bool, shape (n,), whether the encoder was trained on that language; None if its
        languages are not known.

    Returns
    -------
    float32, shape (n,). It is 0 where the encoder was trained on the language, and infinite where
    it was not. If that is not known, it is :data:`RANDOM_SIMILARITY` below the median of the
    language, but not below 0.
    """
    if understood is not None:
        return np.where(understood, 0, np.inf).astype(np.float32)
    floor = np.zeros(len(embeddings), dtype=np.float32)
    for code in np.unique(language).tolist():
        rows = np.flatnonzero(language == code)
        floor[rows] = max(_median_cosine(embeddings, rows) - RANDOM_SIMILARITY, 0)
    return floor


def random_similarity(embeddings: Vectors, language: Rows, floor: Vectors) -> float:
    """Return the median similarity of two random articles of one language that the encoder knows.

    Pairs in two languages are less similar, and would not show how alike its subjects are.

    Parameters
    ----------
    embeddings : float32, shape (n, d), unit rows.
    language : int32, shape (n,), a code of the language of each article.
    floor : float32, shape (n,), see :func:`unrelated_cosine`.

    Returns
    -------
    Not below 0; 0 without such a pair.
    """
    known = np.flatnonzero(np.isfinite(floor))
    first, second = (known[rows] for rows in _random_pairs_within(language[known]))
    if not len(first):
        return 0.0
    cosines = np.einsum("ij,ij->i", embeddings[first], embeddings[second])
    return max(float(np.median(cosines - floor[first])), 0.0)


def _median_cosine(embeddings: Vectors, rows: Positions) -> float:
    """Return the median cosine of random pairs of rows; 0 without any."""
    if len(rows) < 2:
        return 0.0
    first, second = _random_pairs(len(rows))
    cosines = np.einsum("ij,ij->i", embeddings[rows[first]], embeddings[rows[second]])
    return float(np.median(cosines))


def _random_pairs_within(language: Rows) -> tuple[Positions, Positions]:
    """Return random pairs of rows of the same language; each row is as likely as any other."""
    _, code, sizes = np.unique(language, return_inverse=True, return_counts=True)
    by_language, starts = np.argsort(code, kind="stable"), np.cumsum(sizes) - sizes
    usable = np.flatnonzero(sizes[code] > 1)
    if not len(usable):
        return usable, usable
    random = np.random.default_rng(0)
    first = random.choice(usable, size=SAMPLE)
    place = np.empty_like(code)
    place[by_language] = np.arange(len(code))
    start, size = starts[code[first]], sizes[code[first]]
    step = random.integers(1, size)
    return first, by_language[start + (place[first] - start + step) % size]


def _random_pairs(size: int) -> tuple[Positions, Positions]:
    random = np.random.default_rng(0)
    first = random.integers(size, size=SAMPLE)
    return first, (first + random.integers(1, size, size=SAMPLE)) % size
