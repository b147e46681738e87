"""Abbreviations after which a sentence goes on, although a capital or a number follows.

The library that splits sentences knows others, and those without a vowel are recognised by that.
Some are words, too, such as Polish "im" ("them"). They are kept: a sentence that is too long is
better than a teaser that ends in the middle of one.
"""

from __future__ import annotations

from recommender.language_tags import primary_language

_SOUTH_SLAVIC = "akad dipl doc ul акад дипл ген инж ул"

_BY_LANGUAGE = {
    "bs": _SOUTH_SLAVIC,
    "da": "bl.a",
    "de": "abb abs",
    "el": "λεωφ οδ",
    "fr": "mlle mlles mme mmes",
    "hr": _SOUTH_SLAVIC,
    "hu": "ifj özv",
    "nb": "f.eks",
    "nl": "mevr",
    "nn": "f.eks",
    "no": "f.eks",
    "pl": "abp adw al arch asp doc dyr gen godz hab im insp inż kard kom m.in mec nadkom os "
    "podinsp podkom pow red reż sierż ur woj zob",
    "pt": "av exma",
    "ru": "бул ген им наб оз пос ред",
    "sh": _SOUTH_SLAVIC,
    "sl": _SOUTH_SLAVIC,
    "sr": _SOUTH_SLAVIC,
    "sv": "t.ex",
    "tr": "alb cad doç mah öğr sok",
    "uk": "бул ген наб просп",
}
"""Without the last full stop."""

_ABBREVIATIONS = {language: frozenset(words.split()) for language, words in _BY_LANGUAGE.items()}


def is_abbreviation(word: str, language: str) -> bool:
    """Return whether a word before a full stop is an abbreviation; acronyms are none.

    Parameters
    ----------
    word : without the full stop.
    language : BCP 47.
    """
    known = _ABBREVIATIONS.get(primary_language(language), ())
    return not word.isupper() and word.casefold() in known
