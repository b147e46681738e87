"""Names under which caches in front of the service keep its answers, so that they can forget them.

An answer has the key of each article that it is about (``under:ID``) and of each that it shows
(``card:ID``). Ids are written as in addresses, so that a key is printable ASCII without spaces and
commas, which part keys in the headers of caches.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from itertools import accumulate
from urllib.parse import quote

LONGEST = 100
"""Characters of an id in a key: caches take keys of some hundred."""

MOST = 3_000
"""Characters of the keys of an answer: nginx reads 4 KB of headers. The rest is left out."""


def under(article: str) -> str:
    """Name the block under an article."""
    return f"under:{_written(article)}"


def card(article: str) -> str:
    """Name every block that shows an article."""
    return f"card:{_written(article)}"


def header(name: str, articles: Iterable[str], cards: Iterable[str]) -> list[tuple[str, str]]:
    """Write the header of an answer, none where it has no keys.

    Keys are parted as the cache that reads ``name`` wants it.
    """
    keys = list(dict.fromkeys([*map(under, articles), *map(card, cards)]))
    ends = accumulate(len(key) + 1 for key in keys)
    told = [key for key, end in zip(keys, ends, strict=True) if end <= MOST]
    return [(name, ("," if name == "Cache-Tag" else " ").join(told))] if told else []


def _written(identifier: str) -> str:
    written = quote(identifier, safe="")
    if len(written) <= LONGEST:
        return written
    return hashlib.sha256(identifier.encode()).hexdigest()
