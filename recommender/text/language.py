"""Detect the language of a text."""

from __future__ import annotations

import py3langid

MAX_CHARACTERS = 2000
"""Characters of a text that are analysed; more do not change the result."""


def detect_language(text: str) -> str:
    """Return the language as BCP 47 ("en", "pl"); "und" for a text without letters."""
    sample = text[:MAX_CHARACTERS]
    if not any(c.isalpha() for c in sample):
        return "und"
    code, _ = py3langid.classify(sample)
    return str(code)
