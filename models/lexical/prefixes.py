"""Prefixes of Hebrew, Arabic and Amharic: "and", "in", "to", "the" are written without a space.

A word loses its prefixes if the rest also occurs with others or alone. So "בירושלים" and
"לירושלים" are one word, and "לבנון" stays, because "בנון" is no word.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping

MIN_REST = 3
"""Letters that remain of a word, at least."""

MIN_EVIDENCE = 0.1
"""Frequency of the rest in other words, as a share of the frequency of the word."""

MIN_ARTICLES = 0.1
"""Share of the words in Arabic script that begin with the article, from which on the language is
Arabic. In Persian and Urdu, which have no such prefixes, it is about a hundredth."""

MAX_PREFIX = 6
"""Letters of all prefixes of a word, at most."""

_HEBREW = re.compile("ו?(?:כש|מש|לכש|ש)?[מבכל]?ה?")
_ARABIC = re.compile("[وف]?(?:لل|[بكل]?(?:ال)?)")
_AMHARIC = re.compile("(?:የ|በ|ለ|ከ|ስለ|እንደ|እስከ|ወደ)?የ?")
_ARTICLE = re.compile("[وف]?(?:ال|بال|كال|لل)")

_LONG_PREFIXES = ("ال", "لل", "ስለ", "እንደ", "እስከ", "ወደ")
"""Prefixes of several letters; all others are one letter."""

_HEBREW_LETTERS = ("\u05d0", "\u05ea")
_ARABIC_LETTERS = ("\u0620", "\u064a")
_ETHIOPIC_LETTERS = ("\u1200", "\u135a")


def without_prefixes(words: Mapping[str, int]) -> dict[str, str]:
    """Find the words that lose a prefix.

    Parameters
    ----------
    words : folded words with their frequency, in any language.

    Returns
    -------
    dict
        What remains, by word.
    """
    hebrew = {word: count for word, count in words.items() if _begins_in(word, _HEBREW_LETTERS)}
    arabic = {word: count for word, count in words.items() if _begins_in(word, _ARABIC_LETTERS)}
    ethiopic = {word: count for word, count in words.items() if _begins_in(word, _ETHIOPIC_LETTERS)}
    found = _rests(hebrew, _HEBREW) | _rests(ethiopic, _AMHARIC)
    articles = sum(count for word, count in arabic.items() if _ARTICLE.match(word))
    if articles >= MIN_ARTICLES * sum(arabic.values()):
        found |= _rests(arabic, _ARABIC)
    return found


def _begins_in(word: str, letters: tuple[str, str]) -> bool:
    return letters[0] <= word[0] <= letters[1]


def _rests(words: Mapping[str, int], prefixes: re.Pattern[str]) -> dict[str, str]:
    """Return the shortest rest of each word for which there is enough evidence.

    Evidence is the frequency of the rest alone and after other prefixes than the last of the word:
    "وبيروت" is none that "بيروت" begins with a prefix.
    """
    rests = {word: _possible_rests(word, prefixes) for word in words}
    frequency: defaultdict[str, int] = defaultdict(int)
    after: defaultdict[tuple[str, str], int] = defaultdict(int)
    for word, count in words.items():
        frequency[word] += count
        for last, rest in rests[word]:
            frequency[rest] += count
            after[last, rest] += count
    found = {}
    for word, count in words.items():
        for last, rest in rests[word]:
            if frequency[rest] - after[last, rest] >= MIN_EVIDENCE * count:
                found[word] = rest
                break
    return found


def _possible_rests(word: str, prefixes: re.Pattern[str]) -> list[tuple[str, str]]:
    """Return what remains of a word after which last prefix, the shortest first."""
    longest = min(len(word) - MIN_REST, MAX_PREFIX)
    return [
        (_last_prefix(word[:length]), word[length:])
        for length in range(longest, 0, -1)
        if prefixes.fullmatch(word, 0, length)
    ]


def _last_prefix(prefixes: str) -> str:
    return next((one for one in _LONG_PREFIXES if prefixes.endswith(one)), prefixes[-1])
