"""Search as you type: every word anywhere in title, id or address, newest first."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import accumulate, islice
from typing import Any

from recommender.snapshot import Snapshot

END = "\0"
"""Between two texts; control characters stand in none."""


class Finder:
    """The titles, ids and addresses of a snapshot, folded: no capitals, no accents."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        texts = [_text(card_of(snapshot, row)) for row in range(len(snapshot))]
        # One text, so that a word that nothing has is looked for at the speed of memory.
        self._all = END.join(texts)
        self._starts = [0, *accumulate(len(text) + len(END) for text in texts)]

    def find(
        self, words: str, section: str, count: int, among: Iterable[int] | None = None
    ) -> list[int]:
        """Find the rows of the newest ``count`` articles with all words, of a section or of all.

        ``among`` is the rows to look at, ascending; None for all.
        """
        wanted = sorted(fold(words).split(), key=len, reverse=True) or [""]
        code = None
        if section:
            names = self.snapshot.sections
            code = names.index(section) if section in names else -1
        rows = self._with(wanted[0]) if among is None else among
        fits = (row for row in rows if code is None or self.snapshot.section[row] == code)
        return list(islice((row for row in fits if self._has(row, wanted)), count))

    def _with(self, word: str) -> Iterator[int]:
        """Find the rows with a word, one after the other."""
        place = self._all.find(word)
        while place >= 0:
            row = bisect_right(self._starts, place) - 1
            yield row
            end = self._starts[row + 1]
            place = self._all.find(word, end) if end < len(self._all) else -1

    def _has(self, row: int, words: list[str]) -> bool:
        start, end = self._starts[row], self._starts[row + 1]
        return all(self._all.find(word, start, end) >= 0 for word in words)


def card_of(snapshot: Snapshot, row: int) -> dict[str, Any]:
    """Read the card of a row."""
    return snapshot.card(row)


def fold(text: str) -> str:
    """Take capitals and accents off: "Żółw" is found by "zolw"."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("ł", "l"))
    return "".join(c for c in plain if not unicodedata.combining(c))


def _text(card: dict[str, Any]) -> str:
    return fold("\n".join((card["title"], card["id"], card["url"])))
