"""Count words, also in scripts without spaces between them."""

from __future__ import annotations

import re

from models.lexical.scripts import SPACELESS

LETTERS_PER_WORD = 2
"""Letters that count as a word in Chinese and Japanese."""

SYLLABIC_LETTERS_PER_WORD = 4
"""The same in Thai, Lao, Burmese and Khmer, which write each vowel: 3.9 to 5.3 in news."""

_FIRST_IDEOGRAPH = "\u3005"
"""Letters before it are those of Thai, Lao, Burmese and Khmer."""

_LETTER = re.compile(f"[{SPACELESS}]")
_WORD = re.compile(r"\w+")


def word_count(text: str) -> int:
    """Return the number of words of a text.

    Where there are no spaces between words, two or four letters count as one word. So lengths in
    words suit all languages: 30 words are 60 letters of Chinese and 120 of Thai.
    """
    letters: list[str] = [] if text.isascii() else _LETTER.findall(text)
    if not letters:
        return len(text.split())
    ideographs = sum(letter >= _FIRST_IDEOGRAPH for letter in letters)
    words = ideographs // LETTERS_PER_WORD
    words += (len(letters) - ideographs) // SYLLABIC_LETTERS_PER_WORD
    return len(_WORD.findall(_LETTER.sub(" ", text))) + words


def letters_of(words: int, text: str) -> int:
    """Return the letters that make a number of words in the script of a text without spaces."""
    letter = _LETTER.search(text)
    has_ideographs = letter is not None and letter[0] >= _FIRST_IDEOGRAPH
    return words * (LETTERS_PER_WORD if has_ideographs else SYLLABIC_LETTERS_PER_WORD)
