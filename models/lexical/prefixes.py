"""Prefixes of Hebrew, Arabic and Amharic: "and", "in", "to", "the" are written without a space.

A word loses its prefixes if the rest also occurs with others or alone. So "בירושלים" and
"לירושלים" are one word, and "לבנון" stays, because "בנון" is no word.

One text alone hardly shows that. A later text loses the prefixes that the corpus has shown.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.lexical.vocabulary import UNKNOWN, Columns

FindRests = Callable[[Mapping[str, int]], Mapping[str, str]]
"""Returns what remains of those folded words, with their frequency, that lose a prefix."""

MIN_REST = 3
"""Letters that remain of a word, at least."""

MIN_EVIDENCE = 0.1
"""Frequency of the rest in other words, as a share of the frequency of the word."""

MIN_ARTICLES = 0.1
"""Share of the words in Arabic script that begin with the article, from which on the language is
Arabic. In Persian and Urdu, which have no such prefixes, it is about a hundredth."""

MAX_PREFIX = 6
"""Letters of all prefixes of a word, at most."""

WORDS_AT_ONCE = 100_000
"""Words whose possible rests are looked up together, which bounds the memory."""

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
    """Find the words of a corpus that lose a prefix.

    Parameters
    ----------
    words : all folded words of the corpus with their frequency, in any language.

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


@dataclass(frozen=True)
class FittedPrefixes:
    """The prefixes that words of later texts lose.

    By rule a word loses the longest prefixes whose rest is a term of the corpus. A word that the
    corpus has loses what it lost there. Most of them follow the rule, so only the others are
    stored: for example those whose rest is a stop word or is in a single text.

    Attributes
    ----------
    terms : of the corpus.
    exceptions : letters that a word of the corpus loses, where the rule says otherwise.
    has_arabic : whether words in Arabic script lose prefixes, see :data:`MIN_ARTICLES`.
    """

    terms: Columns
    exceptions: Columns
    has_arabic: bool

    @classmethod
    def of(
        cls, words: Sequence[str], rest_ids: NDArray[np.int32], terms: Columns
    ) -> FittedPrefixes:
        """Keep which words of a corpus lose a prefix.

        Parameters
        ----------
        words, rest_ids : of all its texts, see :class:`models.lexical.tokenizer.Tokens`.
        terms : its words and word pairs that later texts are compared by.
        """
        shortened = np.flatnonzero(rest_ids != np.arange(len(rest_ids))).tolist()
        has_arabic = any(_begins_in(words[place], _ARABIC_LETTERS) for place in shortened)
        exceptions = {}
        for first in range(0, len(words), WORDS_AT_ONCE):
            block = slice(first, first + WORDS_AT_ONCE)
            rest_of = dict(zip(words[block], rest_ids[block].tolist(), strict=True))
            for word, by_rule in _rests_by_rule(rest_of, terms, has_arabic).items():
                if (rest := words[rest_of[word]]) != by_rule:
                    exceptions[word] = len(word) - len(rest)
        return cls(terms, Columns.numbered(exceptions), has_arabic)

    def rests(self, words: Iterable[str]) -> dict[str, str]:
        """Find the words of later texts that lose a prefix.

        The frequency of the words does not matter, nor which others a text has. So equal words of
        different texts stay equal.

        Parameters
        ----------
        words : folded and distinct, in any language.

        Returns
        -------
        dict
            What remains, by word.
        """
        by_rule = _rests_by_rule(words, self.terms, self.has_arabic)
        lost = self.exceptions.of_texts(list(by_rule)).tolist()
        rests = {
            word: rest if length == UNKNOWN else word[length:]
            for (word, rest), length in zip(by_rule.items(), lost, strict=True)
        }
        return {word: rest for word, rest in rests.items() if rest != word}


def _rests_by_rule(words: Iterable[str], terms: Columns, has_arabic: bool) -> dict[str, str]:
    """Return the shortest rest of each word that is a term, or the word where none is.

    Words that cannot have a prefix are left out.
    """
    possible = {}
    for word in words:
        prefixes = _prefixes_of_script(word, has_arabic)
        if prefixes and (found := [rest for _, rest in _possible_rests(word, prefixes)]):
            possible[word] = found
    distinct = list({rest for rests in possible.values() for rest in rests})
    columns = terms.of_texts(distinct).tolist()
    known = {rest for rest, column in zip(distinct, columns, strict=True) if column != UNKNOWN}
    return {
        word: next((rest for rest in rests if rest in known), word)
        for word, rests in possible.items()
    }


def _prefixes_of_script(word: str, has_arabic: bool) -> re.Pattern[str] | None:
    """Return the prefixes that words of a script may have; None for other scripts."""
    if _begins_in(word, _HEBREW_LETTERS):
        return _HEBREW
    if _begins_in(word, _ETHIOPIC_LETTERS):
        return _AMHARIC
    return _ARABIC if has_arabic and _begins_in(word, _ARABIC_LETTERS) else None


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
