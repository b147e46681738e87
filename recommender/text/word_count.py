"""Count words, also in scripts without spaces between them."""

from __future__ import annotations

import re

from models.lexical.scripts import SPACELESS

LETTERS_PER_WORD = 2
"""Letters that count as a word in a script without spaces."""

_LETTER = re.compile(f"[{SPACELESS}]")
_WORD = re.compile(r"\w+")


def word_count(text: str) -> int:
    """Return the number of words of a text.

    Where there are no spaces between words, two letters count as one word. So lengths in words
    suit all languages: 30 words are 60 letters of Chinese.
    """
    letters = 0 if text.isascii() else len(_LETTER.findall(text))
    if not letters:
        return len(text.split())
    return len(_WORD.findall(_LETTER.sub(" ", text))) + letters // LETTERS_PER_WORD
