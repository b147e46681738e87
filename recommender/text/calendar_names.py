"""Names of months and days of the week, in the languages of the CLDR. They are no keywords."""

from __future__ import annotations

from functools import lru_cache

from babel import Locale, UnknownLocaleError

from models.lexical.scripts import fold
from models.lexical.tfidf import STEM_LENGTH

MAX_ENDING = 2
"""Letters by which an inflected name is longer."""


@lru_cache(maxsize=256)
def calendar_names(language: str) -> frozenset[str]:
    """Return the folded names in a language (BCP 47); none for an unknown one."""
    try:
        locale = Locale.parse(language.partition("-")[0] or "en")
    except (UnknownLocaleError, ValueError):
        return frozenset()
    return frozenset(
        fold(name).rstrip(".")
        for names in (locale.days, locale.months)
        for context in ("format", "stand-alone")
        for width in ("wide", "abbreviated")
        for name in names[context][width].values()
    )


def is_calendar_name(word: str, language: str) -> bool:
    """Return whether a word is the name of a month or day, also with an ending."""
    folded = fold(word)
    if folded in calendar_names(language):
        return True
    longest = _stems(language).get(folded[:STEM_LENGTH], 0)
    return longest > 0 and len(folded) <= longest + MAX_ENDING


@lru_cache(maxsize=256)
def _stems(language: str) -> dict[str, int]:
    """Return the stems of the names that are long enough, with the length of the longest."""
    names = sorted(calendar_names(language), key=len)
    return {name[:STEM_LENGTH]: len(name) for name in names if len(name) >= STEM_LENGTH}
