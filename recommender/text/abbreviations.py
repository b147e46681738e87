"""Abbreviations with a vowel that stand before a capital or a number, so that no sentence ends.

The library that splits sentences knows others. Those without a vowel are recognised by that.
"""

from __future__ import annotations

from recommender.language_tags import primary_language

_CZECH = "arch doc gen ing judr mudr paeddr phdr rndr"
_SOUTH_SLAVIC = "akad dipl doc gen ing ul"

_BY_LANGUAGE = {
    "bs": _SOUTH_SLAVIC,
    "cs": _CZECH,
    "de": "abb abs dipl ev hl ing mio univ",
    "el": "λεωφ οδ",
    "fr": "boul mlle mlles mme mmes",
    "hr": _SOUTH_SLAVIC,
    "hu": "id ifj özv",
    "nl": "burg ing mevr",
    "pl": "abp adw al arch asp doc dyr gen godz hab im insp inż kard kom lek mec nadkom os podinsp "
    "podkom por pow red reż sierż ul ur woj zob",
    "pt": "av eng exma exmo",
    "ru": "акад бул ген им наб оз пер пос просп ред",
    "sk": _CZECH,
    "sl": _SOUTH_SLAVIC,
    "sr": _SOUTH_SLAVIC,
    "tr": "alb av bul cad doç mah org öğr sok",
    "uk": "акад бул ген ім наб оз пров просп ред",
}

_WORDS = {language: frozenset(words.split()) for language, words in _BY_LANGUAGE.items()}


def is_abbreviation(word: str, language: str) -> bool:
    """Return whether a word before a full stop is an abbreviation.

    Parameters
    ----------
    word : without the full stop.
    language : BCP 47.
    """
    return word.casefold() in _WORDS.get(primary_language(language), ())
