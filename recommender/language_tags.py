"""Read language tags (BCP 47): spelling, codes that were replaced, and scripts.

Sources write ``en_US``, ``EN``, ``iw`` for Hebrew, ``pol``, or "English". All are read as one tag.
The tables of the Unicode Common Locale Data Repository (CLDR) know codes, former ones, and usual
scripts. What is no code, such as ``cz`` or ``jp``, names no language; nor do two, as in ``en-zh``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from babel import Locale

_TAG = re.compile(
    r"(?P<language>[a-z]{2,3})(?:-(?P<script>[a-z]{4}))?(?:-(?P<region>[a-z]{2}|\d{3}))?"
    r"(?P<rest>(?:-[a-z\d]{1,8})*)",
    re.IGNORECASE,
)

MAX_LENGTH = 100
"""Characters of a tag or of a name of a language. Longer texts are neither."""

_ENCODING = re.compile(r"[.@]")
"""Beginning of the end of a POSIX locale such as ``pl_PL.UTF-8``."""

NO_LANGUAGE = frozenset({"und", "mul", "mis", "zxx", "root"})
"""Codes for an unknown language, several languages, or none."""

SAME_LANGUAGE = {"nb": "no", "nn": "no", "cmn": "zh", "arb": "ar"}
"""Written forms of one language that readers of either can read."""

SEVERAL_SCRIPTS = frozenset(
    {"az", "bs", "kk", "ks", "ku", "mn", "pa", "sd", "sr", "tk", "uz", "zh"}
)
"""Languages whose newsrooms use two scripts, so that a tag without a script leaves it open."""

_MICROSOFT_SCRIPTS = {"zh-chs": "zh-Hans", "zh-cht": "zh-Hant"}


class LanguageTag(NamedTuple):
    """The parts of a tag; missing parts are ""."""

    language: str
    script: str = ""
    region: str = ""
    rest: str = ""
    """Variants and extensions, each after a hyphen."""

    def __str__(self) -> str:
        """Write the tag in the case that BCP 47 recommends: ``zh-Hant-TW``."""
        return "-".join(filter(None, self[:3])) + self.rest


def canonical_tag(raw: str) -> str:
    """Return a tag in its present spelling, ``he-IL`` for ``iw_IL``; "" if it names no language.

    The English name of a language is read as well: ``en`` for "English".
    """
    tag = _parsed(raw)
    return "" if tag is None else str(tag)


def tag_without_region(raw: str) -> str:
    """Return the language of a tag, with the script where the region decides it.

    ``en`` for ``en-US``, ``zh-Hant`` for ``zh-TW``; "" if the tag names no language.
    """
    tag = _parsed(raw)
    if tag is None:
        return ""
    return str(LanguageTag(tag.language, _named_script(tag)))


def primary_language(raw: str) -> str:
    """Return the language of a tag alone: ``en`` of ``en-GB``, ``no`` of ``nb``.

    A text that is no tag is returned in lower case, so that it can be compared.
    """
    tag = _parsed(raw)
    if tag is None:
        return raw.strip().lower()
    return SAME_LANGUAGE.get(tag.language, tag.language)


def language_and_script(raw: str) -> str:
    """Return the part of a tag that the readers of an article must be able to read.

    This is the language, and the script if it is not the usual one: ``en`` of ``en-GB``,
    ``sr-Latn`` of ``sr-Latn-RS``. Chinese always has one: ``zh-Hant`` of ``zh-TW``.
    """
    return _language_and_script(raw[:MAX_LENGTH])


@lru_cache(maxsize=4_096)
def _language_and_script(raw: str) -> str:
    tag = _parsed(raw)
    if tag is None:
        return raw.strip().lower()
    language, script = primary_language(raw), _script_of(tag)
    is_usual = script == usual_script(tag.language) and language != "zh"
    return language if is_usual else f"{language}-{script}"


def tag_with_script(raw: str, script: str) -> str:
    """Return a tag that leaves the script open with a script, unless that is the usual one.

    Chinese always gets it, since readers of one script cannot be expected to read the other.
    """
    tag = _parsed(raw)
    if tag is None or not script or not leaves_script_open(raw):
        return raw
    is_usual = script == usual_script(tag.language) and tag.language != "zh"
    return raw if is_usual else str(tag._replace(script=script))


def leaves_script_open(raw: str) -> bool:
    """Return whether only the text of an article shows its script: ``sr``, ``sr-RS`` and ``zh``."""
    tag = _parsed(raw)
    return tag is not None and tag.language in SEVERAL_SCRIPTS and not _named_script(tag)


def usual_script(language: str) -> str:
    """Return the ISO 15924 code of the script that a language is usually written in."""
    return _script_of(LanguageTag(language))


def _parsed(raw: str) -> LanguageTag | None:
    """Parse a tag and replace former codes; None if it names no language."""
    return None if len(raw) > MAX_LENGTH else _parsed_tag(raw)


@lru_cache(maxsize=4_096)
def _parsed_tag(raw: str) -> LanguageTag | None:
    text = _ENCODING.split(raw.strip(), maxsplit=1)[0].replace("_", "-").strip("-")
    text = _MICROSOFT_SCRIPTS.get(text.lower(), text)
    found = _TAG.fullmatch(text)
    if found is None:
        named = _codes_by_name().get(raw.strip().casefold())
        return None if named is None else _parsed(named)
    language = found["language"].lower()
    script, region = (found["script"] or "").title(), (found["region"] or "").upper()
    present, _, implied = _cldr("language_aliases").get(language, language).partition("_")
    if present in NO_LANGUAGE or present not in _cldr("likely_subtags"):
        return None
    if _names_second_language(present, region):
        return None
    script = script or (implied if len(implied) == 4 else "")
    return LanguageTag(present, script, region, found["rest"].lower())


def _names_second_language(language: str, region: str) -> bool:
    """Return whether a region is no region but another language, as in ``en-zh``."""
    second = region.lower()
    if not _cldr("likely_subtags").get(second) or region in _cldr("territory_aliases"):
        return False
    same = SAME_LANGUAGE.get(second, second) == SAME_LANGUAGE.get(language, language)
    return not same and region not in _english().territories


def _named_script(tag: LanguageTag) -> str:
    """Return the script that a tag names itself or by a region with a script of its own, or ""."""
    own = _script_of(tag)
    by_region = tag.region and (tag.language == "zh" or own != usual_script(tag.language))
    return own if tag.script or by_region else ""


def _script_of(tag: LanguageTag) -> str:
    """Return the script of a tag: its own, or the usual one of its language and region."""
    if tag.script:
        return tag.script
    likely = _cldr("likely_subtags")
    found = likely.get(f"{tag.language}_{tag.region}") or likely.get(tag.language, "")
    return found.split("_")[1] if found.count("_") else ""


@lru_cache(maxsize=1)
def _codes_by_name() -> dict[str, str]:
    """English names of languages in lower case, with their codes."""
    return {name.casefold(): code for code, name in _english().languages.items()}


def _english() -> Locale:
    from babel import Locale  # noqa: PLC0415 - as below

    return Locale("en")


def _cldr(
    table: Literal["language_aliases", "likely_subtags", "territory_aliases"],
) -> Mapping[str, str]:
    from babel.core import get_global  # noqa: PLC0415 - 5 MB that most requests do not need

    return get_global(table)
