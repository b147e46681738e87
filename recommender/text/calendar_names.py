"""Names of months and days of the week, in the languages of the CLDR. They are no keywords."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from typing import Literal

from babel import Locale, UnknownLocaleError

from models.lexical.scripts import fold
from models.lexical.tfidf import STEM_LENGTH

OTHER_ABBREVIATIONS = {"en": ("sept", "thur", "thurs", "tues", "weds")}
"""Abbreviations that the CLDR lacks, by language."""

SLAVIC = frozenset(("be", "bg", "bs", "cs", "hr", "mk", "pl", "ru", "sh", "sk", "sl", "sr", "uk"))
"""Languages whose names of days are inflected."""

VOWELS = frozenset("aeiouyąęěаеиоуыюяі")
"""Final letters that the inflected name of a day replaces: Polish "środa", "środę"."""

INFLECTED = SLAVIC | {"el", "et", "fi", "hu", "is", "lt", "lv", "ro", "tr"}
"""Languages with many endings, some of which replace the last letters of a name."""

ENDINGS = ("s", "es", "e", "n", "en", "er", "et")
"""Endings in other languages: "Mondays", "Montags", "söndagen". Other letters make another name:
"domenica" and "Domenico", "August" and "Augusta"."""

MIN_INFLECTED = 5
"""Letters of a name whose final vowel may differ."""

MAX_ENDING = 2
"""Letters by which an inflected name is longer."""

_TURKIC = "a da daki dan de deki den e ga ge i in ki ning nin ta taki tan te teki ten u un ya ye"

SUFFIXES = {
    "az": f"{_TURKIC} də dən ə",
    "et": "i il is iks ini ist l s st",
    "fi": "a hun ksi lla llä lta ltä n na nä ssa ssä sta stä ta tä",
    "hu": "a ban ben ból ból ből én ig i ja kor nak nek ra re t tól től án at et",
    "hy": "ի ին ից ն",
    "ka": "ამდე თვის ის ისა ით მდე ს ში",
    "kk": "ға ге да дағы дан де дегі ден ның нің та тан те тен",
    "tr": _TURKIC,
}
"""Case endings of agglutinative languages, such as "in" and "from": Hungarian "októberben"."""

AFTER_SHORT = frozenset(("da", "dan", "de", "den", "ta", "tan", "te", "ten"))
"""Endings behind a name of four letters. Turkish "martta" is "in March", and "Martin" a person."""

MIN_SUFFIXED = 4
"""Letters of a name that may have such an ending. Abbreviations have fewer."""

NOMINATIVE = "ი"
"""Ending of a Georgian name that others replace."""

PREFIXES = {"am": "በከለየ", "ar": "وبلفك", "he": "ובהלמכש"}
"""Letters that a language writes before a name, such as "in" and "and"."""

IN_A_MONTH = frozenset("ueěyуеіи")
"""Final letters of a Slavic month after "in", in place of another one: Polish "lipca", "lipcu"."""


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
    folded, primary = fold(word), language.partition("-")[0]
    without_prefix = folded[1:] if folded[:1] in PREFIXES.get(primary, ()) else folded
    return (
        not {folded, without_prefix}.isdisjoint(calendar_names(language))
        or _has_other_vowel(folded, language)
        or (primary in SUFFIXES and _has_suffix(folded, language))
        or any(
            _is_inflected(folded, name, primary)
            for name in _names_by_stem(language).get(folded[:STEM_LENGTH], ())
        )
    )


def _has_suffix(word: str, language: str) -> bool:
    """Return whether a word of an agglutinative language is a name with a case ending."""
    stems = (name.removesuffix(NOMINATIVE) for name in calendar_names(language))
    return any(
        word.removeprefix(stem)
        in (_suffixes(language) if len(stem) >= MIN_INFLECTED else AFTER_SHORT)
        for stem in stems
        if len(stem) >= MIN_SUFFIXED and word.startswith(stem)
    )


@lru_cache(maxsize=256)
def _suffixes(language: str) -> frozenset[str]:
    return frozenset(map(fold, SUFFIXES[language.partition("-")[0]].split()))


def _is_inflected(word: str, name: str, primary: str) -> bool:
    """Return whether a word may be a name with an ending; both have the same stem."""
    if primary in INFLECTED:
        return len(word) <= len(name) + MAX_ENDING
    return word.startswith(name) and word.removeprefix(name) in ENDINGS


def _has_other_vowel(word: str, language: str) -> bool:
    """Return whether a word is a Slavic name with another final vowel.

    Of months only some vowels count: in other languages names of days, and with other vowels names
    of months, are near first names: "domenica", "marca".
    """
    bare = _without_vowel(word)
    return bare in _bare_names(language, "days") or (
        word[-1:] in IN_A_MONTH and bare in _bare_names(language, "months")
    )


def _without_vowel(word: str) -> str:
    """Return a word without its final vowel; "" for others, and for short words."""
    return word[:-1] if len(word) >= MIN_INFLECTED and word[-1] in VOWELS else ""


@lru_cache(maxsize=256)
def _bare_names(language: str, kind: Literal["days", "months"]) -> frozenset[str]:
    """Return the Slavic names that end in a vowel, without it."""
    if language.partition("-")[0] not in SLAVIC:
        return frozenset()
    return frozenset(map(_without_vowel, _names(language, kind))) - {""}


@lru_cache(maxsize=256)
def _names_by_stem(language: str) -> dict[str, list[str]]:
    """Return the names that are long enough by their stem."""
    found = defaultdict[str, list[str]](list)
    for name in calendar_names(language):
        if len(name) >= STEM_LENGTH:
            found[name[:STEM_LENGTH]].append(name)
    return dict(found)
