"""Names of months and days of the week, in the languages of the CLDR. They are no keywords."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from babel import Locale, UnknownLocaleError

from models.lexical.scripts import fold
from models.lexical.tfidf import STEM_LENGTH

OTHER_ABBREVIATIONS = {"en": ("sept", "thur", "thurs", "tues", "weds")}
"""Abbreviations that the CLDR lacks, by language."""

SLAVIC = frozenset(("be", "bg", "bs", "cs", "hr", "mk", "pl", "ru", "sh", "sk", "sl", "sr", "uk"))
"""Languages whose names of days are inflected."""

VOWELS = frozenset("aeiouyąęаеиоуыюя")
"""Final letters that the inflected name of a day replaces: Polish "środa", "środę"."""

MIN_INFLECTED = 5
"""Letters of a name whose final vowel may differ."""

MAX_ENDING = 2
"""Letters by which an inflected name is longer."""


@lru_cache(maxsize=256)
def calendar_names(language: str) -> frozenset[str]:
    """Return the folded names in a language (BCP 47); none for an unknown one."""
    return _names(language, "days") | _names(language, "months")


@lru_cache(maxsize=256)
def _names(language: str, kind: Literal["days", "months"]) -> frozenset[str]:
    try:
        locale = Locale.parse(language.partition("-")[0] or "en")
    except (UnknownLocaleError, ValueError):
        return frozenset()
    return frozenset(
        fold(name).rstrip(".")
        for context in ("format", "stand-alone")
        for width in ("wide", "abbreviated")
        for name in getattr(locale, kind)[context][width].values()
    ) | frozenset(OTHER_ABBREVIATIONS.get(locale.language, ()))


def is_calendar_name(word: str, language: str) -> bool:
    """Return whether a word is the name of a month or day, also with an ending."""
    folded = fold(word)
    if folded in calendar_names(language) or _without_vowel(folded) in _bare_names(language):
        return True
    longest = _stems(language).get(folded[:STEM_LENGTH], 0)
    return longest > 0 and len(folded) <= longest + MAX_ENDING


def _without_vowel(word: str) -> str:
    """Return a word without its final vowel; "" for others, and for short words."""
    return word[:-1] if len(word) >= MIN_INFLECTED and word[-1] in VOWELS else ""


@lru_cache(maxsize=256)
def _bare_names(language: str) -> frozenset[str]:
    """Return the inflected names of days that end in a vowel, without it.

    In other languages they are near first names, as months are: "domenica", "marca".
    """
    if language.partition("-")[0] not in SLAVIC:
        return frozenset()
    return frozenset(map(_without_vowel, _names(language, "days"))) - {""}


@lru_cache(maxsize=256)
def _stems(language: str) -> dict[str, int]:
    """Return the stems of the names that are long enough, with the length of the longest."""
    names = sorted(calendar_names(language), key=len)
    return {name[:STEM_LENGTH]: len(name) for name in names if len(name) >= STEM_LENGTH}
