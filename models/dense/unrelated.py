"""How similar the embeddings of unrelated texts are: the zero point of semantic similarity.

An encoder gives unrelated texts of a language that it was trained on a cosine around 0.2, and texts
of most other languages one of 0.5 to 0.8. In a script whose letters it does not have, all texts get
nearly the same vector: then the cosine says nothing, and is the same for all pairs.
"""

from __future__ import annotations

import numpy as np

from models.arrays import Mask, Positions, Rows, Vectors

SAMPLE = 4_000
"""Pairs of articles that are compared for each language."""

SPREADS = 2.44
"""Distances from the median to the upper quartile by which unrelated texts are below the median. In
a normal distribution that is the quantile of .05. Lower quantiles themselves would be those of a
few odd articles, such as a photo without a text or a report full of English names: one of 23 is in
a tenth of all pairs. Then all other pairs would seem similar.

A site on a single subject has few unrelated pairs, so that the median would be too high. A few
articles on one subject have none, and get fewer related cards. A lower limit for small archives
would make all their articles related: unrelated texts have .47 in Polish, and .65 in Greek and
Hindi."""

LOW_SIMILARITY = 0.23
"""Similarity that such a pair has. It is more than unrelated texts have in a language that the
encoder was trained on, and makes up for the smaller TF-IDF cosines of inflected languages. Chosen
on links of a Polish and a Czech site, and on small made-up archives in 46 languages."""

UNREAD_MEDIAN = 0.97
"""Median cosine of a language from which on the encoder cannot tell its texts apart. With the
built-in English encoder it is .987 in Burmese, and .999 in Amharic, Khmer, Lao and Telugu. The
highest of other languages was .93, in Georgian and Greek."""

UNREAD_SIMILARITY = 0.3
"""Highest similarity of a pair in such a language, so that text and title decide. Two random
articles have it as well, see :func:`random_similarity`."""


def unrelated_cosine(embeddings: Vectors, language: Rows, understood: Mask) -> Vectors:
    """Estimate the cosine that counts as no similarity, for the language of each article.

    Parameters
    ----------
    embeddings : float32, shape (n, d), unit rows.
    language : int32, shape (n,), a code of the language of each article.
    understood : bool, shape (n,), whether the encoder was trained on that language. Then its
        cosines need no correction, and the value is 0.

    Returns
    -------
    float32, shape (n,).
    """
    floor = np.zeros(len(embeddings), dtype=np.float32)
    for code in np.unique(language[~understood]).tolist():
        rows = np.flatnonzero(language == code)
        median, upper = _median_and_upper_quartile(embeddings, rows)
        low = median - SPREADS * (upper - median)
        is_read = median < UNREAD_MEDIAN
        floor[rows] = max(low - LOW_SIMILARITY, 0) if is_read else 1 - UNREAD_SIMILARITY
    return floor


def random_similarity(embeddings: Vectors, language: Rows, floor: Vectors) -> float:
    """Return the median similarity of two random articles of one language, above unrelated texts.

    Pairs in two languages are less similar, and would tell nothing about the subjects of a site.

    Parameters
    ----------
    embeddings : float32, shape (n, d), unit rows.
    language : int32, shape (n,), a code of the language of each article.
    floor : float32, shape (n,), see :func:`unrelated_cosine`.

    Returns
    -------
    Not below 0; 0 where no two articles have the same language.
    """
    first, second = _random_pairs_within(language)
    if not len(first):
        return 0.0
    cosines = np.einsum("ij,ij->i", embeddings[first], embeddings[second])
    return max(float(np.median(cosines - floor[first])), 0.0)


def _median_and_upper_quartile(embeddings: Vectors, rows: Positions) -> list[float]:
    """Return two quantiles of the cosines of random pairs of rows; 0 without any."""
    if len(rows) < 2:
        return [0.0, 0.0]
    first, second = _random_pairs(len(rows))
    cosines = np.einsum("ij,ij->i", embeddings[rows[first]], embeddings[rows[second]])
    return [float(value) for value in np.quantile(cosines, (0.5, 0.75))]


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
