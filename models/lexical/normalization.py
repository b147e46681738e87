"""Unicode normalization in linear time, whatever the text.

Normalization sorts the combining marks after each letter, in time quadratic in their number. Text
in any language has a few marks after a letter; 100,000 of them would take 5 seconds.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Literal

MAX_MARKS = 30
"""Combining marks in a row that are kept: the limit of the Stream-Safe Text Format (UAX #15)."""

FIRST_MARK, LAST_MARK = 0x300, 0x1EFFF
"""Code points between which all combining marks are."""

Form = Literal["NFC", "NFD", "NFKC", "NFKD"]


def normalize(form: Form, text: str) -> str:
    """Return a text in a normal form of Unicode, with at most :data:`MAX_MARKS` marks in a row."""
    # A longer run of marks has one at a multiple of its length. Few texts go further.
    if not text.isascii() and not _marks().isdisjoint(text[:: MAX_MARKS + 1]):
        text = _excess_marks().sub(r"\1", text)
    return unicodedata.normalize(form, text)


@cache
def _marks() -> frozenset[str]:
    """Return the characters that begin with a combining mark when they are decomposed."""
    characters = map(chr, range(FIRST_MARK, LAST_MARK + 1))
    return frozenset(
        c for c in characters if unicodedata.combining(unicodedata.normalize("NFKD", c)[0])
    )


@cache
def _excess_marks() -> re.Pattern[str]:
    """Match too many marks in a row; the group has those that are kept."""
    marks = "".join(sorted(_marks()))
    return re.compile(f"([{marks}]{{{MAX_MARKS}}})[{marks}]+")
