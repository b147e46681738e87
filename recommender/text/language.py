"""Detect the language and the script of a text."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import cache, lru_cache
from typing import TYPE_CHECKING

import numpy as np

from models.arrays import Vectors
from recommender.language_tags import SAME_LANGUAGE, SEVERAL_SCRIPTS, usual_script

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

MAX_CHARACTERS = 2000
"""Characters of a text that are analysed; more do not change the result."""

NO_TEXT_LANGUAGE = "zxx"
"""Class of the model for a text in no language."""

MERGED = {
    **SAME_LANGUAGE,
    "arz": "ar",
    "ary": "ar",
    "wuu": "zh",
    "yue": "zh",
    "hbo": "he",
    "grc": "el",
    "uzs": "uz",
}
"""Classes of the model that are one language to its readers: dialects and written forms."""

SCRIPTS = {
    "LATIN": "Latn",
    "CYRILLIC": "Cyrl",
    "GREEK": "Grek",
    "ARABIC": "Arab",
    "HEBREW": "Hebr",
    "CJK": "Hani",
    "HIRAGANA": "Kana",
    "KATAKANA": "Kana",
    "KATAKANA-HIRAGANA": "Kana",
    "HANGUL": "Hang",
    "DEVANAGARI": "Deva",
    "BENGALI": "Beng",
    "GURMUKHI": "Guru",
    "GUJARATI": "Gujr",
    "ORIYA": "Orya",
    "TAMIL": "Taml",
    "TELUGU": "Telu",
    "KANNADA": "Knda",
    "MALAYALAM": "Mlym",
    "SINHALA": "Sinh",
    "THAI": "Thai",
    "LAO": "Laoo",
    "MYANMAR": "Mymr",
    "KHMER": "Khmr",
    "TIBETAN": "Tibt",
    "GEORGIAN": "Geor",
    "ARMENIAN": "Armn",
    "ETHIOPIC": "Ethi",
    "THAANA": "Thaa",
    "MONGOLIAN": "Mong",
}
"""Scripts by the first word of their letters' Unicode names, as ISO 15924 codes."""

WRITTEN_IN = {
    "Jpan": {"Kana", "Hani"},
    "Kore": {"Hang", "Hani"},
    "Hans": {"Hani"},
    "Hant": {"Hani"},
}
"""Scripts of letters in writing systems that mix several, or that have none of their own."""

MIN_KANA_SHARE = 0.05
"""Share of kana from which a text with Chinese characters is Japanese."""

SYLLABIC = ("Hani", "Kana", "Hang")
SYLLABIC_WEIGHT = 2.0
"""Letters of an alphabet as which a character of these scripts counts: it is a syllable."""

NAME_WEIGHT = 0.25
"""Letters as which a Latin one outside sentences counts. Names and code in Latin letters are in
texts of every script; the reverse is rare."""

_LATIN = r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]"
_LATIN_LETTERS = re.compile(_LATIN + "+")
_LATIN_SENTENCE = re.compile(rf"(?<!{_LATIN}){_LATIN}+(?:[ '’-]{_LATIN}+){{3,}}")
"""Four words in a row. Most names have fewer, and code has other characters in between."""


def detect_language(text: str) -> str:
    """Return the most likely language as BCP 47 ("en", "pl"); "und" for a text without letters."""
    scores = language_scores(text)
    return str(labels()[int(scores.argmax())]) if scores.any() else "und"


@cache
def labels() -> list[str]:
    """Return the languages that can be detected, as BCP 47."""
    names = dict.fromkeys(MERGED.get(name, name) for name in _model().nb_classes)
    return [name for name in names if name != NO_TEXT_LANGUAGE]


def language_scores(text: str) -> Vectors:
    """Compute the probability of each language if all were equally frequent.

    The model is a naive Bayes classifier of byte n-grams (Lui and Baldwin 2012), whose scores are
    divided by the square root of the length, which makes them probabilities that hold. Of a text in
    another script it does not read the Latin letters: names and code show no language.

    Returns
    -------
    float32, shape (l,), in the order of :func:`labels`. The sum is 1. Languages that are not
    written in the script of the text have 0. All are 0 for a text without letters.
    """
    sample = text[:MAX_CHARACTERS]
    script = script_of(sample)
    scores = np.zeros(len(labels()), dtype=np.float32)
    if not script:
        return scores
    positions = {name: position for position, name in enumerate(labels())}
    shown = sample if script == "Latn" else _LATIN_LETTERS.sub("", sample)
    for name, score in _model().rank(shown):
        position = positions.get(MERGED.get(name, name))
        if position is not None and script in _scripts(name):
            scores[position] += score
    total = float(scores.sum())
    return scores / total if total > 0 else scores


def script_of(text: str) -> str:
    """Return the ISO 15924 code of the script that a text is written in; "" without letters.

    It is the one with the most letters, where :data:`SYLLABIC` ones count more and Latin ones
    outside sentences less. ``Hani`` are Chinese characters, ``Kana`` is Japanese.
    """
    sample = text[:MAX_CHARACTERS]
    counts: Counter[str] = Counter()
    for character, number in Counter(sample).items():
        if script := _script(character):
            counts[script] += number
    if counts["Kana"] > MIN_KANA_SHARE * counts["Hani"] and counts["Hani"]:
        counts["Kana"] += counts["Hani"]
    weights: dict[str, float] = dict(counts)
    for script in counts.keys() & SYLLABIC:
        weights[script] *= SYLLABIC_WEIGHT
    if len(counts) > 1 and counts["Latn"]:
        sentences = sum(map(len, _LATIN_SENTENCE.findall(sample)))
        weights["Latn"] = max(NAME_WEIGHT * counts["Latn"], sentences)
    return max(weights, key=weights.__getitem__, default="")


def chinese_script(text: str) -> str:
    """Return ``Hans`` for simplified and ``Hant`` for traditional characters; "" if both use them.

    GB 2312 encodes the simplified characters and Big5 the traditional ones. A character that only
    one of them has belongs to its script.
    """
    simplified = traditional = 0
    for character in text[:MAX_CHARACTERS]:
        if _script(character) == "Hani":
            in_simplified, in_traditional = (
                _encodes("gb2312", character),
                _encodes("big5", character),
            )
            simplified += in_simplified and not in_traditional
            traditional += in_traditional and not in_simplified
    if simplified == traditional:
        return ""
    return "Hans" if simplified > traditional else "Hant"


@lru_cache(maxsize=65_536)
def _script(character: str) -> str:
    """Return the script of a letter; "" for other characters and for rare scripts."""
    if not character.isalpha():
        return ""
    return SCRIPTS.get(unicodedata.name(character, "").partition(" ")[0], "")


@lru_cache(maxsize=65_536)
def _encodes(encoding: str, character: str) -> bool:
    return bool(character.encode(encoding, "ignore"))


@cache
def _scripts(language: str) -> frozenset[str]:
    """Return the scripts in which a language of the model is written."""
    usual = usual_script(language) or "Latn"
    further = {"Latn", "Cyrl", "Arab"} if language in SEVERAL_SCRIPTS - {"zh"} else set()
    return frozenset(WRITTEN_IN.get(usual, {usual}) | further)


@cache
def _model() -> LanguageIdentifier:
    from py3langid import langid  # noqa: PLC0415 - reads a model, which services do not need

    return langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE, norm_probs=True)
