"""Compare the names of sections, tags and authors, which sites write in several ways."""

from __future__ import annotations

from collections.abc import Sequence

from models.lexical.normalization import normalize

MAX_LENGTH = 1_000
"""Characters of a name that are compared."""


def name_key(name: str) -> str:
    """Return the same key for a name in capitals, in another normal form or with more spaces.

    "SPONSORED" and "Sponsored" are the same tag, and so are the Turkish "TRAFİK" and "trafik".
    Accents count: "Résumé" is not "resume".
    """
    folded = normalize("NFC", normalize("NFC", name[:MAX_LENGTH]).casefold())
    # Case folding leaves a dot above the small i of İ, and keeps the dotless i of "tarım".
    return " ".join(folded.replace("i\u0307", "i").replace("ı", "i").split())


def one_spelling(names: Sequence[str], known: Sequence[str] = ()) -> list[str]:
    """Write names with the same key in the same way: as in ``known``, or as the first of them."""
    distinct = {name: name_key(name) for name in (*known, *names)}
    first = {key: name for name, key in reversed(distinct.items())}
    return [first[distinct[name]] for name in names]
