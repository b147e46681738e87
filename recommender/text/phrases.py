"""Phrases of scripts whose terms are letter pairs: the names and words that the pairs belong to.

The pairs inside a word occur in about as many articles as one another. A pair across two words
occurs in fewer than the pairs beside it. So adjacent pairs of similar frequency form a phrase.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise

from models.lexical.scripts import fold, is_letter_pair, letters, runs, words_of

MAX_RATIO = 1.5
"""Ratio of the document frequencies of adjacent pairs of a phrase, at most."""

MAX_LETTERS = 12
"""Letters of a phrase. Longer ones are sentences that articles share."""

MIN_SYLLABLES = 3
"""Letters of a phrase in an alphabet, such as Thai. Two Chinese or Korean letters are a word."""

_WORD_OF_TWO = re.compile("[\u3041-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_CUT = re.compile("^[\u0e30\u0e32\u0e33\u0eb0\u0eb2\u0eb3]|[\u0e40-\u0e44\u0ec0-\u0ec4]$")
"""Thai and Lao vowels that follow their consonant, and those that precede it: parts of a word."""

_ENDINGS = re.compile("^[\u3041-\u309f]+|[\u3041-\u309f]+$")


def phrases(text: str, pairs: Mapping[str, tuple[int, float]]) -> dict[str, float]:
    """Return the phrases of a text, with the greatest weight of their pairs.

    Parameters
    ----------
    pairs : document frequency and weight of the letter pairs of the text.
    """
    found: dict[str, float] = {}
    for run in runs(text):
        if any(map(is_letter_pair, words_of(run))):
            for phrase, weight in _phrases_of_run(letters(fold(run)), pairs):
                found[phrase] = max(weight, found.get(phrase, 0.0))
    return found


def _phrases_of_run(
    spelled: list[str], pairs: Mapping[str, tuple[int, float]]
) -> Iterator[tuple[str, float]]:
    known = [pairs.get(a + b, (0, 0.0)) for a, b in pairwise(spelled)]
    start = 0
    while start < len(known):
        end = start + 1
        while end < len(known) and _similar(known[end - 1][0], known[end][0]):
            end += 1
        before = known[start - 1][0] if start else 0
        after = known[end][0] if end < len(known) else 0
        crosses_words = before > known[start][0] and after > known[end - 1][0]
        phrase = _ENDINGS.sub("", "".join(spelled[start : end + 1]))
        if known[start][0] and not crosses_words and _is_word(phrase):
            yield phrase, max(weight for _, weight in known[start:end])
        start = end


def _similar(one: int, other: int) -> bool:
    return bool(one and other) and max(one, other) <= MAX_RATIO * min(one, other)


def _is_word(phrase: str) -> bool:
    least = 2 if _WORD_OF_TWO.match(phrase) else MIN_SYLLABLES
    return least <= len(letters(phrase)) <= MAX_LETTERS and not _CUT.search(phrase)
