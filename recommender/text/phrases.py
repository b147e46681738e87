"""Phrases of scripts whose terms are letter pairs: the names and words that the pairs belong to.

In a script without spaces ICU finds the words, but it divides names that its dictionary lacks. So
words become one name where the pair across them occurs in about as many articles as those beside
it. In Korean and Indian scripts, such frequencies also tell a word from the endings behind it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise, starmap, takewhile
from typing import NamedTuple

from icu4py.breakers import WordBreaker

from models.lexical.scripts import SPACELESS, fold, is_letter_pair, letters, runs, words_of

MAX_RATIO = 1.5
"""Ratio of the document frequencies of adjacent pairs of a phrase, at most."""

MAX_LETTERS = 12
"""Letters of a phrase. Longer ones are sentences that articles share."""

MIN_LETTERS = 3
"""Letters of a phrase in an Indian script. Two Korean letters are a word."""

_PARTS = re.compile(f"[{SPACELESS}]+|[^{SPACELESS}]+")
_SPACELESS = re.compile(f"[{SPACELESS}]")
_KOREAN = re.compile("[\uac00-\ud7a3]")
_HIRAGANA = re.compile("[\u3041-\u309f]+")

Pairs = Mapping[str, tuple[int, float]]
"""Document frequency and weight of letter pairs."""


class _Word(NamedTuple):
    text: str
    start: int
    end: int
    """Of its letters in the text."""
    may_join: bool
    """Whether it can be a part of a name."""


def phrases(text: str, pairs: Pairs, fillers: Collection[str] = ()) -> dict[str, float]:
    """Return the phrases of a text, with the greatest weight of their pairs.

    Parameters
    ----------
    pairs : those of the text that other texts have, too.
    fillers : words of any topic, which are no phrases.
    """
    found: dict[str, float] = {}
    for run in runs(text):
        if any(map(is_letter_pair, words_of(run))):
            for part in _PARTS.findall(fold(run)):
                by_words = _SPACELESS.match(part)
                own = _by_words(part, pairs, fillers) if by_words else _by_frequency(part, pairs)
                for phrase, weight in own:
                    found[phrase] = max(weight, found.get(phrase, 0.0))
    return {phrase: weight for phrase, weight in found.items() if phrase not in fillers}


def _by_words(part: str, pairs: Pairs, fillers: Collection[str]) -> Iterator[tuple[str, float]]:
    """Yield the words of a text without spaces, and names of several words."""
    known = _known(letters(part), pairs)
    group: list[_Word] = []
    for word in _words(part, fillers):
        if group and not _is_one_name(group, word, known):
            yield from _named(group, known)
            group = []
        group.append(word)
    yield from _named(group, known)


def _known(spelled: Sequence[str], pairs: Pairs) -> list[tuple[int, float]]:
    return [pairs.get(one + other, (0, 0.0)) for one, other in pairwise(spelled)]


def _words(part: str, fillers: Collection[str]) -> Iterator[_Word]:
    """Yield the words. Those in Hiragana are particles and endings."""
    start = 0
    for text in WordBreaker(part, ""):
        end = start + len(letters(text))
        is_filler = end - start > 1 and text in fillers  # one letter may be a part of a name
        yield _Word(text, start, end, not is_filler and not _HIRAGANA.fullmatch(text))
        start = end


def _is_one_name(group: Sequence[_Word], word: _Word, known: Sequence[tuple[int, float]]) -> bool:
    """Return whether the pair before a word is about as frequent as those around it."""
    if not (group[-1].may_join and word.may_join):
        return False
    first, last = max(group[0].start, word.start - 2), min(word.end, word.start + 2) - 1
    frequencies = [frequency for frequency, _ in known[first:last]]
    return frequencies[0] > 0 and all(starmap(_similar, pairwise(frequencies)))


def _named(
    group: Sequence[_Word], known: Sequence[tuple[int, float]]
) -> Iterator[tuple[str, float]]:
    """Yield a group of words as one phrase if it is short, or else each of its words."""
    is_short = group[-1].end - group[0].start <= MAX_LETTERS
    for words in [group] if is_short else [[word] for word in group]:
        inner = known[words[0].start : words[-1].end - 1]
        if inner and min(inner)[0] > 0:
            yield "".join(word.text for word in words), max(weight for _, weight in inner)


def _by_frequency(part: str, pairs: Pairs) -> Iterator[tuple[str, float]]:
    """Yield the word that a part is, or begins with, without its endings."""
    spelled = letters(part)
    known = _known(spelled, pairs)
    frequencies = [frequency for frequency, _ in known]
    end = 1 + sum(takewhile(bool, starmap(_similar, pairwise(frequencies))))
    least = 2 if _KOREAN.match(part) else MIN_LETTERS
    if known and frequencies[0] and least <= end + 1 <= MAX_LETTERS:
        yield "".join(spelled[: end + 1]), max(weight for _, weight in known[:end])


def _similar(one: int, other: int) -> bool:
    return bool(one and other) and max(one, other) <= MAX_RATIO * min(one, other)
