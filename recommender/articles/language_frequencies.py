"""Weight the languages that texts may be in with how frequent each is in an archive.

Pure arrays: n texts, s sections, and l languages in the order of
:func:`recommender.text.language.labels`.
"""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from models.arrays import Floats, Mask, Positions, Vectors
from recommender.text.language import labels

SECTION_STRENGTH = 5.0
"""Articles as which the frequencies of the archive count in those of a section."""

FLOOR = 0.01
"""Added to the probabilities of languages in the script of a text."""

TINY = 1e-4
"""Likelihood of a text in an unknown language."""

MIN_GAIN = 4.0
MIN_MEAN_GAIN = 0.01
"""Log-likelihood by which a language must explain the texts better: in sum, and more per text."""

WEB_SHARES = {
    "en": 49.0, "es": 6.0, "de": 6.0, "ja": 5.0, "fr": 4.5, "pt": 4.0, "ru": 4.0, "it": 3.0,
    "nl": 2.0, "pl": 2.0, "tr": 1.7, "fa": 1.0, "zh": 1.0, "vi": 1.0, "id": 1.0, "cs": 1.0,
}  # fmt: skip
"""Percentage of web sites by language (W3Techs, "Usage statistics of content languages", 2025)."""

OTHER_SHARE = 0.2
"""The same of each other language."""

WEIGHTS = (0.02, 0.05, 0.1, 0.25, 0.5, 0.9)
"""Frequencies that are tried for a language that may be added."""

MAX_SAMPLE = 2_000
"""Texts by which the languages are chosen."""

ROUNDS = 20
"""Rounds of the estimation of frequencies."""

INDISTINCT = ("hr", "sr", "bs")
"""Languages whose texts in Latin letters the model cannot tell apart: it takes Serbian for Bosnian.
The first is never written in other letters."""


def merged_indistinct(
    chosen: Positions, unrestricted: Vectors, scores: Vectors, in_archive: Floats
) -> tuple[Positions, Mask]:
    """Put the texts in :data:`INDISTINCT` into one of these languages, so that no site is split.

    It is the likeliest one of all these texts together, if a language is as frequent as articles
    of known language have it. Each language counts once more, since the archive may lack it.

    Parameters
    ----------
    chosen : language of each text, (n,).
    unrestricted, scores : (n, l), of all languages and of those that the settings allow.
    in_archive : articles of known language, (l,).

    Returns
    -------
    chosen : (n,). Texts without Latin letters keep their language.
    merged : which texts are in one of :data:`INDISTINCT` in Latin letters, (n,).
    """
    columns = np.array([labels().index(language) for language in INDISTINCT])
    is_latin = unrestricted[:, columns[0]] > 0
    merged = is_latin & np.isin(chosen, columns)
    likely = (1 + in_archive[columns]) * scores[np.ix_(merged, columns)].sum(axis=0)
    return np.where(merged, columns[likely.argmax()], chosen), merged


def weighted_by_frequency(
    scores: Vectors,
    scripts: NDArray[np.str_],
    codes: Positions,
    in_sections: Floats,
    in_archive: Floats,
) -> Floats:
    """Weight probabilities with the frequencies of the languages in a section and in the archive.

    Parameters
    ----------
    scores : (n, l), sorted by section. A row of zeros is a text that shows nothing.
    scripts, codes : script and section of each text, (n,).
    in_sections, in_archive : articles of known language, (s, l) and (l,).

    Returns
    -------
    float64, (n, l).
    """
    texts = _with_floor(scores) * _languages_of(scores, scripts, in_archive)
    present, starts = np.unique(codes, return_index=True)
    weighted: Floats = texts / texts.sum(axis=1, keepdims=True)
    for _ in range(ROUNDS):
        total = in_archive + weighted.sum(axis=0)
        prior = in_sections + SECTION_STRENGTH * total / total.sum()
        prior[present] += np.add.reduceat(weighted, starts)
        product = texts * prior[codes]
        weighted = product / product.sum(axis=1, keepdims=True)
    return weighted


def _with_floor(scores: Vectors) -> Floats:
    """Raise small probabilities of languages in the same script: a title may be a foreign name."""
    silent = ~scores.any(axis=1, keepdims=True)
    return np.where(silent, 1.0, np.where(scores > 0, scores + FLOOR, 0.0))


def _languages_of(scores: Vectors, scripts: NDArray[np.str_], in_archive: Floats) -> Mask:
    """Choose the languages that an archive is in, (l,): the known ones and those of the texts.

    ``scripts`` are those of the texts, "" without letters. The most frequent one comes first.
    """
    chosen = in_archive > 0
    for script, _ in Counter(scripts.tolist()).most_common():
        if script:
            texts = _with_floor(scores[scripts == script])
            chosen |= _languages_in(texts[:: len(texts) // MAX_SAMPLE + 1], chosen, in_archive)
    return chosen


def _languages_in(texts: Floats, chosen: Mask, in_archive: Floats) -> Mask:
    """Choose the languages of texts in one script, (l,).

    To those of ``chosen`` that have this script are added those without which the texts are much
    less likely: forward selection by the likelihood of a mixture.
    """
    chosen = chosen & texts.any(axis=0)
    while True:
        explained = _mixture(texts, chosen, in_archive)
        gains = np.max([_gain(texts, explained, weight) for weight in WEIGHTS], axis=0)
        best = int((gains + _log_shares()).argmax())
        needed = MIN_GAIN + MIN_MEAN_GAIN * len(texts) if chosen.any() else -np.inf
        if chosen[best] or gains[best] < needed:
            return chosen
        chosen[best] = True


def _log_shares() -> Floats:
    """Return how likely a language is before any text is read, in logarithms: (l,)."""
    return np.log([WEB_SHARES.get(label, OTHER_SHARE) for label in labels()])


def _mixture(texts: Floats, chosen: Mask, in_archive: Floats) -> Floats:
    """Return the likelihood of each text in a mixture of the chosen languages, (n,)."""
    if not chosen.any():
        return np.full(len(texts), TINY)
    columns, known = texts[:, chosen], in_archive[chosen]
    frequencies = np.full(columns.shape[1], 1 / columns.shape[1])
    for _ in range(ROUNDS):
        product = columns * frequencies
        counts = known + (product / product.sum(axis=1, keepdims=True)).sum(axis=0)
        frequencies = counts / counts.sum()
    return np.asarray(columns @ frequencies)


def _gain(texts: Floats, explained: Floats, weight: float) -> Floats:
    """Return how much each language raises the log-likelihood with a weight in the mixture."""
    ratio = texts / explained[:, None]
    return np.asarray(np.log1p(weight * (ratio - 1)).sum(axis=0))
