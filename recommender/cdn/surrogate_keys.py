"""Surrogate keys: names by which a cache or CDN can purge responses.

A response has the key ``under:ID`` for each article whose list it contains, and ``card:ID`` for
each article it shows. Ids are percent-encoded, so that a key is printable ASCII without the spaces
and commas that separate keys in headers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from itertools import accumulate
from urllib.parse import quote

MAX_ID = 100
"""Characters of an encoded id. A longer id is replaced by its sha256."""

MAX_HEADER = 3_000
"""Characters of all keys of a response; further keys are left out. nginx reads 4 KB of headers."""


def under(article: str) -> str:
    """Return the key of the list under an article."""
    return f"under:{_encoded(article)}"


def card(article: str) -> str:
    """Return the key of all lists that show an article."""
    return f"card:{_encoded(article)}"


def header(name: str, articles: Iterable[str], cards: Iterable[str]) -> list[tuple[str, str]]:
    """Return the header with the keys of a response, or no header without keys.

    Parameters
    ----------
    name : "Surrogate-Key", with keys separated by spaces, or "Cache-Tag", by commas.
    articles : ids of articles whose lists the response contains.
    cards : ids of articles that it shows.
    """
    keys = list(dict.fromkeys([*map(under, articles), *map(card, cards)]))
    ends = accumulate(len(key) + 1 for key in keys)
    sent = [key for key, end in zip(keys, ends, strict=True) if end <= MAX_HEADER]
    return [(name, ("," if name == "Cache-Tag" else " ").join(sent))] if sent else []


def _encoded(identifier: str) -> str:
    encoded = quote(identifier, safe="")
    if len(encoded) <= MAX_ID:
        return encoded
    return hashlib.sha256(identifier.encode()).hexdigest()
