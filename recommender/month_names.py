"""The names of months in the languages of news sites, from the CLDR."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import product

from babel import Locale, UnknownLocaleError

_OTHER_NAMES = {"sept": 9, "mrz": 3, "maerz": 3, "jänner": 1, "feber": 2, "fevrier": 2, "aout": 8}
"""Spellings of months that the CLDR does not have."""

_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")

_REGIONS = {"ar": ("ar", "ar-LB", "ar-DZ", "ar-MA")}
"""Locales of a language that have other names of months."""

_COMMON = """
en es de fr it pt nl pl sv da nb fi cs sk hu ro hr bg uk ru el tr id
ar he th hi bn
"""
COMMON_LANGUAGES = tuple(_COMMON.split())
"""Languages whose months are tried where the language of a text is unknown or wrong."""


def month_of(word: str, language: str = "") -> int:
    """Return the number of a month by its name or abbreviation in a language or in English.

    0 if the word is none.
    """
    folded = _folded(word)
    primary = language.replace("_", "-").partition("-")[0].casefold()
    known = (names.get(folded) for names in (_months(primary), _months("en"), _OTHER_NAMES))
    return next(filter(None, known), 0)


def roman_month(word: str) -> int:
    """Return the number of a month in Roman numerals, as Polish has them; 0 if it is none."""
    return _ROMAN.index(word) + 1 if word in _ROMAN else 0


def month_anywhere(word: str) -> int:
    """Return the month that a word means in all common languages that have it; 0 if it is none."""
    return _all_months().get(_folded(word), 0)


def _folded(name: str) -> str:
    """Fold case, and leave out dots and the Hebrew "in", with which no month begins."""
    return name.casefold().replace(".", "").removeprefix("ב")


@lru_cache(maxsize=256)
def _months(language: str) -> dict[str, int]:
    """Return the months of a language by their folded names, and by unambiguous beginnings."""
    names = dict(_month_names(language))
    beginnings: dict[str, set[int]] = {}
    for name, number in names.items():
        for end in range(3, len(name)):
            beginnings.setdefault(name[:end], set()).add(number)
    return {
        begin: next(iter(found)) for begin, found in beginnings.items() if len(found) == 1
    } | names


def _month_names(language: str) -> Iterator[tuple[str, int]]:
    for name in _REGIONS.get(language, (language,)):
        try:
            months = Locale.parse(name, sep="-").months
        except (UnknownLocaleError, ValueError, TypeError):
            return
        for context, width in product(("format", "stand-alone"), ("wide", "abbreviated")):
            for number, month in months[context][width].items():
                yield _folded(month), number


@lru_cache(maxsize=1)
def _all_months() -> dict[str, int]:
    """Return the names that mean one month only in the common languages."""
    found: dict[str, set[int]] = {}
    for language in COMMON_LANGUAGES:
        for name, number in _month_names(language):
            found.setdefault(name, set()).add(number)
    return {name: next(iter(numbers)) for name, numbers in found.items() if len(numbers) == 1}
