"""Which language a text is in, where its article does not say."""

from __future__ import annotations

import py3langid

LOOKED_AT = 2000
"""Characters: more of an article changes no verdict and costs time."""


def detect_language(text: str) -> str:
    """Name the language of a text as BCP 47 ("en", "pl"); "und" where there are no letters."""
    sample = text[:LOOKED_AT]
    if not any(c.isalpha() for c in sample):
        return "und"
    code, _ = py3langid.classify(sample)
    return str(code)
