"""Words for amounts, in the languages of the CLDR: "forty", "million", "years"."""

from __future__ import annotations

from typing import Literal

from babel import Locale, UnknownLocaleError
from babel.numbers import format_compact_decimal
from babel.units import format_unit
from icu4py.messageformat import MessageFormat

AMOUNTS = (1, 1.5, 2, 3, 5, 21)
"""Numbers that cover the grammatical forms of counted words: Polish has four, Arabic five."""

SPELLED = (*range(20), *range(20, 100, 10), *range(100, 1001, 100))
"""Numbers that are also written as words."""

POWERS = (3, 6, 9, 12)
"""Powers of ten that have a name: thousand, million, billion, trillion."""

UNITS = (
    *(f"duration-{unit}" for unit in ("second", "minute", "hour", "day", "week", "month", "year")),
    "duration-decade",
    "duration-century",
    "concentr-percent",
)
"""Units of the CLDR without a relation to any topic."""

LENGTHS: tuple[Literal["short", "long"], ...] = ("long", "short")
"""Forms of numbers and units. Short numbers count, too, such as "mln"; short units are no words,
and some are names: "SEC"."""

OTHER_WORDS = {
    "cs": ("letech", "roku"),
    "de": ("Jahres", "Monaten"),
    "en": ("cent", "dozen", "dozens", "mln", "pct"),
    "fr": ("année", "années"),
    "pl": ("pkt", "proc"),
}
"""Common words and abbreviations that the CLDR lacks, by language."""


def measure_words(language: str) -> frozenset[str]:
    """Return the words in a language (BCP 47); none for an unknown one."""
    try:
        locale = Locale.parse(language.partition("-")[0] or "en")
    except (UnknownLocaleError, ValueError):
        return frozenset()
    phrases = [*OTHER_WORDS.get(locale.language, ())]
    phrases += [
        format_compact_decimal(amount * 10**power, format_type=length, locale=locale)
        for length in LENGTHS
        if length in locale.compact_decimal_formats
        for amount in AMOUNTS
        for power in POWERS
    ]
    for unit in UNITS:
        for length in LENGTHS:  # some languages have one form for both
            forms = [format_unit(amount, unit, length=length, locale=locale) for amount in AMOUNTS]
            if unit not in forms[0]:  # babel writes the identifier of a unit that it lacks
                phrases += forms
                break
    phrases += _spelled_numbers(locale.language)
    words = (word.strip(".") for phrase in phrases for word in phrase.split())
    return frozenset(word for word in words if word and not any(map(str.isdecimal, word)))


def _spelled_numbers(language: str) -> list[str]:
    """Return numbers as words; ICU marks where a long one may be divided."""
    spellout = MessageFormat("{number, spellout}", language)
    divisions = str.maketrans({"\u00ad": "", "\u200b": ""})
    return [spellout.format({"number": number}).translate(divisions) for number in SPELLED]
